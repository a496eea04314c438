package trivium.align;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.data.Seeds;
import trivium.generate.Generation;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.run.MetricsTable;
import trivium.train.AdamW;
import trivium.train.LearningRate;
import trivium.train.Optimisation.Update;
import trivium.train.Schedule;
import trivium.train.TrainLoop;
import trivium.train.Warmup;

/**
 * Where a policy went in an {@link EnumeratedWorld}, from the reference on.
 *
 * @param policy as it is at the end
 * @param table one row before the first step and one after each: "step", "reward", "kl" in nats, "sqrt_kl", "entropy"
 *     in nats, all of them exact, and the probability of each completion in a column that is called as
 *     {@link EnumeratedWorld#names} says
 */
public record EnumeratedPath(LanguageModel policy, Table table) {

    /** As alignment has it. */
    private static final AdamW OPTIMIZER = new AdamW(0.9, 0.99, 1e-8, 0, false);

    /**
     * Plain steps against an algorithm's {@linkplain EnumeratedWorld#gradient(LanguageModel, Algorithm) expected
     * gradient}: where it goes without chance.
     *
     * @param rate η in θ ← θ − η · gradient
     */
    public static EnumeratedPath descend(EnumeratedWorld world, Algorithm algorithm, int steps, double rate) {
        var policy = world.reference().copy();
        try (var expected = new ExpectedGradient(world, policy, algorithm)) {
            return follow(world, policy, steps, _ -> EnumeratedWorld.move(policy, expected.of(policy), rate));
        }
    }

    /** The same for a loss of comparisons, over all of {@link EnumeratedWorld#comparisons()}. */
    public static EnumeratedPath descend(EnumeratedWorld world, PairLoss loss, int steps, double rate) {
        return descend(world, loss, world.comparisons(), steps, rate);
    }

    /** The same over other comparisons, such as a small data set. */
    public static EnumeratedPath descend(
            EnumeratedWorld world, PairLoss loss, Population comparisons, int steps, double rate) {
        var policy = world.reference().copy();
        return follow(
                world, policy, steps, _ -> EnumeratedWorld.move(policy, comparisons.gradient(policy, loss), rate));
    }

    /**
     * Trains as {@code align} does: at each step groups of completions are drawn from the policy, and the algorithm's
     * learner learns from them, with AdamW as alignment has it, a learning rate that falls to 0 along a cosine, and
     * gradients clipped to norm 1.
     *
     * @param groups how many groups of completions a step has
     * @param learningRate of the first step
     */
    public static EnumeratedPath train(
            EnumeratedWorld world, Algorithm algorithm, int groups, int steps, double learningRate, long seed) {
        var policy = world.reference().copy();
        var optimisation = ExpectedGradient.optimisation(OPTIMIZER, learningRate)
                .update(new Update(OPTIMIZER, 1))
                .seed(seed);
        var rate = new LearningRate(learningRate, new Warmup.Steps(0), new Schedule.Cosine(0)).over(steps);
        var rewards = rewards(world);
        var prompts = Collections.nCopies(groups * algorithm.numGenerations(), world.prompt());
        var generator = new Generator(policy, 1);
        var sampling = Sampling.atTemperature(1).maxTokens(world.maxTokens());
        var ending = world.end() == EnumeratedWorld.NO_END ? sampling : sampling.stop(world.end());
        try (var loop = TrainLoop.withoutDropout(policy, optimisation);
                var reference = new Slices(world.reference(), 1);
                var learner = algorithm.learner(ExpectedGradient.context(world, loop, optimisation))) {
            return follow(world, policy, steps, step -> {
                long drawn = Seeds.random(seed, step).nextLong();
                var completions = generator.generate(prompts, ending.seed(drawn));
                learner.learn(
                        Rollouts.of(
                                completions,
                                algorithm.numGenerations(),
                                shaped(algorithm, completions, rewards, world.maxTokens()),
                                reference),
                        rate.applyAsDouble(step));
            });
        }
    }

    private static Map<List<Integer>, Double> rewards(EnumeratedWorld world) {
        var rewards = new HashMap<List<Integer>, Double>();
        for (int i = 0; i < world.completions().size(); i++) {
            rewards.put(list(world.completions().get(i).tokens()), world.rewards()[i]);
        }
        return rewards;
    }

    private static double[] shaped(
            Algorithm algorithm, List<Generation> completions, Map<List<Integer>, Double> rewards, int maxTokens) {
        double[] earned = completions.stream()
                .mapToDouble(y -> rewards.get(list(y.tokens())))
                .toArray();
        int[] lengths = completions.stream().mapToInt(y -> y.tokens().length).toArray();
        return algorithm.shape(earned, lengths, maxTokens);
    }

    private static List<Integer> list(int... tokens) {
        return IntStream.of(tokens).boxed().toList();
    }

    /** What becomes of a policy that {@code step} changes, told the number of the step from 0. */
    public static EnumeratedPath follow(EnumeratedWorld world, LanguageModel policy, int steps, IntConsumer step) {
        var table = new MetricsTable();
        table.add(0, row(world, policy));
        for (int i = 0; i < steps; i++) {
            step.accept(i);
            table.add(i + 1, row(world, policy));
        }
        return new EnumeratedPath(policy, table.table());
    }

    private static Map<String, Double> row(EnumeratedWorld world, LanguageModel policy) {
        double[] p = world.probabilities(policy);
        double kl = world.kl(p);
        var row = new LinkedHashMap<String, Double>();
        row.put("reward", world.reward(p));
        row.put("kl", kl);
        row.put("sqrt_kl", Math.sqrt(kl));
        row.put("entropy", EnumeratedWorld.entropy(p));
        for (int i = 0; i < p.length; i++) {
            row.put(world.names().get(i), p[i]);
        }
        return row;
    }

    /** The tables of several paths by the same names, for figures. */
    public static Map<String, Table> tables(Map<String, EnumeratedPath> paths) {
        var tables = new LinkedHashMap<String, Table>();
        paths.forEach((name, path) -> tables.put(name, path.table));
        return tables;
    }

    /**
     * The policies that are {@linkplain EnumeratedWorld#optimum best} for each price of a nat, as the steps of a path:
     * no policy earns more at the same distance from the reference.
     *
     * @param betas each above 0; the path ends at the last
     */
    public static EnumeratedPath optima(EnumeratedWorld world, double... betas) {
        var policy = world.policy(world.optimum(betas[0]));
        return follow(
                world,
                policy,
                betas.length - 1,
                step -> policy.parameters()
                        .copyFrom(world.policy(world.optimum(betas[step + 1])).parameters()));
    }

    /** The probability of each completion at the end. */
    public double[] end() {
        int last = table.rowCount() - 1;
        int first = table.columnIndex("entropy") + 1;
        return IntStream.range(first, table.columnCount())
                .mapToDouble(column -> table.numberColumn(column).getDouble(last))
                .toArray();
    }

    @Override
    public String toString() {
        return table.rowCount() - 1 + " steps to reward "
                + table.numberColumn("reward").getDouble(table.rowCount() - 1) + ", KL "
                + table.numberColumn("kl").getDouble(table.rowCount() - 1);
    }
}
