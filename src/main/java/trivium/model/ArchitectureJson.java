package trivium.model;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.QkNorm;
import trivium.text.PlainJson;

/**
 * An architecture as {@code model.json} and a run's settings have it (docs/formats.md): a setting that few models
 * change is written only where it differs from the default, so that older shapes keep their JSON, and older runs their
 * fingerprint.
 */
final class ArchitectureJson {

    private static final Gson GSON = PlainJson.builder().create();

    private static final JsonObject PLAIN_ROTARY = tree(Architecture.Rotary.PLAIN);

    private ArchitectureJson() {}

    static JsonObject write(Architecture architecture) {
        var json = tree(architecture);
        var attention = json.getAsJsonObject("attention");
        var feedForward = json.getAsJsonObject("feedForward");
        var conventions = json.getAsJsonObject("conventions");
        var rotary = attention.getAsJsonObject("rotary");
        var theta = rotary.remove("theta");
        dropWhere(attention, "headSize", new JsonPrimitive(0));
        dropWhere(attention, "scale", new JsonPrimitive(0.0));
        dropWhere(rotary, "share", PLAIN_ROTARY.get("share"));
        dropWhere(rotary, "scaling", PLAIN_ROTARY.get("scaling"));
        dropWhere(attention, "rotary", new JsonObject());
        dropWhere(feedForward, "placement", GSON.toJsonTree(Architecture.Placement.AFTER_ATTENTION));
        dropWhere(conventions, "epsilon", new JsonPrimitive(Architecture.EPSILON));
        dropWhere(conventions, "embeddingScale", new JsonPrimitive(1.0));
        var qkNorm = architecture.attention().qkNorm();
        if (qkNorm != QkNorm.WIDTH) {
            attention.addProperty("qkNorm", qkNorm == QkNorm.HEAD);
        }
        var biases = conventions.get("biases");
        if (biases.equals(tree(Biases.NONE)) || biases.equals(tree(Biases.BODY))) {
            conventions.addProperty("biases", biases.equals(tree(Biases.BODY)));
        }
        conventions.add("rotaryTheta", theta);
        return json;
    }

    private static JsonObject tree(Object value) {
        return GSON.toJsonTree(value).getAsJsonObject();
    }

    private static void dropWhere(JsonObject json, String name, JsonElement usual) {
        if (json.get(name).equals(usual)) {
            json.remove(name);
        }
    }

    /**
     * The architecture that {@link #write} wrote, or a version before.
     *
     * @throws IllegalArgumentException if a field is of another type than it should be, or the shape is impossible
     */
    static Architecture read(JsonObject written) {
        var json = written.deepCopy();
        if (json.get("attention") instanceof JsonObject attention
                && attention.get("qkNorm") instanceof JsonPrimitive heads
                && heads.isBoolean()) {
            attention.add("qkNorm", GSON.toJsonTree(heads.getAsBoolean() ? QkNorm.HEAD : QkNorm.NONE));
        }
        if (json.get("conventions") instanceof JsonObject conventions) {
            if (conventions.get("biases") instanceof JsonPrimitive all && all.isBoolean()) {
                conventions.add("biases", tree(all.getAsBoolean() ? Biases.BODY : Biases.NONE));
            }
            var theta = conventions.remove("rotaryTheta");
            if (theta != null && json.get("attention") instanceof JsonObject attention) {
                if (!attention.has("rotary")) {
                    attention.add("rotary", new JsonObject());
                }
                if (attention.get("rotary") instanceof JsonObject rotary) {
                    rotary.add("theta", theta);
                }
            }
        }
        try {
            return GSON.fromJson(json, Architecture.class);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("an architecture has a field of another type than it should", e);
        } catch (RuntimeException e) {
            // Gson wraps what the record's own checks say; a reader of the file needs the sentence.
            throw e.getCause() instanceof IllegalArgumentException sentence ? sentence : e;
        }
    }

    /** The value of any JSON, as Gson reads it from settings. */
    static JsonObject tree(java.util.Map<String, Object> settings) {
        return GSON.toJsonTree(settings).getAsJsonObject();
    }
}
