package trivium.model;

import com.google.gson.JsonObject;
import java.util.Map;

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

    /**
     * How many parameters the model has that {@link LanguageModel#toJson} described, found without making it: no file
     * is to ask for memory that its weights do not fill. 0 where that is not known.
     *
     * @throws IllegalArgumentException where the shape is impossible
     */
    default long parameters(JsonObject json) {
        return 0;
    }

    /**
     * The shape that {@link ModelConfig#settings} described, its values as a run's card has them. Only kinds that
     * override this can be trained again from a run's folder.
     *
     * @throws IllegalArgumentException where settings are missing, or the shape is impossible
     */
    default ModelConfig config(Map<String, Object> settings) {
        throw new IllegalArgumentException("this version cannot make fresh models of kind \"" + name()
                + "\" from a run's settings: its ModelKind has no config method");
    }
}
