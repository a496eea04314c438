package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import trivium.model.JsonFields;

/**
 * What an {@code adapter_config.json} of PEFT's says of a LoRA adapter. Which layers have one is read from the tensors.
 *
 * @param where the file, for sentences
 * @param base base_model_name_or_path: the model that it was trained beside; empty where that is not said
 * @param rank r
 * @param alpha lora_alpha
 * @param alphas alpha_pattern: of the first key that fits a layer's name, as PEFT matches them
 */
record PeftConfig(
        String where,
        String base,
        int rank,
        double alpha,
        double dropout,
        boolean useRslora,
        boolean useDora,
        boolean tied,
        Map<Pattern, Double> alphas) {

    static final String FILE = "adapter_config.json";

    /** Settings that change nothing once the tensors are there. */
    private static final Set<String> HARMLESS = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "init_lora_weights",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_alpha",
            "lora_dropout",
            "lora_ga_config",
            "megatron_core",
            "modules_to_save",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "rank_pattern",
            "alpha_pattern",
            "revision",
            "runtime_config",
            "target_modules",
            "task_type",
            PeftTokens.SETTING,
            "use_dora",
            "use_rslora");

    static PeftConfig read(Path file) {
        return of(JsonFields.open(file));
    }

    private static PeftConfig of(JsonFields json) {
        if (!json.text("peft_type").equals("LORA")) {
            throw new IllegalArgumentException(json.where() + " describes an adapter of the type "
                    + JsonFields.shown(json.text("peft_type")) + "; LORA is supported");
        }
        for (var name : json.names()) {
            if (!HARMLESS.contains(name) && isSomething(json.json().get(name))) {
                throw new IllegalArgumentException(json.where() + " has \"" + name + "\": "
                        + JsonFields.shown(json.json().get(name)) + ", which is not supported");
            }
        }
        if (json.has("bias") && !json.text("bias").equals("none")) {
            throw new IllegalArgumentException(json.where() + " has \"bias\": " + JsonFields.shown(json.text("bias"))
                    + "; only \"none\" is supported");
        }
        var start = json.json().get("init_lora_weights");
        if (start != null
                && start.isJsonPrimitive()
                && start.getAsString().matches("(?i)(pissa|olora|corda|loftq|lora_ga).*")) {
            throw new IllegalArgumentException(json.where() + " has \"init_lora_weights\": " + start
                    + ", which changes the model's own weights; let PEFT convert it"
                    + " (save_pretrained with path_initial_model_for_weight_conversion)");
        }
        var alphas = new LinkedHashMap<Pattern, Double>();
        if (json.has("alpha_pattern")) {
            var pattern = json.object("alpha_pattern");
            for (var name : pattern.names()) {
                alphas.put(pattern(name, json), pattern.number(name));
            }
        }
        var fields = new ConfigFields(json);
        return new PeftConfig(
                json.where(),
                fields.text("base_model_name_or_path", ""),
                json.integer("r", 1),
                json.number("lora_alpha"),
                json.has("lora_dropout") ? json.number("lora_dropout") : 0,
                fields.flag("use_rslora", false),
                fields.flag("use_dora", false),
                fields.flag("ensure_weight_tying", false),
                alphas);
    }

    private static boolean isSomething(JsonElement value) {
        return switch (value) {
            case JsonObject object -> object.size() > 0;
            case JsonArray array -> array.size() > 0;
            case JsonPrimitive primitive -> !primitive.isBoolean() || primitive.getAsBoolean();
            default -> false;
        };
    }

    private static Pattern pattern(String key, JsonFields json) {
        try {
            return Pattern.compile("(.*\\.)?(" + key + ")");
        } catch (PatternSyntaxException e) {
            throw json.damaged("\"alpha_pattern\" has " + JsonFields.shown(key) + ", which is no regular expression");
        }
    }

    /** What is said of an adapter that does not fit. */
    String trainedBeside() {
        return base.isEmpty() ? "" : "; by its " + FILE + " it was trained beside " + JsonFields.shown(base);
    }

    /** α of a layer. */
    double alpha(String module) {
        return alphas.entrySet().stream()
                .filter(entry -> entry.getKey().matcher(module).matches())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(alpha);
    }
}
