package trivium.align;

import java.util.Arrays;
import java.util.stream.IntStream;
import trivium.train.Checks;
import trivium.train.Objective;
import trivium.train.Setting;

/**
 * Group relative policy optimisation (Shao et al. 2024, DeepSeekMath, section 4.1) and the family that came of it: Dr.
 * GRPO, DAPO, GSPO, CISPO, SAPO and LUSPO are factories here, with the settings of their papers.
 *
 * <p>A completion's advantage is how much better it did than the others of its prompt, Â = (r − mean) / (sd + 10⁻⁴),
 * and the same for all its tokens. With ratio ρ = π(token) / π_old(token),
 *
 * <pre>{@code L = −(1/N) Σ [ min(ρ Â, clip(ρ, 1 − ε, 1 + ε_high) Â) − β k ]}</pre>
 *
 * over the N completion tokens of all rows. {@link LossType} says how tokens are averaged and what stands in the place
 * of the clip, {@link Ratio} how far ρ may go and whether it is a token's or a completion's, {@link Kl} what k is.
 * docs/algorithms/grpo.md has all formulas.
 *
 * @param numGenerations G, completions of each prompt, at least 2
 * @param lossType how tokens are averaged, and what holds ρ
 * @param scaleRewards by which standard deviation advantages are divided
 * @param ratio how far the policy may move on one set of rollouts
 * @param kl the price of leaving the reference
 * @param use which rollouts are learned from, and how often
 */
public record Grpo(int numGenerations, LossType lossType, ScaleRewards scaleRewards, Ratio ratio, Kl kl, Use use)
        implements Algorithm {

    /** TRL's {@code loss_type}. B is the number of completions, N that of their tokens, L the most of a completion. */
    public enum LossType {
        /** Clipped; a mean over each completion's tokens, then over completions (Shao et al. 2024, equation 3). */
        GRPO,
        /**
         * Clipped; a mean over the N tokens of the batch. TRL's is over those of a micro-batch; here a step's
         * completions are one batch however they are cut, so this is {@link #DAPO}.
         */
        BNPO,
        /** Clipped; a sum over all tokens, divided by B·L (Liu et al. 2025, <i>Dr. GRPO</i>, section 3.2). */
        DR_GRPO,
        /** Clipped; a mean over the N tokens of the batch (Yu et al. 2025, DAPO, section 3.3). */
        DAPO,
        /**
         * −min(ρ, ε_high) Â log π, the factor before log π being constant in the gradient; a mean over the N tokens.
         * {@code epsilonHigh} is the bound itself and not its distance from 1 (MiniMax 2025, MiniMax-M1, section 3.1).
         */
        CISPO,
        /**
         * −(4/τ) σ(τ(ρ − 1)) Â, a soft gate in the place of the clip, with τ the temperature for the sign of Â; a mean
         * over each completion's tokens, then over completions (Gao et al. 2025, SAPO).
         */
        SAPO,
        /** Clipped; a sum over each completion's tokens, then a mean over completions (LUSPO, 2026). */
        LUSPO;

        boolean isClipped() {
            return this != CISPO && this != SAPO;
        }
    }

    /** What an importance ratio is of: TRL's {@code importance_sampling_level}. */
    public enum ImportanceSampling {
        /** Of each token. */
        TOKEN,
        /** Of the completion: the geometric mean of its tokens' ratios (Zheng et al. 2025, GSPO, equation 7). */
        SEQUENCE
    }

    /** By which standard deviation advantages are divided: TRL's {@code scale_rewards}. */
    public enum ScaleRewards {
        /** That of the completion's group. */
        GROUP,
        /** That of all rewards of the step. */
        BATCH,
        /** By none, so that groups that differ little also teach little (Dr. GRPO). */
        NONE
    }

    /** Where the divergence from the reference is paid. */
    public enum KlIn {
        /** In the loss, at each token. */
        LOSS,
        /** In the reward, for the whole completion and before advantages are made, as it was when it was drawn. */
        REWARD
    }

    /**
     * How far the policy may move on one set of rollouts.
     *
     * @param importanceSamplingLevel whether ρ is a token's or a completion's
     * @param epsilon ε, how far ρ may fall below 1 before nothing more is learned; above 0
     * @param epsilonHigh ε_high, how far ρ may rise above 1; above 0. Of {@link LossType#CISPO} the most ρ itself
     * @param delta δ, the most that ρ counts where Â is below 0 (two-sided clip: INTELLECT-2 2025); infinity for none
     * @param sapoTemperaturePos τ of {@link LossType#SAPO} where Â is above 0
     * @param sapoTemperatureNeg τ elsewhere
     */
    public record Ratio(
            ImportanceSampling importanceSamplingLevel,
            double epsilon,
            double epsilonHigh,
            double delta,
            double sapoTemperaturePos,
            double sapoTemperatureNeg)
            implements Setting {

        public Ratio {
            Checks.given(importanceSamplingLevel, "the importance sampling level", ImportanceSampling.values());
            Checks.positive(epsilon, "epsilon");
            Checks.positive(epsilonHigh, "epsilonHigh");
            Checks.positive(sapoTemperaturePos, "SAPO temperature");
            Checks.positive(sapoTemperatureNeg, "SAPO temperature");
            if (!(delta > 1)) {
                throw new IllegalArgumentException(
                        "delta " + delta + ": expected a number above 1, such as 4, or infinity for no second clip");
            }
        }
    }

    /**
     * The price of leaving the reference.
     *
     * @param beta β, the weight of the divergence from the reference; 0 for none
     * @param klEstimator which estimate of the divergence
     * @param klIn whether it stands in the loss or in the reward
     * @param biasCorrectedKl whether a penalty in the loss is multiplied by ρ, so that the gradient of K1 and of K3 is
     *     that of KL(π‖π_ref) (DeepSeek-AI 2025, DeepSeek-V3.2, section 3.1; TRL's {@code use_bias_correction_kl})
     */
    public record Kl(double beta, KlEstimator klEstimator, KlIn klIn, boolean biasCorrectedKl) implements Setting {

        public Kl {
            Checks.given(klEstimator, "the KL estimator", KlEstimator.values());
            Checks.given(klIn, "where the divergence counts", KlIn.values());
            if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.04");
            }
        }
    }

    /**
     * Which rollouts are learned from, and how often.
     *
     * @param epochs μ, steps on the same rollouts, at least 1 (TRL's {@code num_iterations})
     * @param dynamicSampling whether groups of equal rewards give way to others (Yu et al. 2025, DAPO, section 3.2)
     * @param maskTruncatedCompletions whether nothing is learned from the tokens of completions that were cut off; they
     *     still count in the mean of their group
     * @param overlong what completions that are nearly too long pay
     */
    public record Use(int epochs, boolean dynamicSampling, boolean maskTruncatedCompletions, Overlong overlong)
            implements Setting {

        public Use {
            Checks.given(overlong, "the price of too long completions");
            Checks.atLeast(1, epochs, "epochs");
        }
    }

    private static final double TINY = 1e-4;

    private static final Ratio RATIO = new Ratio(ImportanceSampling.TOKEN, 0.2, 0.2, Double.POSITIVE_INFINITY, 1, 1.05);

    private static final Kl CORRECTED = new Kl(0.04, KlEstimator.K3, KlIn.LOSS, true);

    private static final Use ONCE = new Use(1, false, false, Overlong.NONE);

    public Grpo {
        Checks.given(lossType, "the loss type", LossType.values());
        Checks.given(scaleRewards, "the scale of rewards", ScaleRewards.values());
        Checks.given(ratio, "the ratio's setting");
        Checks.given(kl, "the divergence's setting");
        Checks.given(use, "the setting of how rollouts are used");
        if (numGenerations < 2) {
            throw new IllegalArgumentException("a group of " + numGenerations
                    + ": completions are compared with each other, so it takes at least 2");
        }
        if (lossType == LossType.CISPO && ratio.epsilonHigh < 1) {
            throw new IllegalArgumentException("CISPO with epsilonHigh " + ratio.epsilonHigh
                    + ": there it is the most that a ratio counts, not its distance from 1; expected at least 1, such as"
                    + " 5, as Grpo.cispo has it");
        }
    }

    /** Groups of 8, as {@link #numGenerations} has them. */
    public Grpo() {
        this(8, LossType.DAPO, ScaleRewards.GROUP, RATIO, CORRECTED, ONCE);
    }

    /**
     * For groups of this size: DAPO's mean over the tokens of the batch, as TRL has it by default, with GRPO's β =
     * 0.04, μ = 1 and scaling, PPO's usual ε = 0.2, and a penalty that is corrected.
     */
    public static Grpo numGenerations(int numGenerations) {
        return new Grpo(numGenerations, LossType.DAPO, ScaleRewards.GROUP, RATIO, CORRECTED, ONCE);
    }

    /** As it was published (Shao et al. 2024): a mean per completion, and a penalty that is not corrected. */
    public static Grpo grpo(int numGenerations) {
        return numGenerations(numGenerations).lossType(LossType.GRPO).biasCorrectedKl(false);
    }

    /**
     * Dr. GRPO (Liu et al. 2025, arXiv:2503.20783, section 3.2): GRPO without the two divisions that favour long bad
     * completions and groups that are too easy or too hard, and without a penalty.
     */
    public static Grpo drGrpo(int numGenerations) {
        return numGenerations(numGenerations)
                .lossType(LossType.DR_GRPO)
                .scaleRewards(ScaleRewards.NONE)
                .beta(0);
    }

    /**
     * DAPO (Yu et al. 2025, arXiv:2503.14476): a higher upper clip (0.28), groups of equal rewards replaced, the mean
     * over tokens, completions that are nearly too long paying for it (the last fifth of the most tokens, as in the
     * paper's 4,096 of 20,480), those that were cut off not learned from, and no penalty.
     */
    public static Grpo dapo(int numGenerations) {
        return numGenerations(numGenerations)
                .epsilonHigh(0.28)
                .beta(0)
                .dynamicSampling(true)
                .maskTruncatedCompletions(true)
                .overlong(0.2, 1);
    }

    /**
     * GSPO (Zheng et al. 2025, arXiv:2507.18071): one ratio a completion, clipped to within 3·10⁻⁴ and 4·10⁻⁴ of 1
     * (section 5.1), without a penalty. On the first of several {@link #epochs} the ratio is 1, and it makes no
     * difference.
     */
    public static Grpo gspo(int numGenerations) {
        return numGenerations(numGenerations)
                .lossType(LossType.GRPO)
                .importanceSamplingLevel(ImportanceSampling.SEQUENCE)
                .epsilon(3e-4)
                .epsilonHigh(4e-4)
                .beta(0);
    }

    /**
     * CISPO (MiniMax 2025, arXiv:2506.13585, section 3.1): ratios weigh at most 5 (Khatri et al. 2025, ScaleRL) and
     * every token goes on to teach; no penalty.
     */
    public static Grpo cispo(int numGenerations) {
        return numGenerations(numGenerations)
                .epsilonHigh(5)
                .lossType(LossType.CISPO)
                .beta(0);
    }

    /** SAPO (Gao et al. 2025, arXiv:2511.20347): a soft gate with temperatures 1 and 1.05, without a penalty. */
    public static Grpo sapo(int numGenerations) {
        return numGenerations(numGenerations).lossType(LossType.SAPO).beta(0);
    }

    /** LUSPO (arXiv:2602.05261): GSPO whose completions weigh as much as they are long, with GSPO's clip. */
    public static Grpo luspo(int numGenerations) {
        return gspo(numGenerations).lossType(LossType.LUSPO);
    }

    public Grpo lossType(LossType type) {
        return new Grpo(numGenerations, type, scaleRewards, ratio, kl, use);
    }

    public Grpo scaleRewards(ScaleRewards by) {
        return new Grpo(numGenerations, lossType, by, ratio, kl, use);
    }

    public Grpo importanceSamplingLevel(ImportanceSampling level) {
        return ratio(new Ratio(
                level,
                ratio.epsilon,
                ratio.epsilonHigh,
                ratio.delta,
                ratio.sapoTemperaturePos,
                ratio.sapoTemperatureNeg));
    }

    /** Both bounds of the clip where they were the same, else the lower one: TRL's {@code epsilon}. */
    public Grpo epsilon(double epsilon) {
        double high = ratio.epsilonHigh == ratio.epsilon ? epsilon : ratio.epsilonHigh;
        return clip(epsilon, high, ratio.delta);
    }

    /** The upper bound of the clip ("clip-higher"). */
    public Grpo epsilonHigh(double epsilonHigh) {
        return clip(ratio.epsilon, epsilonHigh, ratio.delta);
    }

    /** The most that a ratio counts where the advantage is below 0: the second side of a two-sided clip. */
    public Grpo delta(double delta) {
        return clip(ratio.epsilon, ratio.epsilonHigh, delta);
    }

    public Grpo sapoTemperatures(double positive, double negative) {
        return ratio(new Ratio(
                ratio.importanceSamplingLevel, ratio.epsilon, ratio.epsilonHigh, ratio.delta, positive, negative));
    }

    private Grpo clip(double epsilon, double epsilonHigh, double delta) {
        return ratio(new Ratio(
                ratio.importanceSamplingLevel,
                epsilon,
                epsilonHigh,
                delta,
                ratio.sapoTemperaturePos,
                ratio.sapoTemperatureNeg));
    }

    private Grpo ratio(Ratio changed) {
        return new Grpo(numGenerations, lossType, scaleRewards, changed, kl, use);
    }

    public Grpo beta(double beta) {
        return kl(new Kl(beta, kl.klEstimator, kl.klIn, kl.biasCorrectedKl));
    }

    public Grpo klEstimator(KlEstimator estimator) {
        return kl(new Kl(kl.beta, estimator, kl.klIn, kl.biasCorrectedKl));
    }

    public Grpo klIn(KlIn place) {
        return kl(new Kl(kl.beta, kl.klEstimator, place, kl.biasCorrectedKl));
    }

    /** Multiplies a penalty in the loss by ρ, so that its gradient is that of KL(π‖π_ref). */
    public Grpo biasCorrectedKl(boolean corrected) {
        return kl(new Kl(kl.beta, kl.klEstimator, kl.klIn, corrected));
    }

    private Grpo kl(Kl changed) {
        return new Grpo(numGenerations, lossType, scaleRewards, ratio, changed, use);
    }

    public Grpo epochs(int steps) {
        return use(new Use(steps, use.dynamicSampling, use.maskTruncatedCompletions, use.overlong));
    }

    public Grpo dynamicSampling(boolean replaced) {
        return use(new Use(use.epochs, replaced, use.maskTruncatedCompletions, use.overlong));
    }

    public Grpo maskTruncatedCompletions(boolean masked) {
        return use(new Use(use.epochs, use.dynamicSampling, masked, use.overlong));
    }

    /**
     * Makes completions that are nearly too long pay for it.
     *
     * @param buffer the share of the most tokens in which the price rises; 0 for none
     * @param penalty the price of a completion of the most tokens
     */
    public Grpo overlong(double buffer, double penalty) {
        var overlong = new Overlong(buffer, penalty);
        return use(new Use(use.epochs, use.dynamicSampling, use.maskTruncatedCompletions, overlong));
    }

    private Grpo use(Use changed) {
        return new Grpo(numGenerations, lossType, scaleRewards, ratio, kl, changed);
    }

    @Override
    public boolean dynamicSampling() {
        return use.dynamicSampling;
    }

    @Override
    public double[] shape(double[] rewards, int[] lengths, int maxTokens) {
        return use.overlong.shape(rewards, lengths, maxTokens);
    }

    /**
     * Â for each completion; a group whose rewards are all equal has nothing to tell and gets 0. Standard deviations
     * are a sample's, with G − 1 or B − 1.
     */
    public double[] advantages(double[] rewards) {
        var advantages = new double[rewards.length];
        double ofBatch = scaleRewards == ScaleRewards.BATCH ? deviation(rewards) : 0;
        for (int from = 0; from < rewards.length; from += numGenerations) {
            var of = Arrays.copyOfRange(rewards, from, from + numGenerations);
            double mean = Arrays.stream(of).average().orElseThrow();
            double by = switch (scaleRewards) {
                case GROUP -> deviation(of) + TINY;
                case BATCH -> ofBatch + TINY;
                case NONE -> 1;
            };
            for (int i = 0; i < numGenerations; i++) {
                advantages[from + i] = (of[i] - mean) / by;
            }
        }
        return advantages;
    }

    private static double deviation(double[] of) {
        double mean = Arrays.stream(of).average().orElseThrow();
        return Math.sqrt(Arrays.stream(of).map(r -> (r - mean) * (r - mean)).sum() / (of.length - 1));
    }

    @Override
    public Learner learner(Learner.Context context) {
        return Learner.of(context.policy(), use.epochs, rollouts -> objective(rollouts, context.maxTokens()));
    }

    /**
     * The loss of these rollouts. It reports the shares of tokens, or of completions where ratios are theirs, at which
     * the clip holds: nothing more is learned from them.
     *
     * @param maxTokens L, the most tokens of a completion; only {@link LossType#DR_GRPO} asks
     */
    public Objective objective(Rollouts rollouts, int maxTokens) {
        double[] rewards = rollouts.rewards();
        if (kl.klIn == KlIn.REWARD && kl.beta > 0) {
            double[] divergence = rollouts.kl(kl.klEstimator);
            rewards = IntStream.range(0, divergence.length)
                    .mapToDouble(i -> rollouts.rewards()[i] - kl.beta * divergence[i])
                    .toArray();
        }
        return new GrpoLoss(this, rollouts, advantages(rewards), maxTokens);
    }
}
