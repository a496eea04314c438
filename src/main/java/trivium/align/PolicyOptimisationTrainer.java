package trivium.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import trivium.align.PolicyOptimisation.RewardSettings;
import trivium.data.Seeds;
import trivium.generate.Completions;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.FrozenPasses;
import trivium.model.LanguageModel;
import trivium.model.Size;
import trivium.model.Slices;
import trivium.run.DataProbes;
import trivium.run.LayerNames;
import trivium.run.Metric;
import trivium.run.RecipeTrainer;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Trainer;
import trivium.run.TrainingLog;
import trivium.tensor.Precision;
import trivium.text.Numbers;
import trivium.train.Divergence;
import trivium.train.EntropyBonus;
import trivium.train.Optimisation;
import trivium.train.Stateful;
import trivium.train.TrainLoop;

/** The work of one {@link PolicyOptimisation}. */
final class PolicyOptimisationTrainer implements RecipeTrainer {

    /** Fewer completions a step than this are worth a remark: what PPO was measured with is 64. */
    private static final int PPO_ENOUGH = 32;

    private static final String EMPTY = " all completions were empty";

    private final PolicyOptimisation recipe;
    private final RewardSettings rewards;
    private final Optimisation training;
    private final long steps;
    private final Algorithm algorithm;
    private final LanguageModel policy;
    private final Slices reference;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final Learner learner;
    private final TrainingLog log;
    private final HeldOut heldOut;
    private final RolloutSampler sampler;
    /** Null where the reference stays the starting model. */
    private final ReferenceModel following;

    PolicyOptimisationTrainer(PolicyOptimisation recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        var settings = recipe.rollouts().reference();
        if (settings.referenceMixup() != 1 && settings.resetReference() == 0) {
            throw new IllegalArgumentException(
                    "a mixup of " + settings.referenceMixup() + " with a reference that never"
                            + " moves: say after how many steps it does, as in resetReference(100)");
        }
        rewards = recipe.rewards().expecting(recipe.prompts().answers());
        training = LayerNames.resolve(recipe.optimisation(), recipe.start());
        training.compute().caveat().ifPresent(log::remark);
        int each = training.batching().all();
        var start = recipe.start();
        var prompts = fitting(recipe.trainingPrompts(), "to learn from");
        steps = training.length().steps(epochs -> Math.ceilDiv(epochs * prompts.size(), each));
        rate = log.rate(training.rate().over(steps));
        algorithm = recipe.rewards().algorithm();
        double temperature = recipe.rollouts().temperature();
        var sampling =
                Sampling.atTemperature(temperature).maxTokens(recipe.rollouts().maxTokens());
        policy = training.trained(start.model());
        var completions =
                new Completions(new Generator(policy, training.compute().workers()), start.tokenizer());
        // The held-out prompts have the seed of place 0, each step one of its own.
        var heldOutSeed = sampling.seed(Seeds.random(training.seed(), 0).nextLong());
        heldOut = new HeldOut(
                recipe,
                fitting(recipe.heldOutPrompts(), "held out"),
                rewards,
                new Evaluator(rewards.evaluations(), completions, start, heldOutSeed),
                log);
        sampler = new RolloutSampler(
                algorithm,
                rewards.reward(),
                completions,
                start.template(),
                sampling,
                new RolloutSampler.Draws(prompts, each, training.seed()));
        // the least that a step takes, before as many prompts are put side by side
        long rows = (long) each * algorithm.numGenerations();
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(rows + " completions a step are more than the " + Integer.MAX_VALUE
                    + " that memory can hold side by side; take fewer prompts per step, or a smaller group");
        }
        int atOnce = training.batching().batchSize() * algorithm.numGenerations();
        policy.size(atOnce, 1, Size.Use.training(training.batching().gradientCheckpointing()))
                .ifPresent(Size::requireFits);
        following = settings.resetReference() > 0 ? new ReferenceModel(policy.copy()) : null;
        reference = new Slices(following == null ? start.model() : following.model(), training.compute());
        // Without dropout: the completions were drawn from the whole policy, and its ratio to itself must begin at 1.
        loop = TrainLoop.withoutDropout(policy, training);
        if (temperature != 1) {
            // what is scored is what was sampled from
            reference.temperature(temperature);
            loop.slices().temperature(temperature);
        }
        if (settings.exactKl() > 0) {
            var frozen = new FrozenPasses(reference.model(), training.compute(), temperature);
            loop.adding(new Divergence(frozen, 1, settings.exactKl(), 1, "kl_exact"));
        }
        if (settings.entropyCoefficient() > 0) {
            loop.adding(new EntropyBonus(settings.entropyCoefficient()));
        }
        learner = algorithm.learner(new Learner.Context(
                loop, start, rewards.reward(), training, recipe.rollouts().maxTokens()));
    }

    /** The prompts that leave room for an answer; those that do not are counted on the card. */
    private List<String> fitting(List<String> prompts, String which) {
        var start = recipe.start();
        var fitting =
                prompts.stream().filter(prompt -> Prompts.fits(prompt, start)).toList();
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException((prompts.size() == 1
                            ? "the only prompt "
                            : "none of the " + Numbers.count(prompts.size()) + " prompts ")
                    + which + (prompts.size() == 1 ? " does not fit" : " fits") + " the model's context of "
                    + start.model().context()
                    + " tokens; use shorter prompts or a longer context");
        }
        int out = prompts.size() - fitting.size();
        if (out > 0) {
            log.remark(out + " of " + Numbers.count(prompts.size(), "prompt") + " " + which
                    + ", longer than the context of " + start.model().context() + " tokens, "
                    + (out == 1 ? "was" : "were")
                    + " left out");
        }
        return fitting;
    }

    @Override
    public Run run() {
        long cut = cut();
        // Also when going on: the policy is still the model it starts from.
        heldOut.before();
        log.take("alignment", steps, this);
        var tables = log.tables();
        var metrics = tables.get(Run.METRICS);
        int completions = training.batching().all() * algorithm.numGenerations();
        if (algorithm instanceof Ppo && completions < PPO_ENOUGH) {
            log.remark("a step of PPO had " + Numbers.count(completions, "completion")
                    + ": its value model learns from few, and advantages are whitened over few; batchSize(64) is what"
                    + " PPO was measured with");
        }
        log.afterwards(() -> heldOut.compare(metrics.rowCount()))
                .ifPresent(rewards -> tables.put(PolicyOptimisation.REWARDS, rewards));
        Evaluation.keep(rewards.evaluations(), tables);
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
    public Optional<Run> now(RunCard card) {
        return Optional.of(recipe.start().child(card, policy, Map.of()));
    }

    @Override
    public Map<String, Double> step(long step) {
        var ofDraw = new LinkedHashMap<String, Double>();
        var drawn = sampler.draw(step, ofDraw);
        int group = algorithm.numGenerations();
        var rollouts = recipe.rollouts().temperature() == 1
                ? Rollouts.of(drawn.generations(), group, drawn.shaped(), reference)
                : Rollouts.drawn(drawn.generations(), group, drawn.shaped(), reference);
        if (training.compute().used() != Precision.FLOAT32) {
            // drawn in float32: in the precision of learning, the policy's ratio to itself must begin at 1
            rollouts = rollouts.judgedBy(loop.slices());
        }

        var metrics = new LinkedHashMap<String, Double>();
        RolloutMetrics.distribution("reward", drawn.earned(), metrics);
        RolloutMetrics.spread(drawn.earned(), group, metrics);
        RolloutMetrics.byLength(drawn.earned(), drawn.generations(), group, metrics);
        if (algorithm.comparesGroups()) {
            metrics.put(Metric.FRAC_REWARD_ZERO_STD.name(), RolloutMetrics.equalGroups(drawn.shaped(), group));
        }
        double tokens = ofDraw.remove("tokens");
        metrics.putAll(ofDraw);
        if (rewards.gold() != null) {
            RolloutMetrics.distribution("gold", Scores.of("gold", rewards.gold(), drawn.answers()), metrics);
        }
        metrics.put("kl", RolloutMetrics.mean(rollouts.kl()));
        RolloutMetrics.completions(drawn.generations(), metrics);
        metrics.putAll(learner.learn(rollouts, rate.applyAsDouble(step)));
        metrics.put("tokens", log.latest("tokens") + tokens);
        follow(step + 1);
        if (drawn.answers().texts().stream().allMatch(String::isEmpty) && !log.hasRemarked(EMPTY)) {
            log.remark("at step " + (step + 1) + EMPTY + ": the model ends its answers at once, and"
                    + " there is nothing that a reward could tell apart; start from a model that answers, or reward"
                    + " answers that say something");
        }
        return metrics;
    }

    /** After every so many steps the reference becomes the policy, or moves towards it. */
    private void follow(long done) {
        var settings = recipe.rollouts().reference();
        if (following != null && done % settings.resetReference() == 0) {
            following.follow(policy, settings.referenceMixup());
        }
    }

    /** The held-out prompts are answered at so many steps, spread evenly, the last of which is one. */
    @Override
    public long evaluations(long all) {
        return Math.min(recipe.rollouts().evaluations(), all);
    }

    @Override
    public void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isSpread(done, recipe.rollouts().evaluations(), steps)) {
            onAverage(() -> heldOut.evaluate(done, metrics));
        }
    }

    @Override
    public Map<String, Double> probes() {
        return new DataProbes().start(recipe.start()).values();
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }

    @Override
    public Map<String, Stateful> state() {
        var state = new LinkedHashMap<String, Stateful>();
        state.put(MODEL, loop);
        if (following != null) {
            state.put(ReferenceModel.STATE, following);
        }
        learner.state().forEach((name, each) -> {
            if (state.put(name, each) != null) {
                throw new IllegalArgumentException("the learner of " + algorithm + " calls a state \"" + name
                        + "\", which is the policy's name or the reference's; give it another");
            }
        });
        return state;
    }

    @Override
    public void close() {
        learner.close();
        loop.close();
        reference.close();
    }
}
