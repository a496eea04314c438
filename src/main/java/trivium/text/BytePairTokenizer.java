package trivium.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Byte-level byte-pair encoding as in GPT-2 (Radford et al. 2019): text is cut into words, numbers, punctuation and
 * spaces, and inside each piece the learned merges are applied to its UTF-8 bytes, the earliest learned first.
 *
 * <p>Every text can be represented. Half a surrogate pair is not text in UTF-8 and becomes {@code ?}; ids that are not
 * valid UTF-8 decode to the replacement character U+FFFD. Safe for use from several threads.
 */
public final class BytePairTokenizer implements Tokenizer {

    /** Pieces up to this length are looked up before they are merged; text repeats its words. */
    private static final int CACHED_LENGTH = 24;

    private final List<byte[]> tokens;
    private final List<Merge> merges;
    private final Specials specials;
    private final int[] idOfByte = new int[256];
    private final PairTable ranks;
    private final PieceCache cache = new PieceCache();

    /**
     * @param tokens the bytes of each token, in id order; all 256 single bytes are among them
     * @param merges earliest learned first
     */
    BytePairTokenizer(List<byte[]> tokens, List<Merge> merges, List<String> specials) {
        this.tokens = List.copyOf(tokens);
        this.merges = List.copyOf(merges);
        this.specials = new Specials(specials, tokens.size());
        for (int id = tokens.size() - 1; id >= 0; id--) {
            if (tokens.get(id).length == 1) {
                idOfByte[tokens.get(id)[0] & 0xff] = id;
            }
        }
        this.ranks = new PairTable(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            ranks.putIfAbsent(merges.get(rank).left(), merges.get(rank).right(), rank);
        }
    }

    @Override
    public int size() {
        return specials.size();
    }

    @Override
    public int[] encode(String text) {
        char[] characters = text.toCharArray();
        int[] ids = new int[characters.length / 2 + 16];
        int n = 0;
        for (int start = 0, end; start < characters.length; start = end) {
            end = PreTokens.end(characters, start);
            int[] piece = piece(characters, start, end);
            if (n + piece.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(n + piece.length, ids.length * 2));
            }
            for (int id : piece) {
                ids[n++] = id;
            }
        }
        return Arrays.copyOf(ids, n);
    }

    private int[] piece(char[] text, int start, int end) {
        if (end - start > CACHED_LENGTH) {
            return merge(text, start, end);
        }
        int slot = PieceCache.slot(text, start, end);
        int[] known = cache.get(text, start, end, slot);
        if (known == null) {
            known = merge(text, start, end);
            cache.put(text, start, end, slot, known);
        }
        return known;
    }

    private int[] merge(char[] text, int start, int end) {
        byte[] bytes = new String(text, start, end - start).getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfByte[bytes[i] & 0xff];
        }
        return PieceMerger.merge(ids, ranks, merges);
    }

    @Override
    public String decode(int... ids) {
        return new String(bytes(ids), StandardCharsets.UTF_8);
    }

    /** The exact bytes of these ids, special tokens by name. */
    public byte[] bytes(int... ids) {
        var bytes = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) {
            bytes.writeBytes(
                    specials.has(specials.check(id))
                            ? specials.name(id).getBytes(StandardCharsets.UTF_8)
                            : tokens.get(id));
        }
        return bytes.toByteArray();
    }

    @Override
    public String show(int id) {
        return Visible.show(bytes(id));
    }

    @Override
    public List<String> specials() {
        return specials.names();
    }

    @Override
    public OptionalInt special(String name) {
        return specials.id(name);
    }

    @Override
    public Tokenizer withSpecials(String... names) {
        return new BytePairTokenizer(tokens, merges, specials.and(names));
    }

    List<byte[]> tokens() {
        return tokens;
    }

    List<Merge> merges() {
        return merges;
    }

    /** The {@code tokenizer.json} of Hugging Face's tokenizers library, which reads it too. */
    @Override
    public String toJson() {
        return BytePairJson.write(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePairTokenizer that
                && merges.equals(that.merges)
                && specials.equals(that.specials)
                && Arrays.deepEquals(tokens.toArray(), that.tokens.toArray());
    }

    @Override
    public int hashCode() {
        return 31 * merges.hashCode() + specials.hashCode();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "byte-pair tokenizer, %,d entries with %,d merges%s",
                size(),
                merges.size(),
                Tokenizers.listed(specials()));
    }
}
