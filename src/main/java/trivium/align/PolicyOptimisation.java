package trivium.align;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.data.Conversations;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Training;
import trivium.text.Numbers;
import trivium.train.AdamW;
import trivium.train.Checks;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Schedule;
import trivium.train.Setting;
import trivium.train.Warmup;

/**
 * Reinforcement learning from a reward: the model answers prompts, the reward scores the answers, the algorithm makes
 * those with higher rewards likelier, and a penalty holds the model near a frozen copy of itself.
 *
 * <p>The run's metrics, one row a step: "reward" (mean over completions), "reward_std" (standard deviation over
 * completions), "reward_group_std" (within a prompt's group, averaged), "frac_reward_zero_std" (share of the groups
 * whose rewards are all equal), "gold" (mean of the second reward, if given), "reward_p10", "reward_p25", "reward_p50",
 * "reward_p75", "reward_p90" and the same of "gold" (quantiles over completions, {@link trivium.measure.Quantile}),
 * "kl" (mean over completions of Σ log π − log π_ref over their tokens: nats per completion), "entropy" (nats per
 * token), "completions/mean_length" (tokens, the end token included), "completions/clipped_ratio" (share that did not
 * end by themselves), "clip_ratio/region_mean" (share of tokens), "loss", "learning_rate", "grad_norm", "tokens"
 * (generated so far), "seconds"; and at evaluations "eval/reward" and "eval/NAME" of each evaluation. Of several
 * rewards, "rewards/NAME/mean" and "rewards/NAME/std" (over completions) too. Table "rewards" compares the held-out
 * prompts before and after, drawn with the same random numbers; table "samples" has their answers at each evaluation.
 *
 * <p>A completion that reaches the most tokens without the end token is scored as it stands; the reward is told
 * ({@link Reward#scores(List, List, List)}). Warnings (groups of equal rewards, completions that were cut, a fall on
 * the held-out prompts) are sentences, told to the listener and noted on the card.
 *
 * @param start the run to start from, usually fine-tuned; its model stays as it is and serves as the reference
 * @param prompts what to answer, with expected answers or without; the last {@code rollouts.heldOut()} different ones
 *     are never learned from
 * @param rewards what is optimised, and by which algorithm
 * @param rollouts how completions are drawn
 * @param optimisation how long and how fast. A step is a set of rollouts, on which the algorithm may take several steps
 *     of the optimiser; a batch is of prompts, each of which gets {@code algorithm.numGenerations()} completions
 * @param options the listener that is told of every step, and where the run is kept
 */
public record PolicyOptimisation(
        Run start,
        Prompts prompts,
        RewardSettings rewards,
        RolloutSettings rollouts,
        Optimisation optimisation,
        RunOptions options)
        implements Recipe<PolicyOptimisation> {

    /** The kind of run this makes. */
    public static final String KIND = "align";
    /**
     * The table of held-out prompts: "prompt", "before_text", "after_text", "before", "after" and, with a gold reward,
     * "gold_before" and "gold_after".
     */
    public static final String REWARDS = "rewards";
    /**
     * The table of the answers to the held-out prompts at each evaluation: "step", "prompt", "text", "reward" and, with
     * a gold reward, "gold".
     */
    public static final String SAMPLES = "samples";

    private static final String GOLD = "gold";

    /** The setting that counts expected answers, where there are any. */
    private static final String ANSWERS = "answers";

    /** Fresh recipes hold out a share of their prompts, and none as many. */
    private static final RolloutSettings ROLLOUT_SETTINGS =
            new RolloutSettings(128, 1, Integer.MAX_VALUE, 10, new Reference(0, 1, 0, 0));

    private static final RewardSettings REWARD_SETTINGS =
            new RewardSettings(null, List.of(), Grpo.numGenerations(8).beta(0.1));

    /** Without weight decay: the reference, not zero, is what the policy is held to. */
    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Steps(100),
            8,
            new LearningRate(5e-5, new Warmup.Steps(0), new Schedule.Constant()),
            new AdamW(0.9, 0.99, 1e-8, 0, false));

    /**
     * The rewards, the algorithm that optimises, and what is measured apart from the rewards.
     *
     * @param reward what is optimised, which may be a sum of several; null until it is chosen
     * @param evaluations what is measured at evaluations; one of the held-out prompts that is called "gold" is written
     *     down at every step as well
     * @param algorithm how rewards become a step
     */
    public record RewardSettings(Reward reward, List<Evaluation> evaluations, Algorithm algorithm) implements Setting {

        public RewardSettings {
            evaluations = List.copyOf(evaluations);
            if (algorithm == null) {
                throw new IllegalArgumentException(
                        "the algorithm is null: expected one such as Grpo.numGenerations(8)");
            }
        }

        /** The second reward, which is only written down; null if there is none. */
        Reward gold() {
            return evaluations.stream()
                    .filter(each -> each.name().equals(GOLD) && each.isOfHeldOut())
                    .map(Evaluation::checker)
                    .findFirst()
                    .orElse(null);
        }

        /** The same where these are the expected answers. */
        RewardSettings expecting(Map<String, List<String>> answers) {
            return new RewardSettings(
                    reward.expecting(answers),
                    evaluations.stream().map(each -> each.expecting(answers)).toList(),
                    algorithm);
        }
    }

    /**
     * How completions are drawn.
     *
     * @param maxTokens the most tokens of a completion
     * @param temperature logits are divided by it; old, new and reference log-probabilities are those at this
     *     temperature, and 1 is the policy itself
     * @param heldOut how many prompts are kept out of training for the evaluations and the comparison before and after
     * @param evaluations at how many steps, spread evenly and the last one among them, the held-out prompts are
     *     answered; 0 for none on the way
     * @param reference what the policy is held to
     */
    public record RolloutSettings(int maxTokens, double temperature, int heldOut, int evaluations, Reference reference)
            implements Setting {

        public RolloutSettings {
            Checks.atLeast(1, maxTokens, "tokens at most");
            Checks.atLeast(1, heldOut, "held-out prompts");
            Checks.atLeast(0, evaluations, "evaluations of the held-out prompts");
            Checks.positive(temperature, "temperature");
        }
    }

    /**
     * Which model the policy is held to: the starting model, or one that follows the policy (TRL's
     * {@code sync_ref_model}).
     *
     * @param resetReference after every so many steps the reference moves to the policy; 0 for never
     * @param referenceMixup α in (0, 1]: π_ref becomes α π + (1 − α) π_ref in each parameter, with 1 the policy itself
     *     (TRL's {@code ref_model_mixup_alpha})
     * @param exactKl the weight, in the loss of any algorithm, of the exact KL(π‖π_ref) of the next token's
     *     distribution, a mean over the tokens of the step's completions; 0 for none
     * @param entropyCoefficient the weight of the policy's exact entropy, likewise, which is to be high; 0 for none
     */
    public record Reference(long resetReference, double referenceMixup, double exactKl, double entropyCoefficient)
            implements Setting {

        public Reference {
            if (!(exactKl >= 0 && exactKl < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a weight of " + exactKl
                        + " of the exact KL: expected 0 (none) or a positive number, such as 0.1");
            }
            if (!(entropyCoefficient >= 0 && entropyCoefficient < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("entropy coefficient " + entropyCoefficient
                        + ": expected 0 (no bonus) or a positive number, such as 0.01");
            }
            if (resetReference < 0) {
                throw new IllegalArgumentException(
                        "a reset of the reference every " + resetReference + " steps: expected 0 (never) or more");
            }
            if (!(referenceMixup > 0 && referenceMixup <= 1)) {
                throw new IllegalArgumentException("a mixup of " + referenceMixup
                        + " with the reference: expected above 0 and at most 1, which is the policy itself");
            }
        }
    }

    public PolicyOptimisation {
        int different = prompts.list().size();
        if (different == 0) {
            throw new IllegalArgumentException(
                    "there are no prompts to answer: give at least two, one to learn from and one that is held out");
        }
        if (different <= rollouts.heldOut()) {
            throw new IllegalArgumentException("of " + Numbers.count(different, "different prompt") + " "
                    + Numbers.count(rollouts.heldOut()) + (rollouts.heldOut() == 1 ? " is" : " are")
                    + " held out, which leaves none to learn from; give more prompts or hold out fewer");
        }
    }

    /**
     * GRPO with groups of 8 and β = 0.1 (small models leave the reference quickly: at 0.04 their completions soon
     * diverge by more than 20 nats), 100 steps of 8 prompts at a learning rate of 5·10⁻⁵, completions of up to 128
     * tokens at temperature 1. A tenth of the prompts is held out, or more where that would be fewer than 30, up to
     * three tenths, and 64 at most; they are answered ten times on the way.
     */
    public static PolicyOptimisation of(Run start, List<String> prompts) {
        return of(start, Prompts.of(prompts));
    }

    /**
     * The same with prompts whose expected answers are known, which rewards such as {@link Rewards#exactAnswer} need.
     */
    public static PolicyOptimisation of(Run start, Conversations questions) {
        return of(start, Prompts.of(questions));
    }

    private static PolicyOptimisation of(Run start, Prompts prompts) {
        return new PolicyOptimisation(
                start,
                prompts,
                REWARD_SETTINGS,
                new RolloutSettings(
                        ROLLOUT_SETTINGS.maxTokens,
                        ROLLOUT_SETTINGS.temperature,
                        HeldOut.of(prompts.list().size()),
                        ROLLOUT_SETTINGS.evaluations,
                        ROLLOUT_SETTINGS.reference),
                OPTIMISATION,
                RunOptions.NONE);
    }

    /** What is optimised, in the place of all that was. */
    public PolicyOptimisation reward(Reward reward) {
        return rewards(new RewardSettings(reward, rewards.evaluations, rewards.algorithm));
    }

    /**
     * One more reward: what is optimised is the sum of all, each times its weight. Of each the metrics
     * "rewards/NAME/mean" and "rewards/NAME/std" are measured.
     *
     * @param name letters, digits, _, - and . only
     * @param weight any number but 0; a reward that was given without a name has 1
     * @throws IllegalArgumentException if a reward of this name was given before
     */
    public PolicyOptimisation reward(String name, Reward reward, double weight) {
        return reward(RewardSum.adding(rewards.reward, new RewardSum.Part(name, reward, weight)));
    }

    /** One more reward, with weight 1. */
    public PolicyOptimisation reward(String name, Reward reward) {
        return reward(name, reward, 1);
    }

    /**
     * A second reward that is only written down, to see whether optimising the first one helps: the evaluation "gold",
     * which is measured at every step as well.
     */
    public PolicyOptimisation gold(Reward gold) {
        return evaluate(GOLD, gold);
    }

    /** Measures the answers to the held-out prompts by this at every evaluation, apart from the reward. */
    public PolicyOptimisation evaluate(String name, Reward checker) {
        return evaluate(Evaluation.of(name, checker));
    }

    /**
     * Measures at every evaluation how many of these questions, which nothing is learned from, are answered exactly.
     */
    public PolicyOptimisation evaluate(String name, Conversations questions) {
        return evaluate(Evaluation.exactMatch(name, questions));
    }

    /** One more thing to measure at every evaluation, in the place of what had its name. */
    public PolicyOptimisation evaluate(Evaluation evaluation) {
        return rewards(new RewardSettings(
                rewards.reward, Evaluation.adding(rewards.evaluations, evaluation), rewards.algorithm));
    }

    public PolicyOptimisation algorithm(Algorithm algorithm) {
        return rewards(new RewardSettings(rewards.reward, rewards.evaluations, algorithm));
    }

    public PolicyOptimisation maxTokens(int tokens) {
        return rollouts(new RolloutSettings(
                tokens, rollouts.temperature, rollouts.heldOut, rollouts.evaluations, rollouts.reference));
    }

    public PolicyOptimisation temperature(double temperature) {
        return rollouts(new RolloutSettings(
                rollouts.maxTokens, temperature, rollouts.heldOut, rollouts.evaluations, rollouts.reference));
    }

    public PolicyOptimisation heldOut(int prompts) {
        return rollouts(new RolloutSettings(
                rollouts.maxTokens, rollouts.temperature, prompts, rollouts.evaluations, rollouts.reference));
    }

    /**
     * Answers the held-out prompts at so many steps on the way, spread evenly, the last one among them: metrics
     * "eval/reward" and "eval/NAME" of each {@link #evaluate}, table "samples". An evaluation changes nothing that is
     * learned; 0 for none.
     */
    public PolicyOptimisation evaluations(int evaluations) {
        return rollouts(new RolloutSettings(
                rollouts.maxTokens, rollouts.temperature, rollouts.heldOut, evaluations, rollouts.reference));
    }

    /**
     * Lets the policy be held to what it was at the last of every so many steps; 0 for the starting model throughout.
     */
    public PolicyOptimisation resetReference(long steps) {
        var now = rollouts.reference;
        return reference(new Reference(steps, now.referenceMixup, now.exactKl, now.entropyCoefficient));
    }

    /** How far a {@linkplain #resetReference reset} moves the reference towards the policy, in (0, 1]. */
    public PolicyOptimisation referenceMixup(double share) {
        var now = rollouts.reference;
        return reference(new Reference(now.resetReference, share, now.exactKl, now.entropyCoefficient));
    }

    /**
     * Adds the exact KL(π‖π_ref) of the next token's distribution to the loss, a sum over the whole vocabulary where
     * algorithms estimate it from the token that was drawn; in their place with {@code algorithm(….beta(0))}.
     *
     * @param weight of its mean over the completions' tokens, in nats a token; 0 for none
     */
    public PolicyOptimisation exactKl(double weight) {
        var now = rollouts.reference;
        return reference(new Reference(now.resetReference, now.referenceMixup, weight, now.entropyCoefficient));
    }

    /**
     * Takes this times the policy's mean entropy, in nats a token, off the loss, so that the policy stays undecided.
     */
    public PolicyOptimisation entropyCoefficient(double coefficient) {
        var now = rollouts.reference;
        return reference(new Reference(now.resetReference, now.referenceMixup, now.exactKl, coefficient));
    }

    private PolicyOptimisation reference(Reference reference) {
        return rollouts(new RolloutSettings(
                rollouts.maxTokens, rollouts.temperature, rollouts.heldOut, rollouts.evaluations, reference));
    }

    private PolicyOptimisation rewards(RewardSettings changed) {
        return new PolicyOptimisation(start, prompts, changed, rollouts, optimisation, options);
    }

    private PolicyOptimisation rollouts(RolloutSettings changed) {
        return new PolicyOptimisation(start, prompts, rewards, changed, optimisation, options);
    }

    @Override
    public PolicyOptimisation with(Optimisation changed) {
        return new PolicyOptimisation(start, prompts, rewards, rollouts, changed, options);
    }

    @Override
    public PolicyOptimisation with(RunOptions changed) {
        return new PolicyOptimisation(start, prompts, rewards, rollouts, optimisation, changed);
    }

    /** The prompts that are learned from. */
    public List<String> trainingPrompts() {
        return prompts.list().subList(0, prompts.list().size() - rollouts.heldOut);
    }

    /** The prompts that are compared before and after. */
    public List<String> heldOutPrompts() {
        var all = prompts.list();
        return all.subList(all.size() - rollouts.heldOut, all.size());
    }

    /**
     * The aligned run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted. A second interrupt skips the comparison after.
     */
    @Override
    public Run run() {
        if (rewards.reward == null) {
            throw new IllegalArgumentException(
                    "there is no reward to optimise: give one, such as .reward(rewardModel)");
        }
        return Training.run(this, prompts.data(), PolicyOptimisationTrainer::new);
    }

    @Override
    public Optional<Run> beginning() {
        return Optional.of(start);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        if (rewards.reward != null) {
            RewardCard.describe(rewards.reward, begun);
        }
        RewardCard.describe(rewards.evaluations, begun);
        begun.put("prompts", prompts.list().size());
        if (!prompts.answered().isEmpty()) {
            begun.put(ANSWERS, prompts.answered().size());
        }
        return RunCard.begin(this, KIND, start.id(), begun, measured(), prompts.sha256());
    }

    /** What evaluations measure. */
    private List<String> measured() {
        return rollouts.evaluations == 0
                ? List.of()
                : Stream.concat(
                                Stream.of(HeldOut.REWARD),
                                rewards.evaluations.stream().map(Evaluation::metric))
                        .toList();
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<PolicyOptimisation> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public PolicyOptimisation begin(PastRun past) {
            var fresh = past.has(ANSWERS) ? of(past.start(), past.conversations()) : of(past.start(), past.prompts());
            return fresh.rewards(
                    new RewardSettings(RewardCard.reward(past), RewardCard.evaluations(past), fresh.rewards.algorithm));
        }

        @Override
        public Run train(PolicyOptimisation recipe) {
            try {
                return recipe.run();
            } finally {
                // loaded here; functions belong to their owner
                RewardCard.judges(recipe.rewards().reward(), recipe.rewards().evaluations())
                        .forEach(RewardModel::close);
            }
        }

        @Override
        public List<Record> defaults() {
            return List.of(REWARD_SETTINGS, ROLLOUT_SETTINGS, OPTIMISATION);
        }
    }
}
