package trivium.train;

import trivium.tensor.Batch;

/**
 * What is minimised. An objective sees the values of a batch's rows (log-probabilities of the targets, or scalar
 * scores: see {@link trivium.model.Pass}) and answers the loss and its derivative. Everything that depends on the model
 * only through those values fits: cross entropy, policy gradients, PPO's clip, KL penalties, DPO, Bradley-Terry.
 */
@FunctionalInterface
public interface Objective {

    /**
     * The share of rows {@code from … to - 1} (whole groups) in the batch's loss; the shares of all slices add up to
     * the loss.
     *
     * @param values (B, T) of the whole batch; only these rows are valid
     * @param gradients (B, T), receives dL/dvalue for every position of these rows (0 where nothing is learned)
     * @return this slice's share of the loss
     */
    double loss(Batch batch, int from, int to, float[] values, float[] gradients);
}
