package trivium.align;

import java.util.Arrays;
import trivium.train.Objective;

/**
 * REINFORCE with a leave-one-out baseline (RLOO: Ahmadian et al. 2024, section 3.2; Kool et al. 2019).
 *
 * <p>A completion is one action. Its return is R = r − β Σ (log π_old − log π_ref), its advantage A = R − the mean
 * return of the other completions of its prompt, and
 *
 * <pre>{@code L = −(1/B) Σ_rows A · log π(completion)}</pre>
 *
 * One step on each set of rollouts, without clipping: the gradient is that of the expected return itself.
 *
 * @param numGenerations G, completions of each prompt, at least 2
 * @param beta β, the price of a nat of divergence from the reference; 0 for none
 */
public record Rloo(int numGenerations, double beta) implements Algorithm {

    public Rloo {
        if (numGenerations < 2) {
            throw new IllegalArgumentException("a group of " + numGenerations
                    + ": the baseline is the mean of the others, so it takes at least 2");
        }
        if (!(beta >= 0)) {
            throw new IllegalArgumentException(
                    "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.05");
        }
    }

    /** Groups of 8 and β = 0.05. */
    public Rloo() {
        this(8, 0.05);
    }

    /** Groups of this size and β = 0.05. */
    public static Rloo numGenerations(int numGenerations) {
        return new Rloo(numGenerations, 0.05);
    }

    public Rloo beta(double beta) {
        return new Rloo(numGenerations, beta);
    }

    /** A for each completion, from its return. */
    public double[] advantages(double[] returns) {
        var advantages = new double[returns.length];
        for (int from = 0; from < returns.length; from += numGenerations) {
            double sum = Arrays.stream(returns, from, from + numGenerations).sum();
            for (int i = from; i < from + numGenerations; i++) {
                advantages[i] = returns[i] - (sum - returns[i]) / (numGenerations - 1);
            }
        }
        return advantages;
    }

    @Override
    public Learner learner(Learner.Context context) {
        return Learner.of(context.policy(), 1, this::objective);
    }

    /** The loss of these rollouts. */
    public Objective objective(Rollouts rollouts) {
        double[] divergence = rollouts.kl();
        double[] returns = rollouts.rewards().clone();
        Arrays.setAll(returns, i -> returns[i] - beta * divergence[i]);
        double[] advantages = advantages(returns);
        return (batch, from, to, values, gradients, _) -> {
            double loss = 0;
            for (int i = from * batch.time(); i < to * batch.time(); i++) {
                double slope = rollouts.counts(i) ? -advantages[i / batch.time()] / batch.rows() : 0;
                gradients[i] = (float) slope;
                loss += slope == 0 ? 0 : slope * values[i]; // padding's values may be anything
            }
            return loss;
        };
    }
}
