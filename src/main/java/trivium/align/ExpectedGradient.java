package trivium.align;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Floats;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Optimisation.Update;
import trivium.train.Optimizer;
import trivium.train.Schedule;
import trivium.train.TrainLoop;
import trivium.train.Warmup;

/**
 * What an {@link Algorithm}'s learner does to a policy on average, over all groups of completions: its gradients are
 * caught where an optimizer would step, and nothing moves.
 */
final class ExpectedGradient implements AutoCloseable {

    private static final long MOST = 200_000;

    private final EnumeratedWorld world;
    private final Algorithm algorithm;
    private final TrainLoop loop;
    private final Learner learner;
    private final Catcher caught = new Catcher();

    ExpectedGradient(EnumeratedWorld world, LanguageModel policy, Algorithm algorithm) {
        this.world = world;
        this.algorithm = algorithm;
        var still = optimisation(new Still(), 1);
        loop = TrainLoop.withoutDropout(policy, still.update(new Update(caught, Double.POSITIVE_INFINITY)));
        learner = algorithm.learner(context(world, loop, still));
    }

    static Optimisation optimisation(Optimizer optimizer, double learningRate) {
        var constant = new LearningRate(learningRate, new Warmup.Steps(0), new Schedule.Constant());
        return Optimisation.of(new Length.Steps(1), 1, constant, optimizer).compute(Compute.DEFAULT.withWorkers(1));
    }

    /** The world's reference is what a learner starts from; there is no text, so the tokenizer is any. */
    static Learner.Context context(EnumeratedWorld world, TrainLoop loop, Optimisation optimisation) {
        var card = RunCard.begin("pretrain", null, Map.of(), Origin.here(optimisation.seed(), ""));
        var start = new Run(card, world.reference(), Tokenizer.bytes(), Map.of());
        return new Learner.Context(loop, start, (_, _) -> 0, optimisation, world.maxTokens());
    }

    /** Does nothing: for what is trained beside the policy. */
    private record Still() implements Optimizer {

        @Override
        public State start(Parameters parameters) {
            return new Catcher().start(parameters);
        }
    }

    /** Adds the gradients up in the place of stepping. */
    static final class Catcher implements Optimizer {

        private double[] sum = {};
        private int steps;

        /** The mean since the last call. */
        double[] take() {
            int taken = Math.max(1, steps);
            double[] mean = Arrays.stream(sum).map(x -> x / taken).toArray();
            Arrays.fill(sum, 0);
            steps = 0;
            return mean;
        }

        @Override
        public State start(Parameters parameters) {
            sum = new double[Math.toIntExact(parameters.count())];
            return new State() {
                @Override
                public void step(Floats gradient, double scale, double learningRate, Workers workers) {
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += scale * gradient.get(i);
                    }
                    steps++;
                }

                @Override
                public Map<String, Buffer> buffers() {
                    return Map.of();
                }

                @Override
                public long steps() {
                    return 0;
                }

                @Override
                public void steps(long steps) {}
            };
        }
    }

    /** The gradient of this set of rollouts. */
    double[] of(Rollouts rollouts) {
        learner.learn(rollouts, 1);
        return caught.take();
    }

    /** What is trained beside the policy, for those who want it to be otherwise. */
    Learner learner() {
        return learner;
    }

    /** The mean over all groups that this policy draws. */
    double[] of(LanguageModel drawnBy) {
        int group = algorithm.numGenerations();
        int n = world.completions().size();
        double groups = 1;
        for (int i = 1; i <= group; i++) {
            groups = groups * (n + i - 1) / i;
        }
        if (groups > MOST) {
            throw new IllegalArgumentException(n + " completions make " + (long) groups + " groups of " + group
                    + ", of which at most " + MOST
                    + " are enumerated: take fewer tokens, shorter completions or smaller"
                    + " groups");
        }
        var old = world.values(drawnBy);
        double[] p = world.probabilities(drawnBy);
        double[] shaped = shaped();
        var expected = new double[0];
        double all = 0;
        int[] rows = new int[group];
        do {
            if (algorithm.dynamicSampling() && isEqual(rows, shaped)) {
                continue;
            }
            double probability = probability(rows, p);
            all += probability;
            double[] gradient = of(world.rollouts(
                    rows,
                    group,
                    IntStream.of(rows).mapToDouble(row -> shaped[row]).toArray(),
                    old));
            expected = expected.length == 0 ? new double[gradient.length] : expected;
            for (int i = 0; i < gradient.length; i++) {
                expected[i] += probability * gradient[i];
            }
        } while (next(rows, n));
        double total = all;
        return Arrays.stream(expected).map(x -> x / total).toArray();
    }

    /** The rewards as the algorithm learns from them. */
    private double[] shaped() {
        int[] lengths =
                world.completions().stream().mapToInt(y -> y.tokens().length).toArray();
        return algorithm.shape(world.rewards(), lengths, world.maxTokens());
    }

    private static boolean isEqual(int[] rows, double[] rewards) {
        return RolloutMetrics.isEqual(
                IntStream.of(rows).mapToDouble(row -> rewards[row]).toArray(), 0, rows.length);
    }

    /** The next group in which no row stands before a smaller one; false after the last. */
    private static boolean next(int[] rows, int n) {
        int last = rows.length - 1;
        while (last >= 0 && rows[last] == n - 1) {
            last--;
        }
        if (last < 0) {
            return false;
        }
        Arrays.fill(rows, last, rows.length, rows[last] + 1);
        return true;
    }

    /** Of drawing these in any order: G!/Π m! Π p, m being how often each is there. */
    private static double probability(int[] rows, double[] p) {
        double probability = 1;
        int same = 0;
        for (int i = 0; i < rows.length; i++) {
            same = i > 0 && rows[i] == rows[i - 1] ? same + 1 : 1;
            probability *= p[rows[i]] * (i + 1) / same;
        }
        return probability;
    }

    @Override
    public void close() {
        learner.close();
        loop.close();
    }
}
