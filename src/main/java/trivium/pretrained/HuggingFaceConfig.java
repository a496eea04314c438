package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Optional;
import trivium.model.Architecture;
import trivium.model.Architecture.Position;
import trivium.model.JsonFields;
import trivium.tensor.Dtype;
import trivium.text.PlainJson;

/**
 * A {@code config.json}: the family, the shape, and what else is needed to write the file again.
 *
 * @param family that {@code model_type} names
 * @param architecture with the longest context that the file allows
 * @param vocabulary V, rows of the embedding; the tokenizer may have fewer tokens
 * @param longest {@code max_position_embeddings}, which a sliding window may make larger than the context
 * @param json the whole file
 */
public record HuggingFaceConfig(
        Family family, Architecture architecture, int vocabulary, int longest, JsonObject json) {

    static final String FILE = "config.json";

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException naming the setting that is not supported, or not known
     */
    public static HuggingFaceConfig read(Path file) {
        return of(JsonFields.open(file));
    }

    /** Reads its content. */
    static HuggingFaceConfig of(JsonFields json) {
        var config = new ConfigFields(json);
        if (!config.has("model_type")) {
            throw config.damaged("\"model_type\" is missing, which names the family of the model");
        }
        var family = Families.of(config.text("model_type", ""), config.where());
        config.require("is_encoder_decoder", new JsonPrimitive(false));
        var architecture = described(config, family);
        int vocabulary = config.positive("vocab_size", family.missingVocabulary());
        int longest = config.positive(family.contextSetting(), architecture.context());
        config.requireAllKnown();
        return new HuggingFaceConfig(family, architecture, vocabulary, longest, json.json());
    }

    /** With this type, that of the weights, if the file names none, as transformers takes it then. */
    HuggingFaceConfig typed(Dtype weights, Path file) {
        var fields = new JsonFields(PlainJson.parse(json.toString()).getAsJsonObject(), file.toString(), "");
        if (fields.has("dtype") || fields.has("torch_dtype")) {
            return this;
        }
        fields.json().addProperty("dtype", weights.torchName());
        return of(fields);
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

    /** The settings of a model of this family, but for dtype and special tokens. */
    static JsonObject write(Family family, Architecture architecture, int vocabulary) {
        var json = new JsonObject();
        var classes = new JsonArray();
        classes.add(new JsonPrimitive(family.className()));
        json.add("architectures", classes);
        json.addProperty("model_type", family.modelType());
        json.addProperty("vocab_size", vocabulary);
        json.addProperty("tie_word_embeddings", architecture.conventions().tiedHead());
        family.write(architecture, json);
        return json;
    }

    /**
     * The same file for a model of another context or vocabulary, or empty if the model is of another shape besides. A
     * context that is shorter only because less memory was wanted leaves the file's as it is.
     */
    Optional<JsonObject> as(Architecture now, int tokens) {
        var before =
                architecture.context(now.context()).dropout(now.conventions().dropout());
        if (!before.equals(now)) {
            return Optional.empty();
        }
        var same = PlainJson.parse(json.toString()).getAsJsonObject();
        same.addProperty("vocab_size", tokens);
        if (now.conventions().position() == Position.LEARNED) {
            same.addProperty(family.contextSetting(), now.context());
        }
        return Optional.of(same);
    }
}
