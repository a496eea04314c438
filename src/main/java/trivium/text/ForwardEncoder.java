package trivium.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes text of any length from its beginning to its end, with the tokens that {@link PieceMerger} gives, but without
 * merging: at each place it takes the longest token that {@linkplain Neighbours stays apart} from the one before it,
 * and goes a token back where there is none. Safe for use from several threads.
 *
 * <p>Tokens of which every two neighbours stay apart are those that the merges make: as long as no merge has crossed an
 * end of a token, the merges within two neighbours come in the same order as if these two stood alone, so the first one
 * to cross an end would cross it there, too. For the same reason there is only one such sequence for the text up to any
 * place, whatever follows; a place from where no token led on need not be tried a second time.
 *
 * <p>The search is that of A. Neubeck and H. van Antwerpen (GitHub, 2024, "So many tokens, so little time").
 */
final class ForwardEncoder {

    /** Vocabularies with longer tokens are left to {@link PieceMerger}; usual ones have at most 128 spaces. */
    private static final int LONGEST = 512;

    /** How many tokens may be tried for each symbol, on average; usual vocabularies need less than one. */
    private static final int TRIES = 16;

    /** Texts of twice as many symbols and more are encoded in parts of this length. */
    private static final int PART = 1 << 17;

    /**
     * Parts of usual texts have a token in common after a few words; runs of one character longer than this may not.
     */
    private static final int OVERLAP = 1 << 12;

    private static final int NONE = -1;

    private final boolean fits;
    private final Neighbours neighbours;
    private final DoubleArray trie;
    private final int[] length;
    private final int[] shorter;

    /**
     * An encoder for a vocabulary.
     *
     * @param symbols the tokens that merging starts from
     * @param order by pair: its place among the merges
     */
    ForwardEncoder(int[] symbols, int tokens, PairTable order, List<Merge> merges) {
        neighbours = new Neighbours(symbols, tokens, order, merges);
        length = neighbours.lengths();
        fits = neighbours.inOrder() && Arrays.stream(length).noneMatch(each -> each > LONGEST);
        trie = fits ? new DoubleArray(neighbours.trie(), tokens) : null;
        shorter = neighbours.trie().shorter();
    }

    /** Whether the search is right for this vocabulary. */
    boolean fits() {
        return fits;
    }

    /**
     * Adds the tokens of a text, those of a long one encoded on all cores.
     *
     * @return false, with nothing added, if this vocabulary is none for which the search is right and fast
     */
    boolean encode(int[] symbols, Ids into) {
        return encode(symbols, PART, OVERLAP, into);
    }

    /**
     * Adds the tokens of a text that is encoded in parts. Where two parts have a token in common, at the same place,
     * what the first has before it and what the second has from it on are together tokens of which every two neighbours
     * stay apart, so they are the text's.
     *
     * @param part of how many symbols a part is
     * @param overlap how far a part goes on into the next one
     */
    boolean encode(int[] symbols, int part, int overlap, Ids into) {
        int parts = fits ? Math.max(1, symbols.length / part) : 0;
        int[][] ids = IntStream.range(0, parts)
                .parallel()
                .mapToObj(i -> encode(
                        symbols,
                        i * part,
                        i + 1 < parts ? Math.min(symbols.length, (i + 1) * part + overlap) : symbols.length))
                .toArray(int[][]::new);
        if (parts == 0 || Arrays.asList(ids).contains(null)) {
            return false;
        }
        int[] begin = new int[parts];
        int[] end = new int[parts];
        int place = 0;
        for (int i = 0; i + 1 < parts; i++) {
            int[] left = ids[i];
            int[] right = ids[i + 1];
            int l = begin[i];
            int r = 0;
            int rightPlace = (i + 1) * part;
            while (place != rightPlace || left[l] != right[r]) {
                if (place <= rightPlace) {
                    place += length[left[l++]];
                } else {
                    rightPlace += length[right[r++]];
                }
                if (l == left.length || r == right.length) {
                    return encode(symbols, symbols.length, 0, into);
                }
            }
            end[i] = l;
            begin[i + 1] = r;
        }
        end[parts - 1] = ids[parts - 1].length;
        for (int i = 0; i < parts; i++) {
            into.addAll(ids[i], begin[i], end[i]);
        }
        return true;
    }

    /** The tokens of {@code symbols[from] … symbols[to - 1]}, or null if they take too many tries. */
    private int[] encode(int[] symbols, int from, int to) {
        int[] ids = new int[to - from];
        long[] dead = new long[(to - from >> 6) + 1];
        long tries = (long) TRIES * (to - from + 1);
        int size = 0;
        int at = from;
        while (at < to) {
            int next = trie.longest(symbols, at, to);
            while (isDead(dead, at + length[next] - from)
                    || size > 0 && !neighbours.stayApart(ids[size - 1], next, symbols, at)) {
                next = shorter[next];
                while (next == NONE) {
                    dead[at - from >> 6] |= 1L << at - from;
                    size--;
                    at -= length[ids[size]];
                    next = shorter[ids[size]];
                }
                if (--tries < 0) {
                    return null;
                }
            }
            ids[size++] = next;
            at += length[next];
        }
        return Arrays.copyOf(ids, size);
    }

    private static boolean isDead(long[] dead, int place) {
        return (dead[place >> 6] >>> place & 1) != 0;
    }
}
