package trivium.model;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;

/** How {@link Transformer}s are read back from their folders. */
public final class TransformerKind implements ModelKind {

    @Override
    public String name() {
        return "transformer";
    }

    @Override
    public Transformer blank(JsonObject json) {
        return Transformer.fromJson(json);
    }

    @Override
    public Architecture blueprint(Map<String, Object> settings) {
        return Transformer.architecture(JsonParser.parseString(String.valueOf(settings.get("architecture")))
                .getAsJsonObject());
    }
}
