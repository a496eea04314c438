package trivium.train;

import trivium.tensor.Batch;

/**
 * What is minimised. An objective sees the values of a batch's rows (log-probabilities of the targets, or scalar
 * scores: see {@link trivium.model.Pass}) and answers the loss, its derivative and what else it measures. It is asked
 * for each slice of a batch, from several threads. Everything that depends on the model only through those values fits:
 * cross entropy, policy gradients, PPO's clip, KL penalties, DPO, Bradley-Terry.
 */
@FunctionalInterface
public interface Objective {

    /**
     * The share of rows {@code from … to - 1} (whole groups) in the batch's loss; the shares of all slices add up to
     * the loss.
     *
     * @param values (B, T) of the whole batch; only these rows are valid
     * @param gradients (B, T), receives dL/dvalue for every position of these rows (0 where nothing is learned)
     * @param report receives what else is measured of these rows, which becomes metrics of the step
     * @return this slice's share of the loss
     */
    double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report);

    /** The same where nobody asks what else is measured. */
    default double loss(Batch batch, int from, int to, float[] values, float[] gradients) {
        return loss(batch, from, to, values, gradients, new Report());
    }
}
