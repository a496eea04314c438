package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import trivium.run.Run;
import trivium.text.PlainJson;
import trivium.text.Tokenizer;

/**
 * A tokenizer as a GGUF file has it ({@code tokenizer.ggml.*}), made of its tokenizer.json: byte-level BPE, for which
 * llama.cpp knows ways to cut text by name, or SentencePiece's BPE, for which it merges by scores.
 */
final class GgufTokenizer {

    private static final String KEY = "tokenizer.ggml.";

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    /** Of tokens that no merge makes: below all that merges make. */
    private static final float NO_SCORE = -1e6f;

    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** The ways to cut text that llama.cpp calls by name, by the expressions in the file. */
    private static final Map<String, String> CUTS = Map.of(LLAMA3, "llama-bpe", LLAMA3.replace("{1,3}", ""), "qwen2");

    private final Tokenizer tokenizer;
    private final JsonObject json;
    private final JsonObject model;

    private GgufTokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.json = PlainJson.parse(tokenizer.toJson()).getAsJsonObject();
        this.model = json.getAsJsonObject("model");
    }

    /**
     * The values of a run's tokenizer.
     *
     * @param rows of the embedding, which may be more than there are tokens
     * @throws IllegalArgumentException if llama.cpp has no such tokenizer
     */
    static Map<String, Object> values(Run run, int rows) {
        return new GgufTokenizer(run.tokenizer()).values(SpecialTokens.of(run, Source.of(run)), run, rows);
    }

    private Map<String, Object> values(SpecialTokens special, Run run, int rows) {
        if (!model.has("merges")) {
            throw unsupported("a vocabulary without merges");
        }
        boolean pieces = flag(model, "byte_fallback");
        var tokens = new ArrayList<>(Collections.nCopies(rows, ""));
        var types = new ArrayList<>(Collections.nCopies(rows, UNUSED));
        fill(tokens, types, pieces);
        var values = new LinkedHashMap<String, Object>();
        values.put(KEY + "model", pieces ? "llama" : "gpt2");
        values.put(KEY + "pre", pieces ? "default" : cut());
        values.put(KEY + "tokens", tokens);
        values.put(KEY + "token_type", types);
        if (pieces) {
            values.put(KEY + "scores", scores(tokens));
            values.put(KEY + "add_space_prefix", addsSpace());
        } else {
            values.put(KEY + "merges", merges());
        }
        ends(special, values);
        JinjaText.of(run).ifPresent(template -> values.put("tokenizer.chat_template", template));
        return values;
    }

    private void fill(List<String> tokens, List<Integer> types, boolean pieces) {
        var unknown = text(model, "unk_token").orElse("");
        model.getAsJsonObject("vocab").entrySet().forEach(entry -> {
            int id = entry.getValue().getAsInt();
            var token = entry.getKey();
            tokens.set(id, token);
            types.set(id, token.equals(unknown) ? UNKNOWN : pieces && token.matches("<0x[0-9A-F]{2}>") ? BYTE : NORMAL);
        });
        for (var each : json.getAsJsonArray("added_tokens")) {
            var added = each.getAsJsonObject();
            int id = added.get("id").getAsInt();
            var content = added.get("content").getAsString();
            boolean control = flag(added, "special");
            tokens.set(id, control ? content : content.replace('\u2581', ' '));
            types.set(id, content.equals(unknown) ? UNKNOWN : control ? CONTROL : USER_DEFINED);
        }
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) == UNUSED) {
                tokens.set(id, "[PAD" + id + "]");
            }
        }
    }

    private List<String> merges() {
        var merges = new ArrayList<String>();
        for (var merge : model.getAsJsonArray("merges")) {
            var pair = pair(merge);
            merges.add(pair[0] + " " + pair[1]);
        }
        return merges;
    }

    private static String[] pair(JsonElement merge) {
        if (merge.isJsonArray()) {
            JsonArray both = merge.getAsJsonArray();
            return new String[] {both.get(0).getAsString(), both.get(1).getAsString()};
        }
        return merge.getAsString().split(" ", 2);
    }

    /** The earlier a token is merged, the higher its score: SentencePiece's own are like that. */
    private List<Float> scores(List<String> tokens) {
        var rank = new HashMap<String, Integer>();
        for (var merge : model.getAsJsonArray("merges")) {
            var pair = pair(merge);
            rank.putIfAbsent(pair[0] + pair[1], rank.size());
        }
        return tokens.stream()
                .map(token -> rank.containsKey(token) ? (float) -rank.get(token) : NO_SCORE)
                .toList();
    }

    /** Whether a space comes before the text. */
    private boolean addsSpace() {
        var parts = String.valueOf(json.get("normalizer")) + json.get("pre_tokenizer");
        return parts.contains("\"Prepend\"")
                || parts.contains("\"Metaspace\"")
                        && !parts.contains("\"never\"")
                        && !parts.contains("\"add_prefix_space\":false");
    }

    /** llama.cpp's name of how text is cut. */
    private String cut() {
        var name = name();
        if (name.isEmpty() || name.equals("?")) {
            throw unsupported("one that cuts text in this way: " + json.get("pre_tokenizer"));
        }
        return name;
    }

    /** Whether a tokenizer cuts text as Qwen 2's does. */
    static boolean cutsAsQwen(Tokenizer tokenizer) {
        return new GgufTokenizer(tokenizer).name().equals("qwen2");
    }

    /** What llama.cpp calls the way in which text is cut; empty or "?" if it has none such. */
    private String name() {
        var parts = new ArrayList<JsonObject>();
        collect(json.get("pre_tokenizer"), parts);
        var name = "";
        for (var part : parts) {
            var type = text(part, "type").orElse("");
            if (type.equals("Digits") && flag(part, "individual_digits")) {
                name = "smollm";
            } else if (type.equals("Split")) {
                name = CUTS.getOrDefault(expression(part), "?");
            } else if (type.equals("ByteLevel") && !flag(part, "add_prefix_space")) {
                name = name.isEmpty() && flag(part, "use_regex") ? "gpt-2" : name;
            } else {
                name = "?";
            }
        }
        return name;
    }

    private static void collect(JsonElement part, List<JsonObject> parts) {
        if (part == null || !part.isJsonObject()) {
            return;
        }
        var object = part.getAsJsonObject();
        if (object.has("pretokenizers")) {
            object.getAsJsonArray("pretokenizers").forEach(each -> collect(each, parts));
        } else {
            parts.add(object);
        }
    }

    private static String expression(JsonObject split) {
        return split.has("pattern") && split.get("pattern").isJsonObject()
                ? text(split.getAsJsonObject("pattern"), "Regex").orElse("")
                : "";
    }

    /** Which tokens begin and end a text, and whether they are put around one. */
    private void ends(SpecialTokens special, Map<String, Object> values) {
        var begin = special.begin();
        if (begin.isEmpty()) {
            begin = id(special.names().get("bos_token"));
        }
        var end = special.ends().isEmpty()
                ? id(special.names().get("eos_token"))
                : OptionalInt.of(special.ends().getFirst());
        var framed = tokenizer.framed();
        begin.ifPresent(id -> values.put(KEY + "bos_token_id", id));
        end.ifPresent(id -> values.put(KEY + "eos_token_id", id));
        if (special.ends().size() > 1) {
            values.put(KEY + "eot_token_id", special.ends().getLast());
        }
        id(special.names().get("unk_token")).ifPresent(id -> values.put(KEY + "unknown_token_id", id));
        id(special.names().get("pad_token")).ifPresent(id -> values.put(KEY + "padding_token_id", id));
        values.put(KEY + "add_bos_token", begin.isPresent() && framed.length > 0 && framed[0] == begin.getAsInt());
        values.put(
                KEY + "add_eos_token",
                end.isPresent() && framed.length > 1 && framed[framed.length - 1] == end.getAsInt());
    }

    private OptionalInt id(String name) {
        return name == null ? OptionalInt.empty() : tokenizer.special(name);
    }

    private static boolean flag(JsonObject object, String name) {
        return object.has(name)
                && !object.get(name).isJsonNull()
                && object.get(name).getAsBoolean();
    }

    private static Optional<String> text(JsonObject object, String name) {
        return object.has(name) && !object.get(name).isJsonNull()
                ? Optional.of(object.get(name).getAsString())
                : Optional.empty();
    }

    private static IllegalArgumentException unsupported(String what) {
        return new IllegalArgumentException("llama.cpp has no tokenizer like this, " + what);
    }
}
