package trivium.align;

import trivium.train.Objective;

/**
 * A loss of answers that were each judged by themselves: the mean over answers of a function of the answer's
 * log-probabilities, its label, and how far the policy is from the reference altogether, as {@link Kto} is one.
 */
public interface UnpairedLoss extends PreferenceLoss {

    /**
     * The loss of one answer and its derivative.
     *
     * @param loss of the answer
     * @param slope d loss / d Σ log π of the answer
     */
    record Result(double loss, double slope) {}

    /**
     * The loss of one answer. It is asked from several threads.
     *
     * @param label whether the answer was found good
     * @param kl estimate of KL(π ‖ π_ref) for the whole batch, in nats and at least 0; no gradient goes through it
     */
    Result of(Logps completion, boolean label, double kl);

    /**
     * The loss as an objective of batches with an answer a row, weight 1 on its tokens.
     *
     * @param reference (B) Σ log π_ref of each row's completion; not read unless {@link #needsReference}
     * @param labels (B) whether each row's answer was found good
     * @param kl estimate for the batch
     */
    default Objective objective(double[] reference, boolean[] labels, double kl) {
        return new UnpairedObjective(this, reference, labels, kl);
    }
}
