package trivium.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.text.AddedToken.Flag;

/** Byte-pair encoding as Hugging Face's {@code tokenizer.json}, format version 1.0. */
final class HuggingFaceJson {

    static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    /** Settings of the model that would change tokens; a file may name them if it does not use them. */
    private static final List<String> UNUSED = List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix");

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    private HuggingFaceJson() {}

    static String write(BytePairTokenizer tokenizer) {
        var parts = tokenizer.pipeline().parts();
        var json = new JsonObject();
        json.addProperty("version", "1.0");
        json.add("truncation", JsonNull.INSTANCE);
        json.add("padding", JsonNull.INSTANCE);
        json.add("added_tokens", addedTokens(tokenizer.added()));
        json.add("normalizer", parts.normalizer());
        json.add("pre_tokenizer", parts.preTokenizer());
        json.add("post_processor", parts.postProcessor());
        json.add("decoder", parts.decoder());
        json.add("model", model(tokenizer.model()));
        return GSON.toJson(json);
    }

    private static JsonArray addedTokens(AddedTokens tokens) {
        var added = new JsonArray();
        for (var each : tokens.all()) {
            var token = new JsonObject();
            token.addProperty("id", each.id());
            token.addProperty("content", each.content());
            for (var flag : Flag.values()) {
                token.addProperty(name(flag), each.is(flag));
            }
            added.add(token);
        }
        return added;
    }

    private static String name(Flag flag) {
        return flag.name().toLowerCase(Locale.ROOT);
    }

    private static JsonObject model(BytePairModel from) {
        var rules = from.rules();
        var model = new JsonObject();
        model.addProperty("type", "BPE");
        model.add("dropout", JsonNull.INSTANCE);
        model.addProperty("unk_token", rules.unknown());
        model.add("continuing_subword_prefix", JsonNull.INSTANCE);
        model.add("end_of_word_suffix", JsonNull.INSTANCE);
        model.addProperty("fuse_unk", rules.fuseUnknown());
        model.addProperty("byte_fallback", rules.byteFallback());
        model.addProperty("ignore_merges", rules.ignoreMerges());
        model.add("vocab", vocabulary(from.tokens()));
        model.add("merges", merges(from));
        return model;
    }

    static JsonObject vocabulary(List<String> tokens) {
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.size(); id++) {
            if (tokens.get(id) != null) {
                vocabulary.addProperty(tokens.get(id), id);
            }
        }
        return vocabulary;
    }

    private static JsonArray merges(BytePairModel from) {
        var merges = new JsonArray();
        for (var merge : from.merges()) {
            var pair = new JsonArray();
            pair.add(from.tokens().get(merge.left()));
            pair.add(from.tokens().get(merge.right()));
            merges.add(pair);
        }
        return merges;
    }

    static BytePairTokenizer read(JsonObject json) {
        PipelineReader.part("model", json, () -> check(json.getAsJsonObject("model")));
        var pipeline = PipelineReader.read(json);
        boolean byteLevel = PipelineReader.byteLevel(json);
        var added = PipelineReader.part("added_tokens", json, () -> addedTokens(json));
        var model = PipelineReader.part("model", json, () -> model(json.getAsJsonObject("model"), byteLevel, added));
        return new BytePairTokenizer(model, added, pipeline);
    }

    private static BytePairModel model(JsonObject model, boolean byteLevel, AddedTokens added) {
        var idOf = new HashMap<String, Integer>();
        model.getAsJsonObject("vocab")
                .entrySet()
                .forEach(entry -> idOf.put(entry.getKey(), HuggingFaceJson.id(entry.getValue())));
        var tokens = inIdOrder(idOf, added);
        if (byteLevel) {
            checkAlphabet(tokens, added);
        }
        var merges = new ArrayList<Merge>();
        for (var pair : model.getAsJsonArray("merges")) {
            merges.add(merge(pair, idOf));
        }
        var rules = new MergeRules(
                text(model, "unk_token"),
                flag(model, "fuse_unk"),
                flag(model, "byte_fallback"),
                flag(model, "ignore_merges"));
        return new BytePairModel(byteLevel, tokens, merges, rules);
    }

    /** The model itself, if it is supported. */
    private static JsonObject check(JsonObject model) {
        var type = text(model, "type");
        if (type != null && !type.equals("BPE")) {
            throw PipelineReader.unsupported("model", type, "BPE");
        }
        for (var setting : UNUSED) {
            var value = model.get(setting);
            boolean used = value != null
                    && !value.isJsonNull()
                    && !value.getAsString().isEmpty()
                    && !(setting.equals("dropout") && value.getAsDouble() == 0);
            if (used) {
                throw PipelineReader.unsupported("model", "BPE with " + setting, "BPE without it");
            }
        }
        return model;
    }

    private static AddedTokens addedTokens(JsonObject json) {
        var added = new ArrayList<AddedToken>();
        if (json.has("added_tokens")) {
            for (var element : json.getAsJsonArray("added_tokens")) {
                var token = element.getAsJsonObject();
                var flags = Stream.of(Flag.values()).filter(flag -> flag(token, name(flag)));
                added.add(new AddedToken(
                        id(token.get("id")), token.get("content").getAsString(), flags.collect(Collectors.toSet())));
            }
        }
        return new AddedTokens(added);
    }

    /** The model's tokens by id; ids in between that only an added token has are null. */
    private static List<String> inIdOrder(Map<String, Integer> idOf, AddedTokens added) {
        var byId = new TreeMap<Integer, String>();
        idOf.forEach((token, id) -> {
            var other = byId.put(id, token);
            if (other != null) {
                throw new IllegalArgumentException("two tokens of this vocabulary, \"" + Visible.show(token)
                        + "\" and \"" + Visible.show(other) + "\", have the id " + id);
            }
        });
        for (var token : added.all()) {
            var other = byId.putIfAbsent(token.id(), token.content());
            if (!Objects.requireNonNullElse(other, token.content()).equals(token.content())) {
                throw new IllegalArgumentException("the added token \"" + Visible.show(token.content())
                        + "\" has the id "
                        + token.id() + ", which is that of \"" + Visible.show(other) + "\" in this vocabulary");
            }
        }
        int missing = 0;
        for (int id : byId.keySet()) {
            if (id != missing) {
                break;
            }
            missing++;
        }
        if (missing < byId.size()) {
            throw new IllegalArgumentException("the ids of this vocabulary are not 0 to " + (byId.size() - 1)
                    + ", each once: there is no token " + missing);
        }
        var tokens = new String[idOf.isEmpty() ? 0 : 1 + Collections.max(idOf.values())];
        idOf.forEach((token, id) -> tokens[id] = token);
        return Arrays.asList(tokens);
    }

    /** Added tokens may be written as they are, all others must be in the byte alphabet. */
    private static void checkAlphabet(List<String> tokens, AddedTokens added) {
        var names = added.all().stream().map(AddedToken::content).collect(Collectors.toSet());
        tokens.stream().filter(token -> token != null && !names.contains(token)).forEach(ByteAlphabet::read);
    }

    /** A merge is written {@code ["a", "b"]}, in older files {@code "a b"}. */
    private static Merge merge(JsonElement pair, Map<String, Integer> idOf) {
        return pair.isJsonArray()
                ? merge(
                        pair.getAsJsonArray().get(0).getAsString(),
                        pair.getAsJsonArray().get(1).getAsString(),
                        idOf)
                : merge(pair.getAsString(), idOf);
    }

    /** A merge written {@code a b}. */
    static Merge merge(String pair, Map<String, Integer> idOf) {
        int space = pair.indexOf(' ');
        if (space < 1 || space == pair.length() - 1) {
            throw new IllegalArgumentException("\"" + Expression.shown(Visible.show(pair))
                    + "\" is no merge of this vocabulary: expected two tokens with" + " a space between them");
        }
        return merge(pair.substring(0, space), pair.substring(space + 1), idOf);
    }

    private static Merge merge(String first, String second, Map<String, Integer> idOf) {
        var left = idOf.get(first);
        var right = idOf.get(second);
        var result = idOf.get(first + second);
        if (left == null || right == null || result == null) {
            throw new IllegalArgumentException("the merge \"" + Expression.shown(Visible.show(first)) + " "
                    + Expression.shown(Visible.show(second)) + "\" names a token that is not in the vocabulary");
        }
        return new Merge(left, right, result);
    }

    /** A token's id, which is a whole number. */
    static int id(JsonElement json) {
        var number = json.isJsonPrimitive() && json.getAsJsonPrimitive().isNumber() ? json.getAsString() : "";
        if (!WHOLE.matcher(number).matches()) {
            throw new IllegalArgumentException("the id of a token in this tokenizer.json is "
                    + Visible.show(json.toString()) + ", not a whole number from 0 to 999,999,999");
        }
        return Integer.parseInt(number);
    }

    private static String text(JsonObject json, String name) {
        return json.has(name) && !json.get(name).isJsonNull() ? json.get(name).getAsString() : null;
    }

    private static boolean flag(JsonObject json, String name) {
        return PipelineReader.flag(json, name, false);
    }
}
