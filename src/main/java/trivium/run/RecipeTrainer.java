package trivium.run;

import java.util.Map;
import java.util.Optional;
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
    default void close() {
        loop().close();
    }
}
