package trivium.pretrained;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import trivium.text.PlainJson;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * llama2.c's {@code tokenizer.bin}: the longest token's length, then for each token its score, its length and its
 * bytes. It is SentencePiece's BPE with byte fallback: ids 0, 1 and 2 are unknown, begin and end, 3 to 258 the bytes.
 */
final class Llama2cTokenizer {

    static final String FILE = "tokenizer.bin";

    private static final List<String> SPECIALS = List.of("<unk>", "<s>", "</s>");
    private static final int FIRST_BYTE = 3;
    private static final int BYTES = 256;
    private static final int LONGEST = 1 << 16;
    private static final char SPACE = '\u2581';

    /** Llama 2's tokenizer.json without its vocabulary. */
    private static final String PARTS = """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
               {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
             "pre_tokenizer": null,
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
               "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": "<s>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
             "decoder": {"type": "Sequence", "decoders": [
               {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
               {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
               "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true}}
            """;

    private Llama2cTokenizer() {}

    /**
     * Reads a file.
     *
     * @param size how many tokens it has, which only the model's file says
     * @throws IllegalArgumentException if it has fewer or more, or is none
     */
    static Tokenizer read(Path file, int size) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        var tokens = new ArrayList<String>();
        var scores = new HashMap<String, Float>();
        if (bytes.remaining() >= Integer.BYTES) {
            bytes.getInt();
        }
        for (int id = 0; id < size; id++) {
            int length = bytes.remaining() < 2 * Integer.BYTES ? -1 : bytes.getInt(bytes.position() + Integer.BYTES);
            if (length < 0 || length > LONGEST || length > bytes.remaining() - 2 * Integer.BYTES) {
                throw damaged(file, "it ends, or is damaged, at token " + id + " of " + size);
            }
            float score = bytes.getFloat();
            bytes.getInt();
            var utf8 = new byte[length];
            bytes.get(utf8);
            var token = id < SPECIALS.size()
                    ? SPECIALS.get(id)
                    : new String(utf8, StandardCharsets.UTF_8).replace(' ', SPACE);
            if (scores.put(token, score) != null) {
                throw damaged(file, "token " + id + " is there twice");
            }
            tokens.add(token);
        }
        if (bytes.hasRemaining()) {
            throw damaged(file, "it has more than the " + size + " tokens of the model beside it");
        }
        return Tokenizers.fromJson(json(tokens, scores));
    }

    private static IllegalArgumentException damaged(Path file, String why) {
        return new IllegalArgumentException(file + " is no tokenizer of llama2.c: " + why);
    }

    private static String json(List<String> tokens, Map<String, Float> scores) {
        var json = PlainJson.parse(PARTS).getAsJsonObject();
        for (int id = 0; id < SPECIALS.size(); id++) {
            var added = new JsonObject();
            added.addProperty("id", id);
            added.addProperty("content", SPECIALS.get(id));
            for (var flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                added.addProperty(flag, false);
            }
            added.addProperty("special", true);
            json.getAsJsonArray("added_tokens").add(added);
        }
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.addProperty(tokens.get(id), id);
        }
        var model = json.getAsJsonObject("model");
        model.add("vocab", vocabulary);
        model.add("merges", merges(tokens, scores));
        return new Gson().toJson(json);
    }

    /** Every pair of tokens that together are one, those of the highest score first. */
    private static JsonArray merges(List<String> tokens, Map<String, Float> scores) {
        var merges = new JsonArray();
        tokens.stream()
                .skip(FIRST_BYTE + BYTES)
                .sorted(Comparator.comparingDouble((String token) -> -scores.get(token)))
                .forEach(token -> {
                    for (int i = 1; i < token.length(); i++) {
                        var left = token.substring(0, i);
                        var right = token.substring(i);
                        if (scores.containsKey(left) && scores.containsKey(right)) {
                            var pair = new JsonArray();
                            pair.add(left);
                            pair.add(right);
                            merges.add(pair);
                        }
                    }
                });
        return merges;
    }

    /**
     * A tokenizer as such a file, whose scores are the order of the merges.
     *
     * @throws IllegalArgumentException if it is of another kind
     */
    static byte[] bytes(Tokenizer tokenizer, int size) {
        var model = model(tokenizer);
        var tokens = tokens(model, size);
        var rank = new HashMap<String, Integer>();
        for (var merge : model.getAsJsonArray("merges")) {
            var pair = merge.getAsJsonArray();
            rank.putIfAbsent(pair.get(0).getAsString() + pair.get(1).getAsString(), rank.size());
        }
        var out = new ByteArrayOutputStream();
        out.writeBytes(number(
                tokens.stream().mapToInt(token -> text(token).length).max().orElse(0)));
        for (var token : tokens) {
            float score = -rank.getOrDefault(token, tokens.size());
            var utf8 = text(token);
            out.writeBytes(number(Float.floatToRawIntBits(score)));
            out.writeBytes(number(utf8.length));
            out.writeBytes(utf8);
        }
        return out.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    /** run.c prints begin and end as lines of their own. */
    private static byte[] text(String token) {
        boolean end = token.equals(SPECIALS.get(1)) || token.equals(SPECIALS.get(2));
        var text = end ? "\n" + token + "\n" : token.replace(SPACE, ' ');
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject model(Tokenizer tokenizer) {
        JsonElement json = PlainJson.parse(tokenizer.toJson());
        var model = json.getAsJsonObject().getAsJsonObject("model");
        boolean pieces =
                model.has("byte_fallback") && model.get("byte_fallback").getAsBoolean();
        var vocabulary = model.getAsJsonObject("vocab");
        for (int i = 0; pieces && i < BYTES; i++) {
            var name = String.format(Locale.ROOT, "<0x%02X>", i);
            pieces = vocabulary.has(name) && vocabulary.get(name).getAsInt() == FIRST_BYTE + i;
        }
        if (!pieces) {
            throw new IllegalArgumentException(
                    "llama2.c has no tokenizer like this: its own are SentencePiece's BPE with"
                            + " <unk>, <s>, </s> and the 256 bytes first; write the model with .gguf(file) or"
                            + " .huggingFace(folder)");
        }
        return model;
    }

    private static List<String> tokens(JsonObject model, int size) {
        var tokens = new ArrayList<String>();
        for (int id = 0; id < size; id++) {
            tokens.add("[PAD" + id + "]");
        }
        model.getAsJsonObject("vocab")
                .entrySet()
                .forEach(entry -> tokens.set(entry.getValue().getAsInt(), entry.getKey()));
        return tokens;
    }
}
