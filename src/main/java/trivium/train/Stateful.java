package trivium.train;

import java.util.Map;
import trivium.model.Safetensors.Entry;

/**
 * What is carried from step to step and kept in checkpoints, as of {@link TrainLoop}: a training goes on from these
 * numbers alone. All else is a function of the recipe, the seed and the step.
 */
public interface Stateful {

    /** All numbers that steps change, by name in a fixed order, sharing memory with the training. */
    Map<String, Entry> tensors();

    /** How many updates were made; a training that goes on from a checkpoint gets the number back. */
    long updates();

    /** Goes on as after this many updates. */
    void updates(long made);
}
