package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.train.Checks;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * REINFORCE++ (Hu et al. 2025, arXiv:2501.03262): PPO's clipped objective without a value model, with advantages that
 * are normalised over the whole batch and not over a prompt's group.
 *
 * <p>By itself, a token's advantage is what the completion earned less the price of leaving the reference from that
 * token on, A_t = r − β Σ_{i ≥ t} (log π_old − log π_ref)_i, and one completion of each prompt is enough. With a
 * {@code groupBaseline}, REINFORCE++-baseline, it is r less the mean of the prompt's group, and the price stands in the
 * loss, as k2. Either way it is brought to mean 0 and deviation 1 over the N tokens of the batch, which gives Â, and
 *
 * <pre>{@code L = −(1/N) Σ [ min(ρ Â, clip(ρ, 1 − ε, 1 + ε_high) Â) − β ½ (log π − log π_ref)² ]}</pre>
 *
 * with ρ = π(token) / π_old(token), and the last term with a baseline only.
 *
 * @param numGenerations completions of each prompt, at least 1, with a baseline at least 2
 * @param beta β, the price of a nat of divergence from the reference; 0 for none
 * @param clip how far ρ may move
 * @param epochs steps on the same rollouts, at least 1
 * @param groupBaseline whether the mean of the prompt's group is taken off the reward
 */
public record ReinforcePlusPlus(int numGenerations, double beta, RatioClip clip, int epochs, boolean groupBaseline)
        implements Algorithm {

    /** OpenRLHF's: the variance below which advantages are not scaled up further. */
    private static final double LEAST_VARIANCE = 1e-8;

    public ReinforcePlusPlus {
        Checks.given(clip, "the clip");
        int least = groupBaseline ? 2 : 1;
        if (numGenerations < least) {
            throw new IllegalArgumentException("a group of " + numGenerations + ": REINFORCE++"
                    + (groupBaseline ? " with a baseline compares completions of a prompt, so it takes" : " takes")
                    + " at least " + least);
        }
        if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.05");
        }
        Checks.atLeast(1, epochs, "epochs");
    }

    /** One completion of each prompt, β = 0.05, ε = 0.2. */
    public ReinforcePlusPlus() {
        this(1, 0.05, new RatioClip(0.2, 0.2), 1, false);
    }

    /** This many completions of each prompt, which are not compared with each other; β = 0.05, ε = 0.2. */
    public static ReinforcePlusPlus numGenerations(int numGenerations) {
        return new ReinforcePlusPlus(numGenerations, 0.05, new RatioClip(0.2, 0.2), 1, false);
    }

    /** REINFORCE++-baseline: groups of this size are compared first; β = 0.05, ε = 0.2. */
    public static ReinforcePlusPlus baseline(int numGenerations) {
        return new ReinforcePlusPlus(numGenerations, 0.05, new RatioClip(0.2, 0.2), 1, true);
    }

    public ReinforcePlusPlus beta(double beta) {
        return new ReinforcePlusPlus(numGenerations, beta, clip, epochs, groupBaseline);
    }

    /** Clips ρ to within ε of 1, both ways. */
    public ReinforcePlusPlus epsilon(double epsilon) {
        return clip(new RatioClip(epsilon, epsilon));
    }

    public ReinforcePlusPlus clip(RatioClip bounds) {
        return new ReinforcePlusPlus(numGenerations, beta, bounds, epochs, groupBaseline);
    }

    public ReinforcePlusPlus epochs(int steps) {
        return new ReinforcePlusPlus(numGenerations, beta, clip, steps, groupBaseline);
    }

    @Override
    public boolean comparesGroups() {
        return groupBaseline;
    }

    /** Â for each token (B, T), flat; 0 where there is none. */
    public double[] advantages(Rollouts rollouts) {
        Batch batch = rollouts.batch();
        double[] rewards = groupBaseline ? lessGroupMeans(rollouts.rewards()) : rollouts.rewards();
        var advantages = new double[batch.rows() * batch.time()];
        for (int row = 0; row < batch.rows(); row++) {
            double togo = rewards[row];
            for (int i = (row + 1) * batch.time() - 1; i >= row * batch.time(); i--) {
                if (rollouts.counts(i)) {
                    togo -= groupBaseline ? 0 : beta * ((double) rollouts.old()[i] - rollouts.reference()[i]);
                    advantages[i] = togo;
                }
            }
        }
        return normalized(advantages, rollouts);
    }

    private double[] lessGroupMeans(double[] rewards) {
        var less = rewards.clone();
        for (int from = 0; from < rewards.length; from += numGenerations) {
            double mean = Arrays.stream(rewards, from, from + numGenerations)
                    .average()
                    .orElseThrow();
            for (int i = from; i < from + numGenerations; i++) {
                less[i] -= mean;
            }
        }
        return less;
    }

    /** To mean 0 and variance 1 over all tokens. */
    private static double[] normalized(double[] advantages, Rollouts rollouts) {
        int tokens = rollouts.batch().counted();
        double mean = Arrays.stream(advantages).sum() / tokens;
        double squares = 0;
        for (int i = 0; i < advantages.length; i++) {
            squares += rollouts.counts(i) ? (advantages[i] - mean) * (advantages[i] - mean) : 0;
        }
        double deviation = Math.sqrt(Math.max(squares / tokens, LEAST_VARIANCE));
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] = rollouts.counts(i) ? (advantages[i] - mean) / deviation : 0;
        }
        return advantages;
    }

    @Override
    public Learner learner(Learner.Context context) {
        return Learner.of(context.policy(), epochs, this::objective);
    }

    /** The loss of these rollouts. It reports the share of tokens at which the clip holds. */
    public Objective objective(Rollouts rollouts) {
        double[] advantages = advantages(rollouts);
        int tokens = rollouts.batch().counted();
        return (batch, from, to, values, gradients, report) -> {
            double loss = 0;
            for (int i = from * batch.time(); i < to * batch.time(); i++) {
                gradients[i] = 0;
                if (rollouts.counts(i)) {
                    loss += token(rollouts, i, advantages[i], tokens, values, gradients, report);
                }
            }
            return loss;
        };
    }

    private double token(
            Rollouts rollouts, int i, double advantage, int tokens, float[] values, float[] gradients, Report report) {
        double logRatio = (double) values[i] - rollouts.old()[i];
        double d = (double) values[i] - rollouts.reference()[i];
        double priced = groupBaseline ? beta : 0;
        var surrogate = Surrogate.clipped(logRatio, advantage, clip.low(), clip.high(), Double.POSITIVE_INFINITY);
        Surrogate.report(logRatio, advantage, clip.low(), clip.high(), Double.POSITIVE_INFINITY, report);
        double penalty = priced == 0 ? 0 : priced * KlEstimator.K2.value(d);
        double slope = priced == 0 ? 0 : priced * KlEstimator.K2.slope(d);
        gradients[i] = (float) ((slope - surrogate.slope()) / tokens);
        return (penalty - surrogate.value()) / tokens;
    }
}
