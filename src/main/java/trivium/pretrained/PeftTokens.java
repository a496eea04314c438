package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.model.AdaptedTransformer;
import trivium.model.JsonFields;
import trivium.model.Lora;
import trivium.model.Lora.TrainableToken;
import trivium.model.Parameters;
import trivium.model.SafetensorsFile;
import trivium.model.Transformer;
import trivium.tensor.Floats;

/**
 * Tokens whose rows PEFT trains alone: {@code trainable_token_indices}.
 *
 * @param embedding ids of those whose row of the embedding is trained, in order
 * @param head likewise of the head; the same where both are one
 */
record PeftTokens(List<Integer> embedding, List<Integer> head, boolean tied) {

    static final String SETTING = "trainable_token_indices";
    static final String ROWS = ".token_adapter.trainable_tokens_delta";
    static final String BENEATH = ".token_adapter.base_layer.weight";
    static final String HEAD = "lm_head";

    PeftTokens {
        embedding = List.copyOf(embedding);
        head = List.copyOf(head);
    }

    /** Those of an adapter_config.json. */
    static PeftTokens read(JsonFields json, Family family, boolean tied) {
        if (!json.has(SETTING)) {
            return new PeftTokens(List.of(), List.of(), tied);
        }
        var value = json.json().get(SETTING);
        if (value instanceof JsonArray list) {
            var ids = ids(list, json);
            return new PeftTokens(ids, tied ? ids : List.of(), tied);
        }
        List<Integer> tokens = List.of();
        Optional<List<Integer>> head = Optional.empty();
        var module = module(family);
        for (var name : json.object(SETTING).names()) {
            var ids = ids(json.object(SETTING).list(name), json);
            if (module.equals(name) || module.endsWith("." + name)) {
                tokens = ids;
            } else if (name.equals(HEAD) || name.equals("embed_out")) {
                head = Optional.of(ids);
            } else {
                throw json.damaged("\"" + SETTING + "\" names " + JsonFields.shown(name) + "; the embedding is called "
                        + module + ", the head " + HEAD);
            }
        }
        if (tied && head.isPresent() && !head.get().equals(tokens)) {
            throw new IllegalArgumentException(json.where() + " has rows of its own for the head in \"" + SETTING
                    + "\", but the head of this model is its embedding");
        }
        return new PeftTokens(tokens, tied ? tokens : head.orElse(List.of()), tied);
    }

    private static List<Integer> ids(JsonArray list, JsonFields json) {
        var ids = new ArrayList<Integer>();
        for (JsonElement id : list) {
            if (!id.isJsonPrimitive() || !id.getAsString().matches("\\d{1,9}") || ids.contains(id.getAsInt())) {
                throw json.damaged(
                        "\"" + SETTING + "\" should hold ids of tokens, each once, not " + JsonFields.shown(id));
            }
            ids.add(id.getAsInt());
        }
        return ids;
    }

    /** The embedding's name without what its tensor ends in. */
    static String module(Family family) {
        return family.embedding().substring(0, family.embedding().lastIndexOf('.'));
    }

    /** The least number of tokens that a model with these has. */
    int vocabulary() {
        return Stream.concat(embedding.stream(), head.stream())
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(-1)
                + 1;
    }

    /** As {@link Lora.Parts} has them. */
    List<String> patterns() {
        if (embedding.equals(head)) {
            return embedding.stream().map(String::valueOf).toList();
        }
        return Stream.concat(
                        embedding.stream().map(id -> new TrainableToken(true, false, "").as(String.valueOf(id))),
                        head.stream().map(id -> new TrainableToken(false, true, "").as(String.valueOf(id))))
                .toList();
    }

    /**
     * The model beneath with as many tokens as the adapter was trained with, the further rows being those of the
     * adapter's file where it has them.
     *
     * @param resized the file, where it holds embedding and head as they were resized
     */
    static Transformer grown(Transformer base, int vocabulary, Family family, Optional<SafetensorsFile> resized) {
        if (vocabulary == base.vocabulary()) {
            return base;
        }
        var grown = base.withVocabulary(vocabulary);
        if (resized.isEmpty()) {
            return grown;
        }
        var file = resized.get();
        var tensors = grown.parameters().tensors();
        var names = List.of(module(family), HEAD);
        for (int i = 0; i < names.size(); i++) {
            var place = i == 0 ? tensors.getFirst() : tensors.getLast();
            boolean there = i == 0 || place.role() == Parameters.Role.HEAD;
            for (var ending : List.of(BENEATH, ".weight")) {
                var name = PeftFolder.PREFIX + names.get(i) + ending;
                if (there
                        && file.tensors().containsKey(name)
                        && file.get(name).shape().equals(place.shape())) {
                    var values = Floats.zeros(place.size());
                    file.read(name, 0, values, 0, place.size());
                    WeightReading.requireFinite(file, name, values, 0, place.size());
                    WeightReading.requireExact(file, name, grown.parameters().dtype(place), values, place.size());
                    grown.parameters().write(place.offset(), values, 0, place.size());
                }
            }
        }
        return grown;
    }

    /**
     * Those that an adapter's folder needs: the ones that are trained, and the rows of the model beneath that the model
     * it began with had not.
     *
     * @param before how many tokens that had
     */
    static PeftTokens of(AdaptedTransformer model, int before) {
        var base = model.withoutAdapter();
        boolean tied = base.architecture().conventions().tiedHead();
        var tokens = new LinkedHashSet<Integer>();
        var head = new LinkedHashSet<Integer>();
        for (var text : model.lora().parts().trainableTokens()) {
            var token = TrainableToken.of(text);
            int id = Integer.parseInt(token.name());
            if (token.embedding()) {
                tokens.add(id);
            }
            if (token.head()) {
                head.add(id);
            }
        }
        for (int id = before; id < base.vocabulary(); id++) {
            tokens.add(id);
            head.add(id);
        }
        if (has(model, Lora.TOKENS_IN_FULL)) {
            tokens.clear();
        }
        boolean apart = has(model, Lora.HEAD_IN_FULL);
        if (apart || tied && tokens.isEmpty()) {
            head.clear();
        }
        return new PeftTokens(List.copyOf(tokens), tied && !apart ? List.copyOf(tokens) : List.copyOf(head), tied);
    }

    static boolean has(AdaptedTransformer model, String tensor) {
        return model.parameters().tensors().stream().anyMatch(t -> t.name().equals(tensor + ".weight"));
    }

    /** Rows (k, C): the adapter's where it has them, else those of the model beneath. */
    static Floats rows(AdaptedTransformer model, List<Integer> ids, boolean head) {
        var base = model.withoutAdapter();
        int width = base.architecture().width();
        var of = base.parameters().tensors().stream()
                .filter(t -> t.role() == (head ? Parameters.Role.HEAD : Parameters.Role.EMBEDDING))
                .findFirst()
                .orElseThrow();
        var own = model.parameters().tensors().stream()
                .filter(t -> t.name().equals((head ? Lora.HEAD_ROWS : Lora.TOKEN_ROWS) + ".weight"))
                .findFirst();
        var trained = model.lora().parts().trainableTokens().stream()
                .map(TrainableToken::of)
                .filter(token -> head ? token.head() : token.embedding())
                .map(token -> Integer.valueOf(token.name()))
                .distinct()
                .toList();
        var rows = Floats.zeros((long) ids.size() * width);
        for (int i = 0; i < ids.size(); i++) {
            int at = trained.indexOf(ids.get(i));
            if (own.isPresent() && at >= 0) {
                rows.copyFrom(
                        model.parameters().values(), own.get().offset() + (long) at * width, (long) i * width, width);
            } else {
                var row = base.parameters().read(of.offset() + (long) ids.get(i) * width, width);
                rows.copyFrom(row, 0, (long) i * width, width);
            }
        }
        return rows;
    }

    /** What adapter_config.json says of them. */
    JsonElement setting(Family family) {
        if (embedding.isEmpty() && (tied || head.isEmpty())) {
            return JsonNull.INSTANCE;
        }
        if (tied || head.isEmpty()) {
            return json(embedding);
        }
        var both = new JsonObject();
        if (!embedding.isEmpty()) {
            var module = module(family);
            both.add(module.substring(module.lastIndexOf('.') + 1), json(embedding));
        }
        both.add(HEAD, json(head));
        return both;
    }

    private static JsonArray json(List<Integer> ids) {
        var list = new JsonArray();
        ids.forEach(id -> list.add(new JsonPrimitive(id)));
        return list;
    }
}
