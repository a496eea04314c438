package trivium.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinTask;
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

    /** The characters of pieces too long for the cache that were encoded before there were {@link #searches}. */
    private final AtomicLong longPieces = new AtomicLong();

    private volatile Searches searches;

    /**
     * How long pieces are encoded.
     *
     * @param seams where they are cut if the vocabulary is none for {@code forward}; null if it is
     */
    private record Searches(ForwardEncoder forward, Seams seams) {}

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

    /** The tokens of a stretch of text; long ones are encoded on all cores. */
    void encode(char[] text, PreTokenizer cut, Ids into) {
        encode(text, 0, text.length, cut, into);
    }

    private void encode(char[] text, int from, int to, PreTokenizer cut, Ids into) {
        int blocks = (to - from) / BLOCK;
        if (blocks < 2) {
            cut.cut(text, from, to, (start, end) -> encodePiece(text, start, end, into));
            return;
        }
        int[] bounds = new int[blocks + 1];
        bounds[0] = from;
        for (int block = 1; block < blocks; block++) {
            int near = Math.max(bounds[block - 1], from + (int) ((long) (to - from) * block / blocks));
            bounds[block] = cut.seam(text, near, to);
        }
        bounds[blocks] = to;
        if (bounds[1] == to) {
            encodePieces(text, from, to, cut, into);
            return;
        }
        IntStream.range(0, blocks)
                .parallel()
                .mapToObj(block -> {
                    var ids = new Ids((bounds[block + 1] - bounds[block]) / 2);
                    cut.cut(text, bounds[block], bounds[block + 1], (start, end) -> encodePiece(text, start, end, ids));
                    return ids.toArray();
                })
                .toList()
                .forEach(into::addAll);
    }

    /** Looks for pieces from the beginning to the end, while other cores encode those that are found. */
    private void encodePieces(char[] text, int from, int to, PreTokenizer cut, Ids into) {
        var tasks = new ArrayList<ForkJoinTask<int[]>>();
        var found = new Ids[] {new Ids(0)};
        int[] first = {from};
        cut.cut(text, from, to, (start, end) -> {
            found[0].add(start);
            found[0].add(end);
            if (end - first[0] > BLOCK) {
                var task = encoding(text, found[0].toArray());
                tasks.add(task);
                found[0] = new Ids(0);
                first[0] = end;
                if (end - start > BLOCK) {
                    task.invoke(); // all cores take part in a long piece if this one begins it
                } else {
                    task.fork();
                }
            }
        });
        var last = encoding(text, found[0].toArray()).invoke();
        // Backwards, since this thread takes back what it forked last, and the others begin with the first.
        tasks.reversed().forEach(ForkJoinTask::join);
        tasks.forEach(task -> into.addAll(task.join()));
        into.addAll(last);
    }

    private ForkJoinTask<int[]> encoding(char[] text, int[] bounds) {
        return ForkJoinTask.adapt(() -> encode(text, bounds));
    }

    /** @param bounds of each piece the start and the end */
    private int[] encode(char[] text, int[] bounds) {
        var ids = new Ids(bounds.length);
        for (int i = 0; i < bounds.length; i += 2) {
            encodePiece(text, bounds[i], bounds[i + 1], ids);
        }
        return ids.toArray();
    }

    private void encodePiece(char[] text, int start, int end, Ids into) {
        if (end - start <= CACHED_LENGTH) {
            into.addAll(cached(text, start, end));
        } else {
            merge(text, start, end, into);
        }
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
        var search = searches(end - start);
        if (search != null && search.seams != null && search.seams.seam(text, start + 1, end) < end) {
            encode(text, start, end, search.seams, into);
            return;
        }
        int[] pieces = symbols.of(text, start, end);
        if (search == null || !search.forward.encode(pieces, into)) {
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

    /**
     * Null while the pieces too long for the cache were short in all: making a search takes longer than merging a few
     * characters for each merge.
     */
    private Searches searches(int length) {
        if (searches == null && longPieces.addAndGet(length) > 2L * merges.size()) {
            synchronized (longPieces) {
                if (searches == null) {
                    var forward = new ForwardEncoder(symbols.all(), tokens.size(), ranks, merges);
                    boolean uncut = forward.fits() || rules.ignoreMerges();
                    searches = new Searches(forward, uncut ? null : new Seams(symbols, tokens, merges));
                }
            }
        }
        return searches;
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
