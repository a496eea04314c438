package trivium.train;

import java.util.List;
import java.util.Map;
import trivium.model.Parameters;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

/**
 * How a gradient becomes a step. An optimizer is a setting, best a record; {@link #start} makes its state for one
 * model. So that cards that name one of your own can be read back, see {@link Setting}.
 */
@FunctionalInterface
public interface Optimizer extends Setting {

    /** Fresh state for the trained ones of these parameters; it never changes the others. */
    State start(Parameters parameters);

    /**
     * A number of the state for each number of these tensors.
     *
     * @param values one tensor behind the other
     */
    record Buffer(List<Parameters.Tensor> tensors, Floats values) {}

    /** Moments and the like, beside the parameters they belong to. */
    interface State {

        /**
         * Moves the parameters.
         *
         * @param gradient dL/dθ, flat as the parameters
         * @param scale multiplies the gradient first (clipping)
         * @param learningRate of this step
         */
        void step(Floats gradient, double scale, double learningRate, Workers workers);

        /**
         * The state's own numbers, for checkpoints: name and buffer in a fixed order, sharing memory with the state.
         */
        Map<String, Buffer> buffers();

        /** How many steps were taken; set when a checkpoint is read. */
        long steps();

        /** Continues after this many steps. */
        void steps(long steps);
    }
}
