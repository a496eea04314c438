package trivium.run;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import trivium.model.LanguageModel;
import trivium.train.Stateful;

/** Work that a {@link TrainingLog} takes step by step. */
@FunctionalInterface
public interface Trainer {

    /** The name of the state that becomes the run's model; its tensors have no prefix in a checkpoint. */
    String MODEL = "model";

    /**
     * Does step {@code step}, counted from 0, and answers its metrics, "loss" among them. An interrupt may end it with
     * a {@link java.util.concurrent.CancellationException}; the step then does not count.
     */
    Map<String, Double> step(long step);

    /**
     * An evaluation beside the step, such as the validation loss after {@code done} steps; it changes nothing of the
     * state and adds to the step's metrics. An interrupt ends it and, after this step, the training; the step itself
     * has been taken and counts. Going on from there begins with this evaluation.
     */
    default void evaluate(long done, Map<String, Double> metrics) {}

    /** How many of so many steps are followed by an evaluation that takes time. */
    default long evaluations(long steps) {
        return 0;
    }

    /**
     * Whether an evaluation is due after {@code done} of all steps: {@code times} are spread evenly, to the last step.
     */
    static boolean isSpread(long done, long times, long steps) {
        long spread = Math.min(times, steps);
        return done * spread / steps > (done - 1) * spread / steps;
    }

    /**
     * Whether an evaluation is due after {@code done} of all steps: after each {@code times}th part, and the last step.
     */
    static boolean isPart(long done, long times, long steps) {
        return done % Math.max(1, steps / times) == 0 || done == steps;
    }

    /**
     * The loss of a uniform guess, in the unit of "loss" (ln V nats for the next of V tokens, ln 2 for the better of
     * two answers): a training whose loss ends above it has diverged. Empty where there is no such number.
     */
    default OptionalDouble uniformLoss() {
        return OptionalDouble.empty();
    }

    /**
     * What is measured before the first step, by name: see {@link Probe}. The training is looked at for faults with it;
     * nothing of it changes a step. A value that is not a number is left out.
     */
    default Map<String, Double> probes() {
        return Map.of();
    }

    /** What may help where the training has diverged, after "try". */
    default String remedy() {
        return "a lower learning rate";
    }

    /**
     * Does {@code work} on the weights that the run will keep: on an average of those that are trained, where there is
     * one, which stands in their place meanwhile.
     */
    default void onAverage(Runnable work) {
        work.run();
    }

    /** After the last step: leaves the average, where there is one, in the place of the trained weights. */
    default void keepAverage() {}

    /** The model that is trained, whose best state may be kept; empty where there is none. */
    default Optional<LanguageModel> model() {
        return Optional.empty();
    }

    /**
     * The run as it is now, with this card and without tables: its model is the one that is trained. Empty where there
     * is none to be shown.
     */
    default Optional<Run> now(RunCard card) {
        return Optional.empty();
    }

    /**
     * What the steps change, by name: {@link #MODEL}, and whatever else is trained beside it, whose tensors are called
     * {@code NAME.TENSOR} in a checkpoint.
     */
    default Map<String, Stateful> state() {
        return Map.of();
    }
}
