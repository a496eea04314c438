package trivium.align;

import trivium.train.Objective;
import trivium.train.Report;

/**
 * A loss of comparisons: the mean over pairs of a function of the chosen and the rejected answer's log-probabilities,
 * as {@link Dpo} is one. Nothing else is to be written for a new one.
 */
public interface PairLoss extends PreferenceLoss {

    /**
     * The loss of one pair and its derivatives.
     *
     * @param loss of the pair
     * @param chosen d loss / d Σ log π of the chosen answer
     * @param rejected d loss / d Σ log π of the rejected answer
     */
    record Result(double loss, double chosen, double rejected) {}

    /**
     * The weight of the chosen answers' likelihood: so many times the mean −log π of all tokens of the batch's chosen
     * answers is added to the loss, and reported as "nll_loss"; 0 for none.
     */
    default double nllWeight() {
        return 0;
    }

    /** Adds what else there is to measure of a pair. */
    default void report(Logps chosen, Logps rejected, Report report) {}

    /** The loss of one pair. It is asked from several threads. */
    Result of(Logps chosen, Logps rejected);

    /**
     * The loss as an objective of batches whose rows 2i hold chosen and rows 2i + 1 rejected answers, weight 1 on their
     * tokens ({@link trivium.data.PreferenceBatches#completions()}).
     *
     * @param reference (B) Σ log π_ref of each row's completion; not read unless {@link #needsReference}
     */
    default Objective objective(double[] reference) {
        return new PairObjective(this, reference);
    }
}
