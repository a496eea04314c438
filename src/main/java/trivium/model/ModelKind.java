package trivium.model;

import com.google.gson.JsonObject;

/**
 * A kind of model that {@link Models#load} can read. Kinds from other packages are found by Java's
 * {@link java.util.ServiceLoader}: name the implementation in {@code META-INF/services/trivium.model.ModelKind}.
 */
public interface ModelKind {

    /** What {@code "kind"} says in the JSON of its models. */
    String name();

    /**
     * The model that {@link LanguageModel#toJson} described; its weights are filled in afterwards.
     *
     * @throws IllegalArgumentException where the shape is impossible
     */
    LanguageModel blank(JsonObject json);
}
