package trivium.model;

import com.google.gson.JsonObject;

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
}
