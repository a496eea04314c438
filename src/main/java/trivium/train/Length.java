package trivium.train;

import java.util.function.LongUnaryOperator;

/** How long a training is: so many steps, or so many times through the data. */
public sealed interface Length extends Setting {

    /**
     * So many steps.
     *
     * @param steps of the optimiser, at least 1; in alignment sets of rollouts, on each of which an algorithm may take
     *     several
     */
    record Steps(long steps) implements Length {
        public Steps {
            Checks.atLeast(1, steps, "steps");
        }
    }

    /**
     * So many times through the data.
     *
     * @param epochs how often each record is seen, at least 1
     */
    record Epochs(long epochs) implements Length {
        public Epochs {
            Checks.atLeast(1, epochs, "epochs");
        }
    }

    /**
     * All steps.
     *
     * @param ofEpochs how many steps so many epochs are
     */
    default long steps(LongUnaryOperator ofEpochs) {
        return switch (this) {
            case Steps(long steps) -> steps;
            case Epochs(long epochs) -> ofEpochs.applyAsLong(epochs);
        };
    }
}
