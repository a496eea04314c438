package trivium.run;

import java.util.Map;

/** Work on examples whose answers are known: some of them are held back, and scored ten times on the way. */
public interface SupervisedTrainer extends RecipeTrainer {

    /** How often the validation data is scored. */
    int EVALUATIONS = 10;

    /** How many steps the work takes. */
    long steps();

    /** Scores the validation data by the weights as they are, and adds what comes of it to the metrics. */
    void validate(Map<String, Double> metrics);

    @Override
    default long evaluations(long all) {
        return Math.min(EVALUATIONS, all);
    }

    @Override
    default void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isPart(done, EVALUATIONS, steps())) {
            measure(metrics, this::validate);
        }
    }
}
