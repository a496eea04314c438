package trivium.align;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import trivium.align.Evaluator.Answers;
import trivium.align.PolicyOptimisation.RewardSettings;
import trivium.data.Seeds;
import trivium.generate.Completions;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.measure.Summary;
import trivium.model.LanguageModel;
import trivium.model.Size;
import trivium.model.Slices;
import trivium.run.RecipeTrainer;
import trivium.run.Run;
import trivium.run.Trainer;
import trivium.run.TrainingLog;
import trivium.tensor.Precision;
import trivium.text.Numbers;
import trivium.train.Optimisation;
import trivium.train.Stateful;
import trivium.train.TrainLoop;

/** The work of one {@link PolicyOptimisation}. */
final class PolicyOptimisationTrainer implements RecipeTrainer {

    private final PolicyOptimisation recipe;
    private final RewardSettings rewards;
    private final Optimisation training;
    private final long steps;
    private final Algorithm algorithm;
    private final Sampling sampling;
    private final LanguageModel policy;
    private final Completions completions;
    private final Slices reference;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final Learner learner;
    private final TrainingLog log;
    private final HeldOut heldOut;
    private boolean saidEqual;
    private boolean saidCut;

    PolicyOptimisationTrainer(PolicyOptimisation recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        rewards = recipe.rewards().expecting(recipe.prompts().answers());
        training = recipe.optimisation();
        training.compute().caveat().ifPresent(log::remark);
        int each = training.batching().all();
        steps = training.length()
                .steps(epochs -> Math.ceilDiv(epochs * recipe.trainingPrompts().size(), each));
        rate = training.rate().over(steps);
        algorithm = recipe.rewards().algorithm();
        sampling = Sampling.atTemperature(recipe.rollouts().temperature())
                .maxTokens(recipe.rollouts().maxTokens());
        policy = recipe.start().model().copy();
        completions = new Completions(
                new Generator(policy, training.compute().workers()),
                recipe.start().tokenizer());
        // The held-out prompts have the seed of place 0, each step one of its own.
        heldOut = new HeldOut(
                recipe,
                rewards,
                new Evaluator(rewards.evaluations(), completions, recipe.start().template(), sampling.seed(seed(0))),
                log);
        // the least that a step takes, before as many prompts are put side by side
        long rows = (long) each * algorithm.numGenerations();
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(rows + " completions a step are more than the " + Integer.MAX_VALUE
                    + " that memory can hold side by side; take fewer prompts per step, or a smaller group");
        }
        int atOnce = training.batching().batchSize() * algorithm.numGenerations();
        policy.size(atOnce, 1, Size.Use.TRAINING).ifPresent(Size::requireFits);
        reference = new Slices(recipe.start().model(), training.compute());
        // Without dropout: the completions were drawn from the whole policy, and its ratio to itself must begin at 1.
        loop = TrainLoop.withoutDropout(policy, training);
        learner = algorithm.learner(new Learner.Context(
                loop, recipe.start(), training, recipe.rollouts().maxTokens()));
    }

    @Override
    public Run run() {
        long cut = cut();
        // Also when going on: the policy is still the model it starts from.
        heldOut.before();
        log.take("alignment", steps, this);
        var tables = log.tables();
        var metrics = tables.get(Run.METRICS);
        Findings.of(
                        metrics,
                        training.batching().all(),
                        algorithm.numGenerations(),
                        recipe.rollouts().maxTokens())
                .forEach(log::remark);
        log.afterwards(() -> heldOut.compare(metrics.rowCount()))
                .ifPresent(rewards -> tables.put(PolicyOptimisation.REWARDS, rewards));
        rewards.evaluations().stream()
                .filter(each -> !each.isOfHeldOut())
                .forEach(each -> tables.put(each.table().name(), each.table()));
        if (cut() > cut) {
            log.remark(Numbers.count(cut() - cut, "text") + (cut() - cut == 1 ? " was" : " were")
                    + " longer than a reward model's context and scored by the part that fits");
        }
        return recipe.start().child(log.finish(), policy, tables);
    }

    /** Texts that the reward models of this recipe have cut so far. */
    private long cut() {
        return RewardCard.judges(recipe.rewards().reward(), recipe.rewards().evaluations())
                .mapToLong(RewardModel::cut)
                .sum();
    }

    /** Rollouts, rewards, and the algorithm's steps on them. */
    @Override
    public Map<String, Double> step(long step) {
        var prompts = prompts(step);
        // Place 0 has the seed of the held-out prompts.
        var generations = completions.replies(prompts, recipe.start().template(), sampling.seed(seed(step + 1)));
        var answers = Answers.of(prompts, generations, completions);
        var metrics = new LinkedHashMap<String, Double>();
        var ofParts = new LinkedHashMap<String, Double>();
        double[] earned = rewards(answers, ofParts);
        int[] lengths = generations.stream().mapToInt(g -> g.tokens().length).toArray();
        var rollouts = Rollouts.of(
                generations,
                algorithm.numGenerations(),
                algorithm.shape(earned, lengths, recipe.rollouts().maxTokens()),
                reference);
        if (training.compute().used() != Precision.FLOAT32) {
            // drawn in float32: in the precision of learning, the policy's ratio to itself must begin at 1
            rollouts = rollouts.judgedBy(loop.slices());
        }

        RolloutMetrics.distribution("reward", earned, metrics);
        if (algorithm.numGenerations() > 1) {
            metrics.put("reward_std", RolloutMetrics.spread(earned, algorithm.numGenerations()));
        }
        if (algorithm.comparesGroups()) {
            metrics.put(Findings.EQUAL_GROUPS, RolloutMetrics.equalGroups(earned, algorithm.numGenerations()));
        }
        metrics.putAll(ofParts);
        if (rewards.gold() != null) {
            RolloutMetrics.distribution("gold", Scores.of("gold", rewards.gold(), answers), metrics);
        }
        metrics.put("kl", RolloutMetrics.mean(rollouts.kl()));
        RolloutMetrics.completions(generations, metrics);
        metrics.putAll(learner.learn(rollouts, rate.applyAsDouble(step)));
        metrics.put("tokens", log.latest("tokens") + RolloutMetrics.added(generations));
        warn(step + 1, metrics);
        return metrics;
    }

    /**
     * What is optimised; of a sum, each part is measured.
     *
     * @param metrics receives "rewards/NAME/mean" and "rewards/NAME/std" of each part
     */
    private double[] rewards(Answers answers, Map<String, Double> metrics) {
        if (!(rewards.reward() instanceof RewardSum sum)) {
            return Scores.of("reward", rewards.reward(), answers);
        }
        var scores = sum.parts().stream()
                .map(part -> Scores.of(part.name(), part.reward(), answers))
                .toList();
        for (int i = 0; i < scores.size(); i++) {
            var name = "rewards/" + sum.parts().get(i).name();
            var of = Summary.of(scores.get(i));
            metrics.put(name + "/mean", of.mean());
            metrics.put(name + "/std", of.standardDeviation());
        }
        return sum.sum(scores);
    }

    /** Warns at once; {@link Findings} count when all steps are over. */
    private void warn(long step, Map<String, Double> metrics) {
        if (metrics.getOrDefault(Findings.EQUAL_GROUPS, 0.0) == 1 && !saidEqual) {
            saidEqual = true;
            log.say("step " + step + ": in each group of completions all rewards are equal, so this step learns"
                    + " nothing from them");
        }
        if (metrics.get(Findings.CUT) > 0.5 && !saidCut) {
            saidCut = true;
            log.say("step " + step + ": more than half of the completions were cut off before they ended");
        }
    }

    /** The held-out prompts are answered at so many steps, spread evenly, the last of which is one. */
    @Override
    public void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isSpread(done, recipe.rollouts().evaluations(), steps)) {
            heldOut.evaluate(done, metrics);
        }
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }

    @Override
    public Map<String, Stateful> state() {
        var state = new LinkedHashMap<String, Stateful>();
        state.put(MODEL, loop);
        learner.state().forEach((name, each) -> {
            if (state.put(name, each) != null) {
                throw new IllegalArgumentException("the learner of " + algorithm + " calls a state \"" + name
                        + "\", which is the policy's name; give it another");
            }
        });
        return state;
    }

    /**
     * This step's prompts, each as often as a group is large. All prompts come once before any comes again, in a new
     * order each time.
     */
    private List<String> prompts(long step) {
        var all = recipe.trainingPrompts();
        int each = training.batching().all();
        var chosen = new ArrayList<String>();
        for (long i = step * each; i < (step + 1) * each; i++) {
            var prompt = order(all, i / all.size()).get((int) (i % all.size()));
            chosen.addAll(Collections.nCopies(algorithm.numGenerations(), prompt));
        }
        return chosen;
    }

    private long seed(long place) {
        return Seeds.random(training.seed(), place).nextLong();
    }

    private List<String> order(List<String> all, long epoch) {
        var shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, Seeds.random(training.seed(), epoch));
        return shuffled;
    }

    @Override
    public void close() {
        learner.close();
        loop.close();
        reference.close();
    }
}
