package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.train.Checks;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * REINFORCE with a leave-one-out baseline (RLOO: Ahmadian et al. 2024, section 3.2; Kool et al. 2019).
 *
 * <p>A completion is one action. Its return is R = r − β Σ (log π_old − log π_ref), its advantage A = R − the mean
 * return of the other completions of its prompt, and
 *
 * <pre>{@code
 * L = −(1/B) Σ_rows A · log π(completion)                              without a clip
 * L = −(1/B) Σ_rows min(ρ A, clip(ρ, 1 − ε, 1 + ε_high) A)             with one
 * }</pre>
 *
 * where ρ = π(completion) / π_old(completion). Without a clip, one step on each set of rollouts: the gradient is that
 * of the expected return itself. With one, {@code epochs} steps, as in TRL.
 *
 * @param numGenerations G, completions of each prompt, at least 2
 * @param beta β, the price of a nat of divergence from the reference; 0 for none
 * @param clip how far ρ may move; {@link RatioClip#NONE} for REINFORCE itself
 * @param epochs steps on the same rollouts; more than 1 take a clip
 * @param normalizeAdvantages whether advantages are brought to mean 0 and deviation 1 over the step's completions
 *     (TRL's {@code normalize_advantages})
 * @param maskTruncatedCompletions whether nothing is learned from completions that were cut off; they still count in
 *     the baselines of the others
 */
public record Rloo(
        int numGenerations,
        double beta,
        RatioClip clip,
        int epochs,
        boolean normalizeAdvantages,
        boolean maskTruncatedCompletions)
        implements Algorithm {

    private static final double TINY = 1e-4;

    public Rloo {
        Checks.given(clip, "the clip");
        if (numGenerations < 2) {
            throw new IllegalArgumentException("a group of " + numGenerations
                    + ": the baseline is the mean of the others, so it takes at least 2");
        }
        if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.05");
        }
        Checks.atLeast(1, epochs, "epochs");
        if (epochs > 1 && clip.isNone()) {
            throw new IllegalArgumentException(epochs
                    + " epochs of RLOO without a clip: only on the first step were the"
                    + " completions drawn from the policy; give a clip before, as in epsilon(0.2).epochs(" + epochs
                    + ")");
        }
    }

    /** Groups of 8 and β = 0.05. */
    public Rloo() {
        this(8, 0.05, RatioClip.NONE, 1, false, false);
    }

    /** Groups of this size and β = 0.05. */
    public static Rloo numGenerations(int numGenerations) {
        return new Rloo(numGenerations, 0.05, RatioClip.NONE, 1, false, false);
    }

    public Rloo beta(double beta) {
        return new Rloo(numGenerations, beta, clip, epochs, normalizeAdvantages, maskTruncatedCompletions);
    }

    /** Clips ρ to within ε of 1, both ways. */
    public Rloo epsilon(double epsilon) {
        return clip(new RatioClip(epsilon, epsilon));
    }

    /** Clips ρ, or does not with {@link RatioClip#NONE}. */
    public Rloo clip(RatioClip bounds) {
        return new Rloo(numGenerations, beta, bounds, epochs, normalizeAdvantages, maskTruncatedCompletions);
    }

    public Rloo epochs(int steps) {
        return new Rloo(numGenerations, beta, clip, steps, normalizeAdvantages, maskTruncatedCompletions);
    }

    public Rloo normalizeAdvantages(boolean normalized) {
        return new Rloo(numGenerations, beta, clip, epochs, normalized, maskTruncatedCompletions);
    }

    public Rloo maskTruncatedCompletions(boolean masked) {
        return new Rloo(numGenerations, beta, clip, epochs, normalizeAdvantages, masked);
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
        return normalizeAdvantages ? normalized(advantages) : advantages;
    }

    private static double[] normalized(double[] advantages) {
        double mean = Arrays.stream(advantages).average().orElseThrow();
        double squares =
                Arrays.stream(advantages).map(a -> (a - mean) * (a - mean)).sum();
        double deviation = Math.sqrt(squares / (advantages.length - 1));
        return Arrays.stream(advantages)
                .map(a -> (a - mean) / (deviation + TINY))
                .toArray();
    }

    @Override
    public Learner learner(Learner.Context context) {
        return Learner.of(context.policy(), epochs, this::objective);
    }

    /**
     * The loss of these rollouts. With a clip it reports the share of completions at which the clip holds: nothing more
     * is learned from them.
     */
    public Objective objective(Rollouts rollouts) {
        double[] divergence = rollouts.kl();
        double[] returns = rollouts.rewards().clone();
        Arrays.setAll(returns, i -> returns[i] - beta * divergence[i]);
        return objective(rollouts, advantages(returns));
    }

    /** The loss of these rollouts with these advantages (B). */
    Objective objective(Rollouts rollouts, double[] advantages) {
        double[] counted = advantages.clone();
        for (int row = 0; row < counted.length; row++) {
            counted[row] = maskTruncatedCompletions && rollouts.isCut(row) ? 0 : counted[row];
        }
        return clip.isNone() ? unclipped(rollouts, counted) : clipped(rollouts, counted);
    }

    private static Objective unclipped(Rollouts rollouts, double[] advantages) {
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

    private Objective clipped(Rollouts rollouts, double[] advantages) {
        return (batch, from, to, values, gradients, report) -> {
            double loss = 0;
            for (int row = from; row < to; row++) {
                loss += clipped(rollouts, row, advantages[row] / batch.rows(), values, gradients, report);
            }
            return loss;
        };
    }

    /** One completion's share of the loss, whose advantage is divided by B. */
    private double clipped(
            Rollouts rollouts, int row, double advantage, float[] values, float[] gradients, Report report) {
        Batch batch = rollouts.batch();
        double logRatio = 0;
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            logRatio += rollouts.counts(i) ? (double) values[i] - rollouts.old()[i] : 0;
        }
        var surrogate = Surrogate.clipped(logRatio, advantage, clip.low(), clip.high(), Double.POSITIVE_INFINITY);
        Surrogate.report(logRatio, advantage, clip.low(), clip.high(), Double.POSITIVE_INFINITY, report);
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            gradients[i] = rollouts.counts(i) ? (float) -surrogate.slope() : 0;
        }
        return -surrogate.value();
    }
}
