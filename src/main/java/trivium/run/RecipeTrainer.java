package trivium.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import trivium.model.LanguageModel;
import trivium.train.Stateful;
import trivium.train.TrainLoop;

/** The work of one {@link Recipe}, which trains the model of its run. */
public interface RecipeTrainer extends Trainer, AutoCloseable {

    /** Takes all steps that are not done, and answers the run. */
    Run run();

    /** What takes the steps of the run's model. */
    TrainLoop loop();

    @Override
    default Optional<LanguageModel> model() {
        return Optional.of(loop().slices().model());
    }

    @Override
    default Map<String, Stateful> state() {
        return Map.of(MODEL, loop());
    }

    @Override
    default void onAverage(Runnable work) {
        loop().onAverage(work);
    }

    @Override
    default void keepAverage() {
        loop().keepAverage();
    }

    /**
     * Adds what {@code measure} finds in the weights that the run will keep, and where these are an average, what it
     * finds in the trained ones, with {@value Metric#TRAINED} before its names.
     */
    default void measure(Map<String, Double> metrics, Consumer<Map<String, Double>> measure) {
        onAverage(() -> measure.accept(metrics));
        if (loop().averages()) {
            var trained = new LinkedHashMap<String, Double>();
            measure.accept(trained);
            trained.forEach((name, value) -> metrics.put(Metric.TRAINED + name, value));
        }
    }

    @Override
    default void close() {
        loop().close();
    }
}
