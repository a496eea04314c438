package trivium.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A kind of recipe that {@link PastRun#rerun} can read back from a run's card. Kinds from other packages are found by
 * Java's {@link ServiceLoader}: name the implementation in {@code META-INF/services/trivium.run.RecipeKind}.
 *
 * @param <R> the recipe
 */
public interface RecipeKind<R extends Record & Recipe<R>> {

    /** What {@link RunCard#kind} says of its runs. */
    String name();

    /**
     * The recipe with what no card holds: data, the runs it began with, functions. Its settings are still those of a
     * fresh recipe.
     *
     * @throws IllegalArgumentException where data, a run or a function is missing
     */
    R begin(PastRun past);

    /** Trains, and closes what {@link #begin} opened. */
    Run train(R recipe);

    /**
     * The settings of a fresh recipe, without its data; a report states those that differ. A setting that depends on
     * the data has a value here that no fresh recipe has.
     */
    List<Record> defaults();

    /**
     * What was done before a setting said so, by the setting's name: a card that lacks one of these settings is read as
     * if it had this value.
     */
    default Map<String, Object> unsaid() {
        return Map.of();
    }

    /** The kind of this name, if this version knows it. */
    static Optional<RecipeKind<?>> of(String name) {
        // Beside this class, not with the thread's loader: a notebook's cells run with one of their own.
        return ServiceLoader.load(RecipeKind.class, RecipeKind.class.getClassLoader()).stream()
                .<RecipeKind<?>>map(ServiceLoader.Provider::get)
                .filter(known -> known.name().equals(name))
                .findFirst();
    }
}
