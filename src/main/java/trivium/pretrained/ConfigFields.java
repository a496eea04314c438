package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import trivium.model.JsonFields;

/**
 * The settings of a {@code config.json}, asked for one by one. What is asked for is remembered, so that a setting which
 * nobody asked for can be refused: it may change what the model computes.
 */
public final class ConfigFields {

    /** Settings of any family that change nothing of what a model computes when it reads or is trained. */
    private static final Set<String> HARMLESS = Set.of(
            "_attn_implementation_autoset",
            "_name_or_path",
            "architectures",
            "attention_dropout",
            "bad_words_ids",
            "bos_token_id",
            "chunk_size_feed_forward",
            "classifier_dropout",
            "decoder_start_token_id",
            "dtype",
            "eos_token_id",
            "gradient_checkpointing",
            "id2label",
            "initializer_range",
            "is_llama_config",
            "keys_to_ignore_at_inference",
            "label2id",
            "max_window_layers",
            "model_type",
            "n_ctx",
            "num_labels",
            "output_attentions",
            "output_hidden_states",
            "pad_token_id",
            "pretraining_tp",
            "problem_type",
            "return_dict",
            "sep_token_id",
            "task_specific_params",
            "torch_dtype",
            "transformers.js_config",
            "transformers_version",
            "unsloth_fixed",
            "unsloth_version",
            "use_cache");

    private final JsonFields json;
    private final Set<String> asked = new HashSet<>();

    ConfigFields(JsonFields json) {
        this.json = json;
    }

    /** Where the settings stand, for sentences. */
    public String where() {
        return json.where();
    }

    /** Whether the setting is there, and not null. */
    public boolean has(String name) {
        asked.add(name);
        return json.has(name);
    }

    /** Whether the setting is there and null. */
    public boolean isNull(String name) {
        asked.add(name);
        return json.json().has(name) && !json.has(name);
    }

    /** A whole number from 1, or {@code missing} where there is none. */
    public int positive(String name, int missing) {
        return has(name) ? json.integer(name, 1) : missing;
    }

    /** A whole number, if there is one. */
    public OptionalInt integer(String name) {
        return has(name) ? OptionalInt.of(json.integer(name, 0)) : OptionalInt.empty();
    }

    /** A number, or {@code missing} where there is none. */
    public double number(String name, double missing) {
        return has(name) ? json.number(name) : missing;
    }

    /** A text, or {@code missing} where there is none. */
    public String text(String name, String missing) {
        return has(name) ? json.text(name) : missing;
    }

    /** A truth value, or {@code missing} where there is none. */
    public boolean flag(String name, boolean missing) {
        if (!has(name)) {
            return missing;
        }
        var value = json.json().get(name);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw json.damaged("\"" + name + "\" should be true or false, not " + JsonFields.shown(value));
        }
        return value.getAsBoolean();
    }

    /** A list of texts, empty where there is none. */
    public List<String> texts(String name) {
        return has(name) ? json.texts(name) : List.of();
    }

    /** A list, empty where there is none. */
    public JsonArray list(String name) {
        return has(name) ? json.list(name) : new JsonArray();
    }

    /** The settings within a setting, if there are any. */
    public Optional<ConfigFields> object(String name) {
        return has(name) ? Optional.of(new ConfigFields(json.object(name))) : Optional.empty();
    }

    /** Refuses a setting that has another value than the one that the engine has. */
    public void require(String name, JsonElement only) {
        if (has(name) && !json.json().get(name).equals(only)) {
            throw unsupported(name, "only " + only + " is supported");
        }
    }

    /** The sentence that a setting is not supported. */
    public IllegalArgumentException unsupported(String name, String why) {
        return new IllegalArgumentException(where() + " has \"" + json.path() + name + "\": "
                + JsonFields.shown(json.json().get(name)) + ", and " + why);
    }

    /** The sentence that the settings do not fit one another. */
    public IllegalArgumentException damaged(String why) {
        return json.damaged(why);
    }

    /** Refuses what nobody asked for, unless it is known to change nothing, or is null or false. */
    void requireAllKnown() {
        for (var name : json.names()) {
            var value = json.json().get(name);
            boolean off = value.isJsonNull()
                    || value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean() && !value.getAsBoolean();
            if (!off && !asked.contains(name) && !HARMLESS.contains(name)) {
                throw unsupported(
                        name,
                        "whether that changes what the model computes is not known here; take it out of the file if it"
                                + " does not");
            }
        }
    }
}
