package trivium.run;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * Reads recipes of one kind back from the cards that they wrote. Kinds from other packages are found by Java's
 * {@link ServiceLoader}: name the implementation in {@code META-INF/services/trivium.run.Retrainer}.
 */
public interface Retrainer {

    /** What {@link RunCard#kind} says of its runs. */
    String kind();

    /**
     * The recipe that {@code past} was trained by, ready to begin.
     *
     * @throws IllegalArgumentException where something it needs is missing
     */
    Recipe read(PastRun past);

    /**
     * A recipe that was read back.
     *
     * @param card as it begins now; it must say what the past run's card said, or the recipe was not read in full
     * @param training trains
     */
    record Recipe(RunCard card, Function<RunOptions, Run> training) {}

    /**
     * Trains a run again from what its folder says: recipe, seed, data and the runs it began with. On the same kind of
     * processor and with the same source the numbers are the same, to the last bit.
     *
     * @param functions what no folder can hold, by the setting's name: {@code Map.of("gold", GoldReward::score)}
     * @throws IllegalArgumentException in a sentence that says what is missing or is not as it was
     */
    static Run rerun(RunStore store, String id, Map<String, ?> functions, RunOptions options) {
        var card = store.card(id);
        var past = new PastRun(store, card, Map.copyOf(functions));
        var recipe = of(card.kind(), past).read(past);
        card.difference(recipe.card()).ifPresent(difference -> {
            throw past.impossible(difference);
        });
        return recipe.training().apply(options);
    }

    private static Retrainer of(String kind, PastRun past) {
        // Beside this class, not with the thread's loader: a notebook's cells run with one of their own.
        return ServiceLoader.load(Retrainer.class, Retrainer.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(known -> known.kind().equals(kind))
                .findFirst()
                .orElseThrow(
                        () -> past.impossible("this version knows no recipe for runs of the kind \"" + kind + "\""));
    }
}
