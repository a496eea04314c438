package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import trivium.model.JsonFields;
import trivium.tensor.Dtype;

/**
 * What a model brings along that its weights do not say, and that is written when the model goes out again. It stands
 * in the card of the run that was loaded, and in those of all that started from it.
 *
 * @param modelType of its config.json
 * @param longest {@code max_position_embeddings}, or {@code n_positions}
 * @param dtype of most of its numbers
 * @param others tensors whose numbers are of another type
 * @param tokens ids by role, as generation_config.json or else config.json has them: "bos_token_id", "eos_token_id" and
 *     "pad_token_id"
 */
record Source(
        String modelType, int longest, Dtype dtype, Map<String, Dtype> others, Map<String, List<Integer>> tokens) {

    private static final List<String> ROLES = List.of("bos_token_id", "eos_token_id", "pad_token_id");

    static Source of(Path folder, HuggingFaceConfig config, Map<String, Dtype> dtypes) {
        var counts = new TreeMap<Dtype, Long>(
                dtypes.values().stream().collect(Collectors.groupingBy(dtype -> dtype, Collectors.counting())));
        var most =
                Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
        var others = new LinkedHashMap<>(dtypes);
        others.values().removeIf(dtype -> dtype == most);
        var tokens = new LinkedHashMap<String, List<Integer>>();
        for (var file : List.of("generation_config.json", HuggingFaceConfig.FILE)) {
            if (Files.exists(folder.resolve(file))) {
                readTokens(folder.resolve(file), tokens);
            }
        }
        return new Source(config.family().modelType(), config.longest(), most, others, tokens);
    }

    private static void readTokens(Path file, Map<String, List<Integer>> tokens) {
        JsonFields json;
        try {
            json = JsonFields.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
        for (var role : ROLES) {
            if (json.has(role) && !tokens.containsKey(role)) {
                tokens.put(role, ids(json, role));
            }
        }
    }

    /** One id, or a list of them. */
    private static List<Integer> ids(JsonFields json, String role) {
        var ids = new ArrayList<Integer>();
        if (!json.json().get(role).isJsonArray()) {
            return List.of(json.integer(role, 0));
        }
        for (var id : json.list(role)) {
            if (!id.isJsonPrimitive() || !id.getAsString().matches("\\d{1,9}")) {
                throw json.damaged("\"" + role + "\" should hold ids of tokens, not " + JsonFields.shown(id));
            }
            ids.add(id.getAsInt());
        }
        return List.copyOf(ids);
    }

    /** As a card has it. */
    Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put("model_type", modelType);
        values.put("max_position_embeddings", longest);
        values.put("dtype", dtype.torchName());
        if (!others.isEmpty()) {
            var names = new LinkedHashMap<String, Object>();
            others.forEach((name, other) -> names.put(name, other.torchName()));
            values.put("dtypes", names);
        }
        values.putAll(tokens);
        return values;
    }
}
