package trivium.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Byte-level BPE as Hugging Face's {@code tokenizer.json}, format version 1.0. */
final class BytePairJson {

    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private BytePairJson() {}

    static String write(BytePairTokenizer tokenizer) {
        var json = new JsonObject();
        json.addProperty("version", "1.0");
        json.add("truncation", JsonNull.INSTANCE);
        json.add("padding", JsonNull.INSTANCE);
        json.add("added_tokens", addedTokens(tokenizer));
        json.add("normalizer", JsonNull.INSTANCE);
        json.add("pre_tokenizer", byteLevel());
        json.add("post_processor", JsonNull.INSTANCE);
        json.add("decoder", byteLevel());
        json.add("model", model(tokenizer));
        return GSON.toJson(json);
    }

    private static JsonArray addedTokens(BytePairTokenizer tokenizer) {
        var added = new JsonArray();
        for (String name : tokenizer.specials()) {
            var token = new JsonObject();
            token.addProperty("id", tokenizer.special(name).orElseThrow());
            token.addProperty("content", name);
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                token.addProperty(flag, false);
            }
            token.addProperty("special", true);
            added.add(token);
        }
        return added;
    }

    private static JsonObject byteLevel() {
        var level = new JsonObject();
        level.addProperty("type", "ByteLevel");
        level.addProperty("add_prefix_space", false);
        level.addProperty("trim_offsets", true);
        level.addProperty("use_regex", true);
        return level;
    }

    private static JsonObject model(BytePairTokenizer tokenizer) {
        var written = tokenizer.tokens().stream().map(ByteAlphabet::write).toList();
        var vocabulary = new JsonObject();
        for (int id = 0; id < written.size(); id++) {
            vocabulary.addProperty(written.get(id), id);
        }
        var merges = new JsonArray();
        for (var merge : tokenizer.merges()) {
            var pair = new JsonArray();
            pair.add(written.get(merge.left()));
            pair.add(written.get(merge.right()));
            merges.add(pair);
        }
        var model = new JsonObject();
        model.addProperty("type", "BPE");
        for (String unused : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
            model.add(unused, JsonNull.INSTANCE);
        }
        for (String flag : List.of("fuse_unk", "byte_fallback", "ignore_merges")) {
            model.addProperty(flag, false);
        }
        model.add("vocab", vocabulary);
        model.add("merges", merges);
        return model;
    }

    static BytePairTokenizer read(JsonObject json) {
        checkByteLevel(json);
        var specials = new TreeMap<Integer, String>();
        for (var added : json.getAsJsonArray("added_tokens")) {
            var token = added.getAsJsonObject();
            specials.put(token.get("id").getAsInt(), token.get("content").getAsString());
        }
        var model = json.getAsJsonObject("model");
        var idOf = new HashMap<String, Integer>();
        model.getAsJsonObject("vocab").asMap().forEach((token, id) -> idOf.put(token, id.getAsInt()));
        specials.values().forEach(idOf::remove);
        var tokens = inIdOrder(idOf);
        if (!specials.isEmpty()
                && (specials.firstKey() != tokens.size()
                        || specials.lastKey() != tokens.size() + specials.size() - 1)) {
            throw new IllegalArgumentException("special tokens must come after the last of the " + tokens.size()
                    + " tokens of text, but they are " + specials);
        }
        var merges = new ArrayList<Merge>();
        for (var pair : model.getAsJsonArray("merges")) {
            merges.add(merge(pair, idOf));
        }
        return new BytePairTokenizer(tokens, merges, List.copyOf(specials.values()));
    }

    private static void checkByteLevel(JsonObject json) {
        var type = json.getAsJsonObject("model").get("type");
        if (type != null && !type.getAsString().equals("BPE")) {
            throw new IllegalArgumentException(
                    "this tokenizer's model is " + type + ", but only byte-level BPE can be read");
        }
        var cutting = json.getAsJsonObject("pre_tokenizer");
        boolean likeGpt2 = cutting.get("type").getAsString().equals("ByteLevel")
                && !cutting.get("add_prefix_space").getAsBoolean()
                && (!cutting.has("use_regex") || cutting.get("use_regex").getAsBoolean());
        if (!likeGpt2) {
            throw new IllegalArgumentException("this tokenizer cuts text by " + cutting
                    + ", but only byte-level BPE that cuts it as GPT-2 does can be read");
        }
    }

    private static List<byte[]> inIdOrder(Map<String, Integer> idOf) {
        var tokens = new byte[idOf.size()][];
        idOf.forEach((token, id) -> {
            if (id < 0 || id >= tokens.length || tokens[id] != null) {
                throw new IllegalArgumentException("the ids of this vocabulary are not 0 to " + (tokens.length - 1)
                        + ", each once: \"" + token + "\" has " + id);
            }
            tokens[id] = ByteAlphabet.read(token);
        });
        if (Arrays.stream(tokens).filter(token -> token.length == 1).count() != 256) {
            throw new IllegalArgumentException(
                    "this vocabulary lacks some of the 256 single bytes: only byte-level BPE can be read");
        }
        return Arrays.asList(tokens);
    }

    /** A merge is written {@code ["a", "b"]}, in older files {@code "a b"}. */
    private static Merge merge(JsonElement pair, Map<String, Integer> idOf) {
        String[] parts = pair.isJsonArray()
                ? new String[] {
                    pair.getAsJsonArray().get(0).getAsString(),
                    pair.getAsJsonArray().get(1).getAsString()
                }
                : pair.getAsString().split(" ", 2);
        var left = idOf.get(parts[0]);
        var right = idOf.get(parts[1]);
        var result = idOf.get(parts[0] + parts[1]);
        if (left == null || right == null || result == null) {
            throw new IllegalArgumentException("the merge " + pair + " names a token that is not in the vocabulary");
        }
        return new Merge(left, right, result);
    }
}
