package trivium.pretrained;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import trivium.model.JsonFields;
import trivium.run.Run;
import trivium.tensor.Dtype;
import trivium.text.PlainJson;
import trivium.text.TokenizerConfig;

/**
 * What a model brings along that its weights do not say, and that is written when the model goes out again. It stands
 * in the card of the run that was loaded, and in the cards of all that started from it.
 *
 * @param config config.json
 * @param generation generation_config.json; empty where the folder had none
 * @param names of special tokens by role, as tokenizer_config.json has them: "bos_token", "eos_token", …
 * @param dtype of most of its numbers
 * @param others tensors whose numbers are of another type
 * @param folder where the model was
 */
record Source(
        String config,
        String generation,
        Map<String, String> names,
        Dtype dtype,
        Map<String, Dtype> others,
        String folder) {

    private static final String FOLDER = "folder";
    private static final String CONFIG = "config";
    private static final String GENERATION = "generation_config";
    private static final String NAMES = "special_tokens";
    private static final String DTYPE = "dtype";
    private static final String DTYPES = "dtypes";
    private static final List<String> ROLES = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    static final String GENERATION_FILE = "generation_config.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    static Source of(Path folder, HuggingFaceConfig config, Map<String, Dtype> dtypes) {
        var counts = new TreeMap<Dtype, Long>(
                dtypes.values().stream().collect(Collectors.groupingBy(dtype -> dtype, Collectors.counting())));
        var most =
                Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
        var others = new LinkedHashMap<>(dtypes);
        others.values().removeIf(dtype -> dtype == most);
        var generation = Optional.of(folder.resolve(GENERATION_FILE))
                .filter(Files::exists)
                .map(JsonFields::open);
        var tokens = TokenizerConfig.read(folder).tokens();
        var names = new LinkedHashMap<String, String>();
        ROLES.stream().filter(tokens::containsKey).forEach(role -> names.put(role, tokens.get(role)));
        generation.ifPresent(fields -> ids(fields, Run.END_OF_SEQUENCE)); // refuses what is none
        return new Source(
                config.json().toString(),
                generation.map(fields -> fields.json().toString()).orElse(""),
                names,
                most,
                others,
                folder.toString());
    }

    /** The source of a run that was loaded, or started from one that was; empty for any other. */
    static Optional<Source> of(Run run) {
        if (!(run.card().recipe().get(Run.PRETRAINED) instanceof Map<?, ?> values)) {
            return Optional.empty();
        }
        var names = new LinkedHashMap<String, String>();
        if (values.get(NAMES) instanceof Map<?, ?> tokens) {
            tokens.forEach((role, name) -> names.put(String.valueOf(role), String.valueOf(name)));
        }
        var others = new LinkedHashMap<String, Dtype>();
        if (values.get(DTYPES) instanceof Map<?, ?> dtypes) {
            dtypes.forEach((name, dtype) -> others.put(String.valueOf(name), Dtype.of(String.valueOf(dtype))));
        }
        return Optional.of(new Source(
                String.valueOf(values.get(CONFIG)),
                String.valueOf(values.get(GENERATION)),
                names,
                Dtype.of(String.valueOf(values.get(DTYPE))),
                others,
                values.get(FOLDER) instanceof String folder ? folder : null));
    }

    /** How many tokens the embedding had rows for. */
    int vocabulary() {
        return PlainJson.parse(config).getAsJsonObject().get("vocab_size").getAsInt();
    }

    /** As a card has it. */
    Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put(FOLDER, folder);
        values.put(CONFIG, config);
        values.put(GENERATION, generation);
        values.put(NAMES, names);
        values.put(DTYPE, dtype.torchName());
        if (!others.isEmpty()) {
            var dtypes = new LinkedHashMap<String, Object>();
            others.forEach((name, other) -> dtypes.put(name, other.torchName()));
            values.put(DTYPES, dtypes);
        }
        values.put(Run.END_OF_SEQUENCE, ends());
        return values;
    }

    /** The config.json, read again. */
    HuggingFaceConfig parsed() {
        return HuggingFaceConfig.of(JsonFields.parse(config, "the config.json in a run's card"));
    }

    /** Whether {@link Export} wrote it, which has every model end where an answer of its template does. */
    boolean isOurs() {
        return !JsonFields.parse(config, "the config.json in a run's card").has("transformers_version");
    }

    /** The generation_config.json, where there is one. */
    Optional<JsonObject> generated() {
        return generation.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonFields.parse(generation, "the generation_config.json in a run's card")
                        .json());
    }

    /** Ids at which a document or an answer ends: of generation_config.json, or else of config.json. */
    List<Integer> ends() {
        var fields = generated()
                .map(json -> new JsonFields(json, "generation_config.json", ""))
                .filter(json -> json.has(Run.END_OF_SEQUENCE))
                .orElseGet(() -> JsonFields.parse(config, "config.json"));
        return fields.has(Run.END_OF_SEQUENCE) ? ids(fields, Run.END_OF_SEQUENCE) : List.of();
    }

    /** One id, or a list of them. */
    private static List<Integer> ids(JsonFields json, String role) {
        if (!json.has(role)) {
            return List.of();
        }
        var value = json.json().get(role);
        var ids = new ArrayList<Integer>();
        for (JsonElement id : value.isJsonArray() ? value.getAsJsonArray() : List.of(value)) {
            if (!id.isJsonPrimitive() || !id.getAsString().matches("\\d{1,9}")) {
                throw json.damaged("\"" + role + "\" should hold ids of tokens, not " + JsonFields.shown(id));
            }
            ids.add(id.getAsInt());
        }
        return List.copyOf(ids);
    }
}
