package trivium.train;

import trivium.model.PositionLoss;
import trivium.tensor.Batch;
import trivium.tensor.TokenDistribution;

/**
 * A loss that depends on the whole distribution over the vocabulary at each position, not on the target's probability
 * alone: entropy, exact divergences, distillation. An {@link Objective} brings one in {@link Objective#distributions}.
 */
@FunctionalInterface
public interface DistributionLoss {

    /**
     * The share of rows {@code from … to - 1}; the shares of all slices add up to the loss. It is asked for on the
     * thread that computes the rows, shown their positions one after the other, and closed.
     *
     * @param report receives what else is measured of these rows, which becomes metrics of the step
     */
    PositionLoss open(Batch batch, int from, int to, Report report);

    /** The sum of both. */
    default DistributionLoss and(DistributionLoss other) {
        return (batch, from, to, report) -> {
            var first = open(batch, from, to, report);
            var second = other.open(batch, from, to, report);
            return new PositionLoss() {
                @Override
                public double at(int position, TokenDistribution distribution) {
                    return first.at(position, distribution) + second.at(position, distribution);
                }

                @Override
                public void close() {
                    first.close();
                    second.close();
                }
            };
        };
    }
}
