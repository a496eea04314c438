package trivium.lstm;

import com.google.gson.JsonObject;
import java.util.Map;
import trivium.model.JsonFields;
import trivium.model.ModelKind;

/** How {@link Lstm}s are read back from their folders. */
public final class LstmKind implements ModelKind {

    @Override
    public String name() {
        return Lstm.KIND;
    }

    @Override
    public Lstm blank(JsonObject json) {
        return Lstm.blank(shape(json), vocabulary(json), outputs(json));
    }

    @Override
    public long parameters(JsonObject json) {
        return shape(json).parameters(vocabulary(json), outputs(json));
    }

    private static LstmShape shape(JsonObject json) {
        var fields = new JsonFields(json, "the JSON", "");
        // from whatever an int can be: what a shape can be, the shape says itself
        int least = Integer.MIN_VALUE;
        return new LstmShape(
                fields.integer("context", least), fields.integer("width", least), fields.integer("layers", least));
    }

    private static int vocabulary(JsonObject json) {
        return new JsonFields(json, "the JSON", "").integer("vocabulary", 2);
    }

    private static int outputs(JsonObject json) {
        var fields = new JsonFields(json, "the JSON", "");
        // what a language model's says nothing of
        return fields.has("outputs") ? fields.integer("outputs", 1) : vocabulary(json);
    }

    @Override
    public LstmShape config(Map<String, Object> settings) {
        return new LstmShape(number(settings, "context"), number(settings, "width"), number(settings, "layers"));
    }

    private static int number(Map<String, Object> settings, String name) {
        if (settings.get(name) instanceof Number number) {
            return number.intValue();
        }
        throw new IllegalArgumentException(
                "an LSTM's settings need a number \"" + name + "\", not " + settings.get(name));
    }
}
