package trivium.model;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
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
    public long parameters(JsonObject json) {
        return Transformer.size(json).parameters();
    }

    @Override
    public Architecture config(Map<String, Object> settings) {
        try {
            return ArchitectureJson.read(ArchitectureJson.tree(settings));
        } catch (NullPointerException | JsonParseException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the settings do not describe a transformer: " + JsonFields.shown(settings), e);
        }
    }
}
