package trivium.train;

import trivium.model.PositionLoss;
import trivium.tensor.Batch;

/**
 * L = −(c/N) Σ H(π(·|tokens[b,0…t])) over the N positions with a weight: the policy is kept from becoming certain
 * (Williams and Peng 1991; Mnih et al. 2016, section 4). H is exact, in nats a token, and so is its gradient.
 *
 * @param coefficient c, at least 0, in units of reward a nat
 */
public record EntropyBonus(double coefficient) implements DistributionLoss {

    public EntropyBonus {
        if (!(coefficient >= 0) || coefficient == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("entropy coefficient " + coefficient
                    + ": expected 0 (no bonus) or a positive number, such as 0.01");
        }
    }

    @Override
    public PositionLoss open(Batch batch, int from, int to, Report report) {
        double weight = coefficient / Math.max(1, batch.counted());
        return (position, distribution) ->
                batch.weights()[position] == 0 ? 0 : -weight * distribution.addEntropy(-weight);
    }
}
