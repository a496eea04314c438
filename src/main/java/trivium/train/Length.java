package trivium.train;

import java.util.function.LongUnaryOperator;

/** How long a training is: so many steps, so many times through the data, or so many minutes. */
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
     * As many steps as fit into a time, on the machine that trains. When the training begins its first steps are
     * measured and the length becomes {@link Steps}.
     *
     * @param minutes in which the training prepares, takes its steps and evaluates; above 0
     */
    record Minutes(double minutes) implements Length {
        public Minutes {
            if (!(minutes > 0) || Double.isInfinite(minutes)) {
                throw new IllegalArgumentException("minutes to train in should be above 0, not " + minutes);
            }
        }
    }

    /**
     * All steps.
     *
     * @param ofEpochs how many steps so many epochs are
     * @throws IllegalStateException for minutes, of which nobody knows how many steps they are before some were taken
     */
    default long steps(LongUnaryOperator ofEpochs) {
        return switch (this) {
            case Steps(long steps) -> steps;
            case Epochs(long epochs) -> ofEpochs.applyAsLong(epochs);
            case Minutes(double minutes) ->
                throw new IllegalStateException(minutes + " minutes become steps when a training begins");
        };
    }
}
