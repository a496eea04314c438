package trivium.lstm;

import com.google.gson.JsonObject;
import java.util.Map;
import trivium.model.ModelKind;

/** How {@link Lstm}s are read back from their folders. */
public final class LstmKind implements ModelKind {

    @Override
    public String name() {
        return Lstm.KIND;
    }

    @Override
    public Lstm blank(JsonObject json) {
        var shape = new LstmShape(
                json.get("context").getAsInt(),
                json.get("width").getAsInt(),
                json.get("layers").getAsInt());
        return Lstm.blank(shape, json.get("vocabulary").getAsInt());
    }

    @Override
    public LstmShape blueprint(Map<String, Object> settings) {
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
