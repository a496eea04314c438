package trivium.align;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.data.Corpus;
import trivium.run.Fingerprint;
import trivium.run.Journal;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Selection;
import trivium.run.TrainingData;
import trivium.tensor.Workers;
import trivium.text.Numbers;
import trivium.train.Checks;

/**
 * Reinforcement learning from a reward: the model answers prompts, the reward judges, the algorithm makes what was
 * liked likelier, and a frozen copy of the model holds it back.
 *
 * <p>The run's metrics, one row a step: "reward" (mean over completions), "reward_std" (standard deviation within a
 * prompt's group, averaged), "frac_reward_zero_std" (share of the groups whose rewards are all equal), "gold" (mean of
 * the second reward, if given), "reward_p10", "reward_p25", "reward_p50", "reward_p75", "reward_p90" and the same of
 * "gold" (quantiles over completions, {@link trivium.measure.Quantile}), "kl" (mean over completions of Σ log π − log
 * π_ref over their tokens: nats per completion), "entropy" (nats per token), "completions/mean_length" (tokens, the end
 * token included), "completions/clipped_ratio" (share that did not end by themselves), "clip_ratio/region_mean" (share
 * of tokens), "loss", "learning_rate", "grad_norm", "tokens" (generated so far), "seconds"; and at looks "eval/reward"
 * and "eval/gold" (means over the held-out prompts). Table "rewards" compares the held-out prompts before and after,
 * drawn with the same dice; table "samples" has what they were answered at each look.
 *
 * <p>A completion that reaches the most tokens without the end token is judged as it stands; the reward is told
 * ({@link Reward#scores(List, List, List)}). What the run shows that nobody should overlook (groups of equal rewards,
 * completions that were cut, a fall on the held-out prompts) is said in a sentence, aloud and on its card.
 *
 * @param start the run to start from, usually fine-tuned; its model stays as it is and serves as the reference
 * @param prompts what to answer; the last {@code drawing.heldOut()} different ones are never learned from
 * @param aim what is liked, and how that becomes a step
 * @param drawing how completions are drawn
 * @param training how long and how fast
 * @param options who hears of every step, and where it is kept
 */
public record PolicyOptimisation(
        Run start, List<String> prompts, Aim aim, Drawing drawing, Training training, RunOptions options) {

    /** The kind of run this makes. */
    public static final String KIND = "align";
    /**
     * The table of held-out prompts: "prompt", "before_text", "after_text", "before", "after" and, with a gold reward,
     * "gold_before" and "gold_after".
     */
    public static final String REWARDS = "rewards";
    /**
     * The table of what the held-out prompts were answered at each look: "step", "prompt", "text", "reward" and, with a
     * gold reward, "gold".
     */
    public static final String SAMPLES = "samples";

    /** What a run's card calls the steps of the warm-up; a card without has none. */
    static final String WARMUP = "warmup";
    /** What a run's card calls the number of looks; a card without has none. */
    static final String LOOKS = "looks";

    /**
     * What is liked.
     *
     * @param reward what is optimised; null until it is chosen
     * @param gold a second reward that is only written down, to see whether optimising the first one helps; or null
     * @param algorithm how rewards become a step
     */
    public record Aim(Reward reward, Reward gold, Algorithm algorithm) {}

    /**
     * How completions are drawn.
     *
     * @param promptsPerStep each gets {@code algorithm.group()} completions
     * @param maxTokens the most tokens of a completion
     * @param temperature 1 draws from the policy itself, which is what the algorithms assume
     * @param heldOut how many prompts are kept out of training for the looks and the comparison before and after
     * @param looks at how many steps, spread evenly and the last one among them, the held-out prompts are answered; 0
     *     for none on the way
     */
    public record Drawing(int promptsPerStep, int maxTokens, double temperature, int heldOut, int looks) {

        public Drawing {
            Checks.atLeast(1, promptsPerStep, "prompts per step");
            Checks.atLeast(1, maxTokens, "tokens at most");
            Checks.atLeast(1, heldOut, "held-out prompts");
            Checks.atLeast(0, looks, "looks at the held-out prompts");
            Checks.positive(temperature, "temperature");
        }
    }

    /**
     * How long and how fast.
     *
     * @param steps rollouts to learn from; the algorithm may take several optimiser steps on each
     * @param learningRate of every step after the warm-up
     * @param warmup the first steps, in which the learning rate rises linearly: step s, counted from 0, has
     *     {@code learningRate · (s + 1) / (warmup + 1)}; 0 for none, at most {@code steps}
     * @param seed order of the prompts and all dice
     * @param workers threads
     */
    public record Training(int steps, double learningRate, int warmup, long seed, int workers) {

        public Training {
            Checks.atLeast(1, steps, "steps");
            Checks.atLeast(0, warmup, "steps of warm-up");
            Checks.atLeast(1, workers, "workers");
            Checks.positive(learningRate, "learning rate");
        }
    }

    public PolicyOptimisation {
        prompts = prompts.stream().distinct().toList();
        if (prompts.size() <= drawing.heldOut()) {
            throw new IllegalArgumentException("of " + Numbers.count(prompts.size(), "different prompt") + " "
                    + Numbers.count(drawing.heldOut()) + (drawing.heldOut() == 1 ? " is" : " are")
                    + " held out, which leaves none to learn from; give more prompts or hold out fewer");
        }
    }

    /**
     * GRPO with groups of 8 and β = 0.1 (small models leave the reference quickly: at 0.04 their completions soon
     * diverge by more than 20 nats), 100 steps of 8 prompts at a learning rate of 5·10⁻⁵, completions of up to 128
     * tokens at temperature 1. A tenth of the prompts is held out, or more where that would be fewer than 30, up to
     * three tenths, and 64 at most; they are looked at ten times on the way.
     */
    public static PolicyOptimisation of(Run start, List<String> prompts) {
        int different = (int) prompts.stream().distinct().count();
        return new PolicyOptimisation(
                start,
                prompts,
                new Aim(null, null, Grpo.group(8).kl(0.1)),
                new Drawing(8, 128, 1, HeldOut.of(different), 10),
                new Training(100, 5e-5, 0, 0, Workers.available()),
                RunOptions.NONE);
    }

    public PolicyOptimisation reward(Reward reward) {
        return aim(new Aim(reward, aim.gold, aim.algorithm));
    }

    /** A second reward that is only written down. */
    public PolicyOptimisation gold(Reward gold) {
        return aim(new Aim(aim.reward, gold, aim.algorithm));
    }

    public PolicyOptimisation algorithm(Algorithm algorithm) {
        return aim(new Aim(aim.reward, aim.gold, algorithm));
    }

    public PolicyOptimisation batchSize(int prompts) {
        return drawing(new Drawing(prompts, drawing.maxTokens, drawing.temperature, drawing.heldOut, drawing.looks));
    }

    public PolicyOptimisation maxTokens(int tokens) {
        return drawing(
                new Drawing(drawing.promptsPerStep, tokens, drawing.temperature, drawing.heldOut, drawing.looks));
    }

    public PolicyOptimisation temperature(double temperature) {
        return drawing(
                new Drawing(drawing.promptsPerStep, drawing.maxTokens, temperature, drawing.heldOut, drawing.looks));
    }

    public PolicyOptimisation heldOut(int prompts) {
        return drawing(
                new Drawing(drawing.promptsPerStep, drawing.maxTokens, drawing.temperature, prompts, drawing.looks));
    }

    /**
     * Answers the held-out prompts at so many steps on the way, spread evenly, the last one among them: metrics
     * "eval/reward" and "eval/gold", table "samples". A look changes nothing that is learned; 0 for none.
     */
    public PolicyOptimisation looks(int looks) {
        return drawing(
                new Drawing(drawing.promptsPerStep, drawing.maxTokens, drawing.temperature, drawing.heldOut, looks));
    }

    public PolicyOptimisation steps(int steps) {
        return training(new Training(steps, training.learningRate, training.warmup, training.seed, training.workers));
    }

    public PolicyOptimisation learningRate(double rate) {
        return training(new Training(training.steps, rate, training.warmup, training.seed, training.workers));
    }

    /**
     * Lets the learning rate rise linearly over the first {@code steps} steps and then stay: Adam's first steps are as
     * long as any, whatever it knows of the gradient's size. More than all steps is refused when the run begins.
     */
    public PolicyOptimisation warmup(int steps) {
        return training(new Training(training.steps, training.learningRate, steps, training.seed, training.workers));
    }

    public PolicyOptimisation seed(long seed) {
        return training(new Training(training.steps, training.learningRate, training.warmup, seed, training.workers));
    }

    public PolicyOptimisation workers(int workers) {
        return training(new Training(training.steps, training.learningRate, training.warmup, training.seed, workers));
    }

    public PolicyOptimisation progress(Progress listener) {
        return options(options.progress(listener));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    public PolicyOptimisation keep(Path folder, long every) {
        return options(options.keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("aligned"))}. */
    public PolicyOptimisation keep(Path folder) {
        return options(options.keep(folder));
    }

    /**
     * Keeps the state of the best look beside the last one, {@code run.best()}, by "eval/reward" or, where a gold
     * reward is given, "eval/gold".
     */
    public PolicyOptimisation keepBest(String metric) {
        return options(options.selecting(new Selection(metric, 0)));
    }

    /** Does that, and stops when {@code patience} looks in a row are no better. */
    public PolicyOptimisation earlyStopping(String metric, int patience) {
        Checks.atLeast(1, patience, "looks of patience");
        return options(options.selecting(new Selection(metric, patience)));
    }

    PolicyOptimisation options(RunOptions changed) {
        return new PolicyOptimisation(start, prompts, aim, drawing, training, changed);
    }

    private PolicyOptimisation aim(Aim changed) {
        return new PolicyOptimisation(start, prompts, changed, drawing, training, options);
    }

    private PolicyOptimisation drawing(Drawing changed) {
        return new PolicyOptimisation(start, prompts, aim, changed, training, options);
    }

    private PolicyOptimisation training(Training changed) {
        return new PolicyOptimisation(start, prompts, aim, drawing, changed, options);
    }

    /** The prompts that are learned from. */
    public List<String> trainingPrompts() {
        return prompts.subList(0, prompts.size() - drawing.heldOut);
    }

    /** The prompts that are compared before and after. */
    public List<String> heldOutPrompts() {
        return prompts.subList(prompts.size() - drawing.heldOut, prompts.size());
    }

    /**
     * The aligned run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted. A second interrupt skips the comparison after.
     */
    public Run run() {
        if (aim.reward == null) {
            throw new IllegalArgumentException(
                    "nothing says what is liked: give a reward, such as .reward(rewardModel)");
        }
        return Journal.train(card(), TrainingData.of(prompts), options, journal -> {
            try (var alignment = new Alignment(this, journal)) {
                return alignment.run();
            }
        });
    }

    /** The card of a run that begins now. */
    RunCard card() {
        return RunCard.begin(
                KIND,
                start.id(),
                settings(),
                Origin.here(training.seed, Corpus.of(prompts).sha256()));
    }

    /** Everything but seed and data that decides the result; {@link PolicyOptimisationAgain} reads it back. */
    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("start_hash", Fingerprint.of(start));
        settings.put("algorithm", aim.algorithm.settings());
        describe("reward", aim.reward, settings);
        if (aim.gold != null) {
            describe("gold", aim.gold, settings);
        }
        settings.put("prompts", prompts.size());
        settings.put("held_out", drawing.heldOut);
        if (drawing.looks > 0) { // cards from before there were looks have none
            settings.put(LOOKS, drawing.looks);
        }
        settings.put("steps", training.steps);
        settings.put("batch_size", drawing.promptsPerStep);
        settings.put("max_tokens", drawing.maxTokens);
        settings.put("temperature", drawing.temperature);
        settings.put("learning_rate", training.learningRate);
        if (training.warmup > 0) { // cards from before there was a warm-up have none
            settings.put(WARMUP, training.warmup);
        }
        settings.putAll(options.settings(measured()));
        return settings;
    }

    /** What looks measure. */
    private List<String> measured() {
        if (drawing.looks == 0) {
            return List.of();
        }
        return aim.gold == null ? List.of(HeldOut.REWARD) : List.of(HeldOut.REWARD, HeldOut.GOLD);
    }

    /** A reward model is known by its content, a function by the name it was given. */
    private static void describe(String role, Reward reward, Map<String, Object> settings) {
        if (reward instanceof RewardModel judge) {
            settings.put(role + "_name", judge.run().id());
            settings.put(role + "_hash", Fingerprint.of(judge.run()));
        } else {
            settings.put(role + "_name", Named.of(reward));
        }
    }
}
