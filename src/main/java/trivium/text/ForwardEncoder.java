package trivium.text;

import java.util.Arrays;
import java.util.List;

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
        trie = new DoubleArray(neighbours.trie(), tokens);
        shorter = neighbours.trie().shorter();
    }

    /**
     * Adds the tokens of a text.
     *
     * @return false, with nothing added, if this vocabulary is none for which the search is right and fast
     */
    boolean encode(int[] symbols, Ids into) {
        if (!fits) {
            return false;
        }
        int[] ids = new int[symbols.length];
        long[] dead = new long[(symbols.length >> 6) + 1];
        long tries = (long) TRIES * (symbols.length + 1);
        int size = 0;
        int at = 0;
        while (at < symbols.length) {
            int next = trie.longest(symbols, at);
            while (!follows(ids, size, next, symbols, at, dead)) {
                next = shorter[next];
                while (next == NONE) {
                    dead[at >> 6] |= 1L << at;
                    size--;
                    at -= length[ids[size]];
                    next = shorter[ids[size]];
                }
                if (--tries < 0) {
                    return false;
                }
            }
            ids[size++] = next;
            at += length[next];
        }
        into.addAll(ids, size);
        return true;
    }

    private boolean follows(int[] ids, int size, int next, int[] symbols, int at, long[] dead) {
        int end = at + length[next];
        return (dead[end >> 6] >>> end & 1) == 0
                && (size == 0 || neighbours.stayApart(ids[size - 1], next, symbols, at));
    }
}
