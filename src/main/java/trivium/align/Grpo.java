package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * Group relative policy optimisation (Shao et al. 2024, DeepSeekMath, section 4.1).
 *
 * <p>A completion's advantage is how much better it did than the others of its prompt, Â = (r − mean) / (sd + 10⁻⁴),
 * and the same for all its tokens. With ratio ρ = π(token) / π_old(token),
 *
 * <pre>{@code L = −(1/N) Σ [ min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â) − β (π_ref/π − log(π_ref/π) − 1) ]}</pre>
 *
 * over the N completion tokens of all rows: equations 3 and 4, except that tokens are averaged over the whole batch
 * rather than first within each completion, which would let long bad completions off lightly (Yu et al. 2025, DAPO,
 * section 3.3). The penalty is the unbiased estimate k3 of the divergence KL(π‖π_ref) per token (Schulman 2020), but
 * its gradient is not an estimate of that divergence's gradient: its expectation is the gradient of KL(π_ref‖π). With
 * {@code biasCorrectedKl}, k3 is multiplied by ρ, and the expectation of its gradient, {@code ρ log(π/π_ref)} at each
 * token, is the gradient of KL(π‖π_ref), also where π has moved on from π_old (DeepSeek-AI 2025, DeepSeek-V3.2, section
 * 3.1; TRL's {@code use_bias_correction_kl}).
 *
 * @param numGenerations G, completions of each prompt, at least 2
 * @param epsilon ε, how far ρ may move from 1 before nothing more is learned from a token; above 0
 * @param beta β, the weight of the divergence from the reference; 0 for none
 * @param epochs μ, steps on the same rollouts, at least 1
 * @param scaled whether advantages are divided by the group's standard deviation (TRL's {@code scale_rewards});
 *     without, groups that differ little also teach little. This is one of the two changes that make up Dr. GRPO (Liu
 *     et al. 2025, section 3.2); the other one, a constant in the place of 1/N, is not made: the mean over tokens stays
 * @param biasCorrectedKl whether the penalty is multiplied by ρ, so that its gradient is that of KL(π‖π_ref)
 */
public record Grpo(int numGenerations, double epsilon, double beta, int epochs, boolean scaled, boolean biasCorrectedKl)
        implements Algorithm {

    private static final String CLIP_RATIO = "clip_ratio/region_mean";

    private static final double TINY = 1e-4;

    public Grpo {
        if (numGenerations < 2) {
            throw new IllegalArgumentException("a group of " + numGenerations
                    + ": completions are compared with each other, so it takes at least 2");
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("epsilon " + epsilon + ": expected a number above 0, such as 0.2");
        }
        if (!(beta >= 0)) {
            throw new IllegalArgumentException(
                    "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.04");
        }
        if (epochs < 1) {
            throw new IllegalArgumentException(epochs + " epochs: expected at least 1");
        }
    }

    /** With the paper's penalty, which is not multiplied by ρ. */
    public Grpo(int numGenerations, double epsilon, double beta, int epochs, boolean scaled) {
        this(numGenerations, epsilon, beta, epochs, scaled, false);
    }

    /** Groups of 8 with the paper's settings, as {@link #numGenerations} has them. */
    public Grpo() {
        this(8, 0.2, 0.04, 1, true, true);
    }

    /**
     * For groups of this size, the paper's β = 0.04, μ = 1 and scaling, with PPO's usual ε = 0.2, and with the penalty
     * corrected.
     */
    public static Grpo numGenerations(int numGenerations) {
        return new Grpo(numGenerations, 0.2, 0.04, 1, true, true);
    }

    public Grpo epsilon(double epsilon) {
        return new Grpo(numGenerations, epsilon, beta, epochs, scaled, biasCorrectedKl);
    }

    public Grpo beta(double beta) {
        return new Grpo(numGenerations, epsilon, beta, epochs, scaled, biasCorrectedKl);
    }

    public Grpo epochs(int steps) {
        return new Grpo(numGenerations, epsilon, beta, steps, scaled, biasCorrectedKl);
    }

    public Grpo scaled(boolean byDeviation) {
        return new Grpo(numGenerations, epsilon, beta, epochs, byDeviation, biasCorrectedKl);
    }

    /** Multiplies the penalty by ρ, so that its gradient is that of KL(π‖π_ref) and not that of KL(π_ref‖π). */
    public Grpo biasCorrectedKl(boolean corrected) {
        return new Grpo(numGenerations, epsilon, beta, epochs, scaled, corrected);
    }

    /**
     * Â for each completion; a group whose rewards are all equal has nothing to tell and gets 0. The standard deviation
     * is the sample's, with G − 1.
     */
    public double[] advantages(double[] rewards) {
        var advantages = new double[rewards.length];
        for (int from = 0; from < rewards.length; from += numGenerations) {
            var of = Arrays.copyOfRange(rewards, from, from + numGenerations);
            double mean = Arrays.stream(of).average().orElseThrow();
            double deviation = Math.sqrt(
                    Arrays.stream(of).map(r -> (r - mean) * (r - mean)).sum() / (numGenerations - 1));
            for (int i = 0; i < numGenerations; i++) {
                advantages[from + i] = (of[i] - mean) / (scaled ? deviation + TINY : 1);
            }
        }
        return advantages;
    }

    @Override
    public Learner learner(Learner.Context context) {
        return Learner.of(context.policy(), epochs, this::objective);
    }

    /**
     * The loss of these rollouts. It reports the share of completion tokens at which the clip holds: nothing more is
     * learned from them.
     */
    public Objective objective(Rollouts rollouts) {
        double[] advantages = advantages(rollouts.rewards());
        int tokens = rollouts.batch().counted();
        return (batch, from, to, values, gradients, report) -> {
            double loss = 0;
            for (int row = from; row < to; row++) {
                loss += row(rollouts, row, advantages[row] / tokens, beta / tokens, values, gradients, report);
            }
            return loss;
        };
    }

    /** One completion's share of the loss, with advantage and β already divided by N. */
    private double row(
            Rollouts rollouts,
            int row,
            double advantage,
            double beta,
            float[] values,
            float[] gradients,
            Report report) {
        Batch batch = rollouts.batch();
        double loss = 0;
        int tokens = 0;
        int held = 0;
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            gradients[i] = 0;
            if (rollouts.counts(i)) {
                double ratio = Math.exp((double) values[i] - rollouts.old()[i]);
                double clipped = Math.clamp(ratio, 1 - epsilon, 1 + epsilon);
                double apart = (double) rollouts.reference()[i] - values[i];
                boolean holds = isClipped(ratio, advantage);
                double slope = holds ? 0 : ratio * advantage;
                double k3 = Math.exp(apart) - apart - 1;
                loss -= Math.min(ratio * advantage, clipped * advantage) - beta * (biasCorrectedKl ? ratio * k3 : k3);
                // d(ρ k3) / d log π = ρ (k3 + 1 − e^apart) = −ρ apart
                gradients[i] = (float) (-slope + beta * (biasCorrectedKl ? -ratio * apart : 1 - Math.exp(apart)));
                tokens++;
                held += holds ? 1 : 0;
            }
        }
        report.mean(CLIP_RATIO, held, tokens);
        return loss;
    }

    /**
     * Whether the clipped term is the smaller one: the token has been made likelier, or less likely, far enough
     * already.
     */
    private boolean isClipped(double ratio, double advantage) {
        return advantage > 0 ? ratio > 1 + epsilon : advantage < 0 && ratio < 1 - epsilon;
    }
}
