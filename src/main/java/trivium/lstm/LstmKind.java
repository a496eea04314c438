package trivium.lstm;

import com.google.gson.JsonObject;
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
}
