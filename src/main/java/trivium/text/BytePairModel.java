package trivium.text;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A vocabulary and its merges: from a piece of text to tokens and from tokens to bytes. Safe for use from several
 * threads.
 */
final class BytePairModel {

    /** Pieces up to this length are looked up before they are merged; text repeats its words. */
    private static final int CACHED_LENGTH = 24;

    /** Stretches of text longer than this are cut and encoded on all cores. */
    private static final int BLOCK = 1 << 18;

    /** How a Llama vocabulary writes a space. */
    static final char SPACE = '\u2581';

    private final boolean byteLevel;
    private final List<String> tokens;
    private final List<Merge> merges;
    private final MergeRules rules;
    private final Map<String, Integer> idOf = new HashMap<>();
    private final Symbols symbols;
    private final PairTable ranks;
    private final PieceCache cache = new PieceCache();
    private final byte[][] bytes;

    /** The characters of pieces too long for the cache that were encoded before there was a {@link #forward}. */
    private final AtomicLong longPieces = new AtomicLong();

    private volatile ForwardEncoder forward;

    /**
     * @param byteLevel the tokens are written in GPT-2's byte alphabet; otherwise as text, with {@code ▁} for a space
     *     and {@code <0x0A>} for a byte
     * @param tokens as the file writes them, in id order; null where an id belongs to an added token only
     * @param merges earliest learned first
     */
    BytePairModel(boolean byteLevel, List<String> tokens, List<Merge> merges, MergeRules rules) {
        this.byteLevel = byteLevel;
        this.tokens = Collections.unmodifiableList(tokens);
        this.merges = List.copyOf(merges);
        this.rules = rules;
        for (int id = 0; id < tokens.size(); id++) {
            if (tokens.get(id) != null) {
                idOf.put(tokens.get(id), id);
            }
        }
        this.symbols = new Symbols(byteLevel, idOf, rules);
        this.bytes = new byte[tokens.size()][];
        idOf.values().forEach(id -> bytes[id] = read(id));
        this.ranks = new PairTable(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            ranks.put(merges.get(rank).left(), merges.get(rank).right(), rank);
        }
    }

    boolean byteLevel() {
        return byteLevel;
    }

    List<String> tokens() {
        return tokens;
    }

    List<Merge> merges() {
        return merges;
    }

    MergeRules rules() {
        return rules;
    }

    long unknown(String text) {
        return symbols.unknown(text);
    }

    /**
     * The id of a token that is in the vocabulary but that no text becomes, or -1 if there is none of this name.
     *
     * @throws IllegalArgumentException if text becomes this token
     */
    int idOfSpare(String name) {
        int id = idOf.getOrDefault(name, -1);
        boolean ordinary = rules.ignoreMerges() || merges.stream().anyMatch(merge -> merge.result() == id);
        if (id >= 0 && (ordinary || name.codePointCount(0, name.length()) == 1)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be a special token: it is token " + id
                    + ", which text becomes; choose a name such as \"<|" + name + "|>\"");
        }
        return id;
    }

    /** Where text may be cut without any change to its tokens, if it is not cut otherwise. */
    PreTokenizer seams() {
        return rules.ignoreMerges() ? new Expression("(?m).+") : new Seams(symbols, tokens, merges);
    }

    /** The tokens of a stretch of text; long ones are cut where pieces begin and encoded on all cores. */
    void encode(char[] text, PreTokenizer cut, Ids into) {
        int blocks = text.length / BLOCK;
        if (blocks < 2) {
            encode(text, 0, text.length, cut, into);
            return;
        }
        int[] bounds = new int[blocks + 1];
        for (int block = 1; block < blocks; block++) {
            int near = Math.max(bounds[block - 1], (int) ((long) text.length * block / blocks));
            bounds[block] = cut.seam(text, near, text.length);
        }
        bounds[blocks] = text.length;
        if (bounds[1] == text.length) {
            encode(text, 0, text.length, cut, into);
            return;
        }
        IntStream.range(0, blocks)
                .parallel()
                .mapToObj(block -> {
                    int from = bounds[block];
                    var ids = new Ids((bounds[block + 1] - from) / 2);
                    encode(text, from, bounds[block + 1], cut, ids);
                    return ids.toArray();
                })
                .toList()
                .forEach(into::addAll);
    }

    private void encode(char[] text, int from, int to, PreTokenizer cut, Ids into) {
        cut.cut(text, from, to, (start, end) -> {
            if (end - start <= CACHED_LENGTH) {
                into.addAll(cached(text, start, end));
            } else {
                merge(text, start, end, into);
            }
        });
    }

    private int[] cached(char[] text, int start, int end) {
        int slot = PieceCache.slot(text, start, end);
        int[] known = cache.get(text, start, end, slot);
        if (known == null) {
            int id = whole(text, start, end);
            known = id >= 0 ? new int[] {id} : PieceMerger.merge(symbols.of(text, start, end), ranks, merges);
            cache.put(text, start, end, slot, known);
        }
        return known;
    }

    private void merge(char[] text, int start, int end, Ids into) {
        int id = whole(text, start, end);
        if (id >= 0) {
            into.add(id);
            return;
        }
        int[] pieces = symbols.of(text, start, end);
        if (!isForward(end - start) || !forward().encode(pieces, into)) {
            into.addAll(PieceMerger.merge(pieces, ranks, merges));
        }
    }

    /** The token that this piece is as a whole if merges are then ignored, or -1. */
    private int whole(char[] text, int start, int end) {
        if (!rules.ignoreMerges()) {
            return -1;
        }
        var whole = new String(text, start, end - start);
        return idOf.getOrDefault(byteLevel ? ByteAlphabet.write(whole.getBytes(StandardCharsets.UTF_8)) : whole, -1);
    }

    /** Making the encoder takes longer than merging a few characters for each merge, so that short texts go without. */
    private boolean isForward(int length) {
        return forward != null || longPieces.addAndGet(length) > 2L * merges.size();
    }

    private ForwardEncoder forward() {
        var made = forward;
        if (made == null) {
            synchronized (longPieces) {
                made = forward == null ? new ForwardEncoder(symbols.all(), tokens.size(), ranks, merges) : forward;
                forward = made;
            }
        }
        return made;
    }

    /** The tokens of single bytes, none merged. */
    int[] encodeBytes(byte[] bytes) {
        return symbols.ofBytes(bytes);
    }

    /** The token as the file writes it; null where an id belongs to an added token only. */
    String written(int id) {
        return id < tokens.size() ? tokens.get(id) : null;
    }

    /** The bytes that a token stands for; not to be changed. */
    byte[] bytes(int id) {
        return bytes[id];
    }

    private byte[] read(int id) {
        var token = tokens.get(id);
        if (byteLevel && ByteAlphabet.holds(token)) {
            return ByteAlphabet.read(token);
        }
        if (symbols.ofByteToken(token) == id) {
            return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        return token.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePairModel that
                && byteLevel == that.byteLevel
                && tokens.equals(that.tokens)
                && merges.equals(that.merges)
                && rules.equals(that.rules);
    }

    @Override
    public int hashCode() {
        return 31 * tokens.hashCode() + merges.hashCode();
    }
}
