package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Checks;
import trivium.train.Objective;
import trivium.train.Setting;

/**
 * Proximal policy optimisation (Schulman et al. 2017, section 3) as it is used on language models (Ziegler et al. 2019;
 * Stiennon et al. 2020; Huang et al. 2024): a value model of its own learns what a completion will earn from each of
 * its tokens on, and a token is made likelier that did better than was expected.
 *
 * <p>A token's reward is the price of leaving the reference, −β k of that token; the last one's is the score of the
 * completion as well. {@link Gae} makes advantages A of rewards and values V, and returns R = A + V. With ρ = π(token)
 * / π_old(token), over the N tokens of a minibatch,
 *
 * <pre>{@code
 * L_policy = (1/N) Σ max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε))
 * L_value  = (c/2N) Σ max((V − R)², (V_old + clip(V − V_old, −ε_V, ε_V) − R)²)
 * }</pre>
 *
 * @param numGenerations completions of each prompt, at least 1; completions of a prompt are not compared with each
 *     other
 * @param kl the price of leaving the reference
 * @param gae how advantages are estimated
 * @param clip how far one set of rollouts may move policy and value model
 * @param value the value model
 * @param passes how often the same rollouts are learned from
 * @param missingEosPenalty what a completion that was cut off loses of its score (TRL's {@code missing_eos_penalty}); 0
 *     for nothing
 */
public record Ppo(int numGenerations, Kl kl, Gae gae, Clip clip, Value value, Passes passes, double missingEosPenalty)
        implements Algorithm {

    /**
     * The price of leaving the reference, in the reward of each token.
     *
     * @param beta β, the price of a nat, at the beginning where it is adapted; 0 for none
     * @param klEstimator of a token's share in the divergence
     * @param target the divergence in nats per completion towards which β is adapted (Ziegler et al. 2019, section
     *     2.2); infinity for a β that stays
     * @param horizon over about how many completions β adapts: a set of B rollouts that diverges too far multiplies β
     *     by up to 1 + 0.2 B / horizon. The paper's K_β is B / horizon
     */
    public record Kl(double beta, KlEstimator klEstimator, double target, double horizon) implements Setting {

        public Kl {
            if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "beta " + beta + ": expected 0 (no penalty) or a positive number, such as 0.05");
            }
            Checks.given(klEstimator, "the KL estimator", KlEstimator.values());
            if (!(target > 0)) {
                throw new IllegalArgumentException("a target of " + target
                        + " nats: expected a number above 0, such as 6, or infinity for a beta that stays");
            }
            if (target < Double.POSITIVE_INFINITY && beta == 0) {
                throw new IllegalArgumentException(
                        "beta 0 cannot be adapted, for it is multiplied: begin with a positive number, such as 0.05");
            }
            Checks.positive(horizon, "horizon");
        }

        boolean isAdaptive() {
            return target < Double.POSITIVE_INFINITY;
        }
    }

    /**
     * How far one set of rollouts may move policy and value model.
     *
     * @param epsilon ε, how far ρ may move from 1 before nothing more is learned from a token; above 0
     * @param valueClip ε_V, how far a value may move from what it was before nothing more is learned from it; above 0,
     *     infinity for no limit
     */
    public record Clip(double epsilon, double valueClip) implements Setting {

        public Clip {
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("epsilon " + epsilon + ": expected a number above 0, such as 0.2");
            }
            if (!(valueClip > 0)) {
                throw new IllegalArgumentException("a value clip of " + valueClip
                        + ": expected a number above 0, such as 0.2, or infinity for none");
            }
        }
    }

    /** What the value model begins as. */
    public enum ValueStart {
        /** The model that the policy begins as, with a fresh head. */
        POLICY,
        /** The reward model that is optimised, head included (Stiennon et al. 2020; Ouyang et al. 2022). */
        REWARD_MODEL
    }

    /**
     * The value model, which has the policy's optimiser settings with a learning rate of its own.
     *
     * @param valueStart what it begins as
     * @param valueLearningRate at the peak; warm-up and schedule are the policy's
     * @param valueCoefficient c, the weight of the value model's loss. As it is trained by an optimiser of its own, the
     *     weight matters to an optimiser that does not divide gradients by their size, and to the clipping of gradients
     */
    public record Value(ValueStart valueStart, double valueLearningRate, double valueCoefficient) implements Setting {

        public Value {
            Checks.given(valueStart, "the start of the value model", ValueStart.values());
            Checks.positive(valueLearningRate, "learning rate of the value model");
            Checks.positive(valueCoefficient, "weight of the value model's loss");
        }
    }

    /**
     * How often the same rollouts are learned from.
     *
     * @param epochs how many times each completion is learned from, at least 1
     * @param minibatches in how many parts, each a step of the optimiser, the completions are learned from in each
     *     epoch, shuffled; at least 1
     * @param targetKl after an epoch in which π has moved by more than this from π_old, ½ (log ρ)² on average, there is
     *     no further one (early stopping); infinity for never
     */
    public record Passes(int epochs, int minibatches, double targetKl) implements Setting {

        public Passes {
            Checks.atLeast(1, epochs, "epochs");
            Checks.atLeast(1, minibatches, "minibatches");
            if (!(targetKl > 0)) {
                throw new IllegalArgumentException("a target KL of " + targetKl
                        + ": expected a number above 0, such as 0.02, or infinity for all epochs always");
            }
        }
    }

    public Ppo {
        Checks.given(kl, "the price of leaving the reference");
        Checks.given(gae, "the setting of advantages");
        Checks.given(clip, "the clip");
        Checks.given(value, "the value model's setting");
        Checks.given(passes, "the setting of passes over rollouts");
        Checks.atLeast(1, numGenerations, "completions of each prompt");
        if (!(missingEosPenalty >= 0 && missingEosPenalty < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a missing-EOS penalty of " + missingEosPenalty
                    + ": expected 0 (none) or a positive number, such as 1");
        }
    }

    /** One completion of each prompt, and the settings of docs/algorithms/ppo.md. */
    public Ppo() {
        this(
                1,
                new Kl(0.05, KlEstimator.K1, Double.POSITIVE_INFINITY, 10_000),
                new Gae(1, 0.95, Gae.Whitening.SHIFT_AND_SCALE),
                new Clip(0.2, 0.2),
                new Value(ValueStart.POLICY, 5e-4, 0.1),
                new Passes(4, 1, Double.POSITIVE_INFINITY),
                0);
    }

    /** The same with this many completions of each prompt. */
    public static Ppo numGenerations(int numGenerations) {
        var fresh = new Ppo();
        return new Ppo(
                numGenerations, fresh.kl, fresh.gae, fresh.clip, fresh.value, fresh.passes, fresh.missingEosPenalty);
    }

    public Ppo beta(double beta) {
        return kl(new Kl(beta, kl.klEstimator, kl.target, kl.horizon));
    }

    public Ppo klEstimator(KlEstimator estimator) {
        return kl(new Kl(kl.beta, estimator, kl.target, kl.horizon));
    }

    /** Adapts β so that completions diverge by about {@code target} nats. */
    public Ppo adaptiveKl(double target, double horizon) {
        return kl(new Kl(kl.beta, kl.klEstimator, target, horizon));
    }

    public Ppo gamma(double gamma) {
        return gae(new Gae(gamma, gae.lambda(), gae.whitening()));
    }

    public Ppo lambda(double lambda) {
        return gae(new Gae(gae.gamma(), lambda, gae.whitening()));
    }

    public Ppo whitening(Gae.Whitening whitening) {
        return gae(new Gae(gae.gamma(), gae.lambda(), whitening));
    }

    public Ppo epsilon(double epsilon) {
        return clip(new Clip(epsilon, clip.valueClip));
    }

    public Ppo valueClip(double valueClip) {
        return clip(new Clip(clip.epsilon, valueClip));
    }

    public Ppo valueStart(ValueStart start) {
        return value(new Value(start, value.valueLearningRate, value.valueCoefficient));
    }

    public Ppo valueLearningRate(double learningRate) {
        return value(new Value(value.valueStart, learningRate, value.valueCoefficient));
    }

    public Ppo valueCoefficient(double coefficient) {
        return value(new Value(value.valueStart, value.valueLearningRate, coefficient));
    }

    public Ppo epochs(int epochs) {
        return passes(new Passes(epochs, passes.minibatches, passes.targetKl));
    }

    public Ppo minibatches(int minibatches) {
        return passes(new Passes(passes.epochs, minibatches, passes.targetKl));
    }

    public Ppo targetKl(double targetKl) {
        return passes(new Passes(passes.epochs, passes.minibatches, targetKl));
    }

    public Ppo missingEosPenalty(double penalty) {
        return new Ppo(numGenerations, kl, gae, clip, value, passes, penalty);
    }

    private Ppo kl(Kl changed) {
        return new Ppo(numGenerations, changed, gae, clip, value, passes, missingEosPenalty);
    }

    private Ppo gae(Gae changed) {
        return new Ppo(numGenerations, kl, changed, clip, value, passes, missingEosPenalty);
    }

    private Ppo clip(Clip changed) {
        return new Ppo(numGenerations, kl, gae, changed, value, passes, missingEosPenalty);
    }

    private Ppo value(Value changed) {
        return new Ppo(numGenerations, kl, gae, clip, changed, passes, missingEosPenalty);
    }

    private Ppo passes(Passes changed) {
        return new Ppo(numGenerations, kl, gae, clip, value, changed, missingEosPenalty);
    }

    /** The score s of each completion (B): its reward, less the penalty where it was cut off. */
    double[] scores(Rollouts rollouts) {
        double[] scores = rollouts.rewards().clone();
        for (int row = 0; row < scores.length; row++) {
            scores[row] -= rollouts.isCut(row) ? missingEosPenalty : 0;
        }
        return scores;
    }

    /** The estimate of each token's share in the divergence from the reference (B, T), in nats. */
    double[] prices(Rollouts rollouts) {
        var prices = new double[rollouts.old().length];
        for (int i = 0; i < prices.length; i++) {
            if (rollouts.counts(i)) {
                prices[i] = kl.klEstimator.value((double) rollouts.old()[i] - rollouts.reference()[i]);
            }
        }
        return prices;
    }

    /**
     * The reward of each token: its price, and the score of a completion at its last one.
     *
     * @param beta the price of a nat
     * @return (B, T), 0 where no token of a completion is predicted
     */
    public double[] tokenRewards(Rollouts rollouts, double beta) {
        var batch = rollouts.batch();
        double[] scores = scores(rollouts);
        double[] rewards = prices(rollouts);
        for (int i = 0; i < rewards.length; i++) {
            rewards[i] *= -beta;
        }
        for (int row = 0; row < batch.rows(); row++) {
            rewards[BradleyTerry.scored(batch, row)] += scores[row];
        }
        return rewards;
    }

    /**
     * L_policy of a minibatch. It reports the share of tokens at which the clip holds, ½ (log ρ)² and ρ.
     *
     * @param batch the minibatch
     * @param old (B, T) log-probabilities under π_old
     * @param advantages (B, T)
     */
    public Objective policyObjective(Batch batch, float[] old, double[] advantages) {
        return new ClippedPolicy(batch.counted(), clip.epsilon, old, advantages);
    }

    /**
     * L_value of a minibatch. It reports the share of tokens at which the clip holds.
     *
     * @param batch the minibatch
     * @param old (B, T), V_old
     * @param returns (B, T)
     */
    public Objective valueObjective(Batch batch, double[] old, double[] returns) {
        return new ClippedValue(batch.counted(), clip.valueClip, value.valueCoefficient, old, returns);
    }

    @Override
    public boolean comparesGroups() {
        return false;
    }

    @Override
    public Learner learner(Learner.Context context) {
        return new PpoLearner(this, context);
    }
}
