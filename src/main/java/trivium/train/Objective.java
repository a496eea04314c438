package trivium.train;

import java.util.Optional;
import trivium.tensor.Batch;

/**
 * What is minimised. An objective sees the values of a batch's rows (log-probabilities of the targets, or scalar
 * scores: see {@link trivium.model.Pass}) and answers the loss, its derivative and what else it measures. It is asked
 * for each slice of a batch, from several threads. Everything that depends on the model only through those values fits:
 * cross entropy, policy gradients, PPO's clip, KL penalties, DPO, Bradley-Terry. What depends on whole distributions as
 * well brings a {@link DistributionLoss}.
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

    /** What is added to the loss for the whole distributions at the batch's positions; for most objectives nothing. */
    default Optional<DistributionLoss> distributions() {
        return Optional.empty();
    }

    /** This objective with a loss of whole distributions added: {@code objective.and(new EntropyBonus(0.01))}. */
    default Objective and(DistributionLoss more) {
        var values = this;
        var both = Optional.of(distributions().map(own -> own.and(more)).orElse(more));
        return new Objective() {
            @Override
            public double loss(Batch batch, int from, int to, float[] logProbs, float[] gradients, Report report) {
                return values.loss(batch, from, to, logProbs, gradients, report);
            }

            @Override
            public Optional<DistributionLoss> distributions() {
                return both;
            }
        };
    }

    /** The same where nobody asks what else is measured. */
    default double loss(Batch batch, int from, int to, float[] values, float[] gradients) {
        return loss(batch, from, to, values, gradients, new Report());
    }
}
