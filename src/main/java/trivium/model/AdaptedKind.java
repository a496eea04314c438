package trivium.model;

import com.google.gson.JsonObject;

/** How {@link AdaptedTransformer}s are read back from their folders. */
public final class AdaptedKind implements ModelKind {

    static final String NAME = "adapted-transformer";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public AdaptedTransformer blank(JsonObject json) {
        return AdaptedTransformer.fromJson(json);
    }

    @Override
    public long parameters(JsonObject json) {
        return AdaptedTransformer.parameters(json);
    }
}
