package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Optional;
import trivium.model.Architecture;
import trivium.tensor.Dtype;

/**
 * A {@code config.json}: the family, the shape, and what else is needed to write the file again.
 *
 * @param family that {@code model_type} names
 * @param architecture with the longest context that the file allows
 * @param vocabulary V, rows of the embedding; the tokenizer may have fewer tokens
 * @param longest {@code max_position_embeddings}, which a sliding window may make larger than the context
 * @param dtype in which the weights are said to be; empty where the file does not say
 */
public record HuggingFaceConfig(
        Family family, Architecture architecture, int vocabulary, int longest, Optional<Dtype> dtype) {

    static final String FILE = "config.json";

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException naming the setting that is not supported, or not known
     */
    public static HuggingFaceConfig read(Path file) {
        var config = ConfigFields.read(file);
        if (!config.has("model_type")) {
            throw config.damaged("\"model_type\" is missing, which names the family of the model");
        }
        var family = Families.of(config.text("model_type", ""), config.where());
        config.require("is_encoder_decoder", new JsonPrimitive(false));
        var architecture = described(config, family);
        int vocabulary = config.positive("vocab_size", family.missingVocabulary());
        int longest = config.positive(
                config.has("n_positions") ? "n_positions" : "max_position_embeddings", architecture.context());
        var dtype = Dtype.find(config.text("dtype", config.text("torch_dtype", "")));
        config.requireAllKnown();
        return new HuggingFaceConfig(family, architecture, vocabulary, longest, dtype);
    }

    /** A shape that no transformer can have is refused with the file's name. */
    private static Architecture described(ConfigFields config, Family family) {
        try {
            return family.read(config);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith(config.where())
                    ? e
                    : new IllegalArgumentException(config.where() + " describes no model: " + e.getMessage(), e);
        }
    }

    /** The whole file. */
    public JsonObject toJson() {
        var json = new JsonObject();
        var classes = new JsonArray();
        classes.add(new JsonPrimitive(family.className()));
        json.add("architectures", classes);
        json.addProperty("model_type", family.modelType());
        json.addProperty("vocab_size", vocabulary);
        json.addProperty("tie_word_embeddings", architecture.conventions().tiedHead());
        dtype.ifPresent(type -> json.addProperty("dtype", type.torchName()));
        json.addProperty("use_cache", true);
        family.write(architecture, json);
        json.addProperty(json.has("n_positions") ? "n_positions" : "max_position_embeddings", longest);
        return json;
    }
}
