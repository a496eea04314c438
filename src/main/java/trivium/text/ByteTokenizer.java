package trivium.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One token per UTF-8 byte: ids 0 to 255 are the bytes, special tokens follow. Every text can be represented; nothing
 * has to be trained.
 *
 * <p>Half a surrogate pair is not text in UTF-8 and becomes {@code ?}; ids that are not valid UTF-8 decode to the
 * replacement character U+FFFD.
 */
public record ByteTokenizer(List<String> specials) implements Tokenizer {

    static final String TYPE = "bytes";
    private static final int BYTES = 256;
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    public ByteTokenizer {
        specials = new Specials(specials, BYTES).names();
    }

    private Specials table() {
        return new Specials(specials, BYTES);
    }

    @Override
    public int size() {
        return BYTES + specials.size();
    }

    @Override
    public int[] encode(String text) {
        return encodeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@inheritDoc} Any bytes: {@link #bytes} gives back the very same. */
    @Override
    public int[] encodeBytes(byte[] bytes) {
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    @Override
    public String decode(int... ids) {
        return new String(bytes(ids), StandardCharsets.UTF_8);
    }

    @Override
    public byte[] bytes(int... ids) {
        var table = table();
        var bytes = new ByteArrayOutputStream(ids.length);
        for (int id : ids) {
            if (table.has(table.check(id))) {
                bytes.writeBytes(table.name(id).getBytes(StandardCharsets.UTF_8));
            } else {
                bytes.write(id);
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public String show(int id) {
        return Visible.show(bytes(id));
    }

    @Override
    public OptionalInt special(String name) {
        return table().id(name);
    }

    @Override
    public Tokenizer withSpecials(String... names) {
        return new ByteTokenizer(table().and(names));
    }

    /**
     * The {@code tokenizer.json} of Hugging Face's tokenizers library, which reads it too: byte-level byte-pair
     * encoding without merges.
     */
    @Override
    public String toJson() {
        return asBytePairs().toJson();
    }

    /** The same vocabulary as byte-level byte-pair encoding that merges nothing. */
    BytePairTokenizer asBytePairs() {
        var tokens = IntStream.range(0, BYTES)
                .mapToObj(b -> ByteAlphabet.write(new byte[] {(byte) b}))
                .toList();
        return new BytePairTokenizer(
                        new BytePairModel(true, tokens, List.of(), MergeRules.NONE),
                        new AddedTokens(List.of()),
                        Pipeline.byteLevel())
                .withSpecials(specials.toArray(String[]::new));
    }

    @Override
    public String identity() {
        var json = new LinkedHashMap<String, Object>();
        json.put("type", TYPE);
        json.put("specials", specials);
        return GSON.toJson(json);
    }

    @Override
    public String toString() {
        return "byte tokenizer, 256 bytes" + Tokenizers.listed(specials);
    }
}
