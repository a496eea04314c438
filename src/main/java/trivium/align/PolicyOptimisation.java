package trivium.align;

import java.util.List;
import java.util.Map;
import trivium.data.Corpus;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.RecipeKind;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.TrainingData;
import trivium.run.TrainingLog;
import trivium.text.Numbers;
import trivium.train.AdamW;
import trivium.train.Checks;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Schedule;
import trivium.train.Setting;
import trivium.train.Settings;
import trivium.train.Warmup;

/**
 * Reinforcement learning from a reward: the model answers prompts, the reward scores the answers, the algorithm makes
 * those with higher rewards likelier, and a penalty holds the model near a frozen copy of itself.
 *
 * <p>The run's metrics, one row a step: "reward" (mean over completions), "reward_std" (standard deviation within a
 * prompt's group, averaged), "frac_reward_zero_std" (share of the groups whose rewards are all equal), "gold" (mean of
 * the second reward, if given), "reward_p10", "reward_p25", "reward_p50", "reward_p75", "reward_p90" and the same of
 * "gold" (quantiles over completions, {@link trivium.measure.Quantile}), "kl" (mean over completions of Σ log π − log
 * π_ref over their tokens: nats per completion), "entropy" (nats per token), "completions/mean_length" (tokens, the end
 * token included), "completions/clipped_ratio" (share that did not end by themselves), "clip_ratio/region_mean" (share
 * of tokens), "loss", "learning_rate", "grad_norm", "tokens" (generated so far), "seconds"; and at evaluations
 * "eval/reward" and "eval/gold" (means over the held-out prompts). Table "rewards" compares the held-out prompts before
 * and after, drawn with the same random numbers; table "samples" has their answers at each evaluation.
 *
 * <p>A completion that reaches the most tokens without the end token is scored as it stands; the reward is told
 * ({@link Reward#scores(List, List, List)}). Warnings (groups of equal rewards, completions that were cut, a fall on
 * the held-out prompts) are sentences, told to the listener and noted on the card.
 *
 * @param start the run to start from, usually fine-tuned; its model stays as it is and serves as the reference
 * @param prompts what to answer; the last {@code rollouts.heldOut()} different ones are never learned from
 * @param rewards what is optimised, and by which algorithm
 * @param rollouts how completions are drawn
 * @param optimisation how long and how fast. A step is a set of rollouts, on which the algorithm may take several steps
 *     of the optimiser; a batch is of prompts, each of which gets {@code algorithm.numGenerations()} completions
 * @param options the listener that is told of every step, and where the run is kept
 */
public record PolicyOptimisation(
        Run start,
        List<String> prompts,
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

    /** Fresh recipes hold out a share of their prompts, and none as many. */
    private static final RolloutSettings ROLLOUT_SETTINGS = new RolloutSettings(128, 1, Integer.MAX_VALUE, 10);

    private static final RewardSettings REWARD_SETTINGS =
            new RewardSettings(null, null, Grpo.numGenerations(8).beta(0.1));

    /** Without weight decay: the reference, not zero, is what the policy is held to. */
    private static final Optimisation OPTIMISATION = Optimisation.of(
            new Length.Steps(100),
            8,
            new LearningRate(5e-5, new Warmup.Steps(0), new Schedule.Constant()),
            new AdamW(0.9, 0.99, 1e-8, 0, false));

    /**
     * The rewards, and the algorithm that optimises.
     *
     * @param reward what is optimised; null until it is chosen
     * @param gold a second reward that is only written down, to see whether optimising the first one helps; or null
     * @param algorithm how rewards become a step
     */
    public record RewardSettings(Reward reward, Reward gold, Algorithm algorithm) implements Setting {}

    /**
     * How completions are drawn.
     *
     * @param maxTokens the most tokens of a completion
     * @param temperature 1 draws from the policy itself, which is what the algorithms assume
     * @param heldOut how many prompts are kept out of training for the evaluations and the comparison before and after
     * @param evaluations at how many steps, spread evenly and the last one among them, the held-out prompts are
     *     answered; 0 for none on the way
     */
    public record RolloutSettings(int maxTokens, double temperature, int heldOut, int evaluations) implements Setting {

        public RolloutSettings {
            Checks.atLeast(1, maxTokens, "tokens at most");
            Checks.atLeast(1, heldOut, "held-out prompts");
            Checks.atLeast(0, evaluations, "evaluations of the held-out prompts");
            Checks.positive(temperature, "temperature");
        }
    }

    public PolicyOptimisation {
        prompts = prompts.stream().distinct().toList();
        if (prompts.size() <= rollouts.heldOut()) {
            throw new IllegalArgumentException("of " + Numbers.count(prompts.size(), "different prompt") + " "
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
        int different = (int) prompts.stream().distinct().count();
        return new PolicyOptimisation(
                start,
                prompts,
                REWARD_SETTINGS,
                new RolloutSettings(
                        ROLLOUT_SETTINGS.maxTokens,
                        ROLLOUT_SETTINGS.temperature,
                        HeldOut.of(different),
                        ROLLOUT_SETTINGS.evaluations),
                OPTIMISATION,
                RunOptions.NONE);
    }

    public PolicyOptimisation reward(Reward reward) {
        return rewards(new RewardSettings(reward, rewards.gold, rewards.algorithm));
    }

    /** A second reward that is only written down. */
    public PolicyOptimisation gold(Reward gold) {
        return rewards(new RewardSettings(rewards.reward, gold, rewards.algorithm));
    }

    public PolicyOptimisation algorithm(Algorithm algorithm) {
        return rewards(new RewardSettings(rewards.reward, rewards.gold, algorithm));
    }

    public PolicyOptimisation maxTokens(int tokens) {
        return rollouts(new RolloutSettings(tokens, rollouts.temperature, rollouts.heldOut, rollouts.evaluations));
    }

    public PolicyOptimisation temperature(double temperature) {
        return rollouts(new RolloutSettings(rollouts.maxTokens, temperature, rollouts.heldOut, rollouts.evaluations));
    }

    public PolicyOptimisation heldOut(int prompts) {
        return rollouts(new RolloutSettings(rollouts.maxTokens, rollouts.temperature, prompts, rollouts.evaluations));
    }

    /**
     * Answers the held-out prompts at so many steps on the way, spread evenly, the last one among them: metrics
     * "eval/reward" and "eval/gold", table "samples". An evaluation changes nothing that is learned; 0 for none.
     */
    public PolicyOptimisation evaluations(int evaluations) {
        return rollouts(new RolloutSettings(rollouts.maxTokens, rollouts.temperature, rollouts.heldOut, evaluations));
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
        return prompts.subList(0, prompts.size() - rollouts.heldOut);
    }

    /** The prompts that are compared before and after. */
    public List<String> heldOutPrompts() {
        return prompts.subList(prompts.size() - rollouts.heldOut, prompts.size());
    }

    /**
     * The aligned run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted. A second interrupt skips the comparison after.
     */
    public Run run() {
        if (rewards.reward == null) {
            throw new IllegalArgumentException(
                    "there is no reward to optimise: give one, such as .reward(rewardModel)");
        }
        return TrainingLog.train(this, TrainingData.of(prompts), PolicyOptimisationTrainer::new);
    }

    @Override
    public RunCard card() {
        var begun = start.startSettings();
        describe("reward", rewards.reward, begun);
        if (rewards.gold != null) {
            describe("gold", rewards.gold, begun);
        }
        begun.put("prompts", prompts.size());
        return RunCard.begin(
                this, KIND, start.id(), begun, measured(), Corpus.of(prompts).sha256());
    }

    /** What evaluations measure. */
    private List<String> measured() {
        if (rollouts.evaluations == 0) {
            return List.of();
        }
        return rewards.gold == null ? List.of(HeldOut.REWARD) : List.of(HeldOut.REWARD, HeldOut.GOLD);
    }

    /** A reward model is known by its content, a function by the name it was given. */
    private static void describe(String role, Reward reward, Map<String, Object> settings) {
        if (reward instanceof RewardModel judge) {
            settings.put(role + "_name", judge.run().id());
            settings.put(role + "_hash", Fingerprint.of(judge.run()));
        } else {
            settings.put(role + "_name", Settings.called(reward));
        }
    }

    /** Reads it back from the card of its run. */
    public static final class Kind implements RecipeKind<PolicyOptimisation> {

        @Override
        public String name() {
            return KIND;
        }

        @Override
        public PolicyOptimisation begin(PastRun past) {
            return of(past.start(), past.prompts())
                    .reward(judge(past, "reward"))
                    .gold(judge(past, "gold"));
        }

        private static Reward judge(PastRun past, String role) {
            if (!past.has(role + "_name")) {
                return null;
            }
            var name = past.text(role + "_name");
            if (past.has(role + "_hash")) {
                return new RewardModel(past.other(name, "its " + role + " was"));
            }
            if (past.functions().get(role) instanceof Reward given) {
                return given;
            }
            throw past.impossible("its " + role + " was " + (name.equals("a function") ? name : "\"" + name + "\"")
                    + ", which no folder can hold; give it, as in rerun(\""
                    + past.card().id() + "\", Map.of(\"" + role
                    + "\", GoldReward::score))");
        }

        @Override
        public Run train(PolicyOptimisation recipe) {
            try {
                return recipe.run();
            } finally {
                close(recipe.rewards().reward());
                close(recipe.rewards().gold());
            }
        }

        /** Closes a reward model, which was loaded here; functions belong to their owner. */
        private static void close(Reward reward) {
            if (reward instanceof RewardModel judge) {
                judge.close();
            }
        }

        @Override
        public List<Record> defaults() {
            return List.of(REWARD_SETTINGS, ROLLOUT_SETTINGS, OPTIMISATION);
        }
    }
}
