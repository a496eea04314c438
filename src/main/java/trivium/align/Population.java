package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import trivium.model.LanguageModel;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.train.Objective;
import trivium.train.TrainLoop;

/**
 * All comparisons of an {@link EnumeratedWorld} with how often each is met, so that the expectation of a loss over
 * comparisons is a sum.
 *
 * @param batch (2 · pairs, T), rows 2i the chosen and 2i + 1 the rejected answers, weight 1 on their tokens
 * @param weights (pairs), above 0 and 1 in all
 * @param reference (2 · pairs) Σ log π_ref of each row
 */
public record Population(Batch batch, double[] weights, double[] reference) {

    /**
     * Comparisons that were drawn.
     *
     * @param batch (2 · pairs, T)
     * @param reference (2 · pairs) Σ log π_ref of each row
     */
    public record Sample(Batch batch, double[] reference) {}

    static Population of(EnumeratedWorld world, double[][] weights) {
        int n = world.completions().size();
        if (weights.length != n || Arrays.stream(weights).anyMatch(row -> row.length != n)) {
            throw new IllegalArgumentException(
                    "the weights of comparisons of " + n + " completions are " + n + " rows of " + n + " numbers");
        }
        double sum = Arrays.stream(weights).flatMapToDouble(Arrays::stream).sum();
        if (!(sum > 0) || Arrays.stream(weights).flatMapToDouble(Arrays::stream).anyMatch(w -> !(w >= 0))) {
            throw new IllegalArgumentException("weights of comparisons are at least 0, and not all of them 0");
        }
        var rows = new ArrayList<Integer>();
        var kept = new ArrayList<Double>();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (weights[i][j] > 0) {
                    rows.add(i);
                    rows.add(j);
                    kept.add(weights[i][j] / sum);
                }
            }
        }
        return new Population(
                rows(world.batch(), rows.stream().mapToInt(row -> row).toArray()),
                kept.stream().mapToDouble(w -> w).toArray(),
                rows.stream()
                        .mapToDouble(row -> Logps.of(world.batch(), row, world.referenceValues(), 0)
                                .policy())
                        .toArray());
    }

    private static Batch rows(Batch all, int[] rows) {
        int time = all.time();
        int n = rows.length * time;
        var layout =
                RowLayout.lengths(2, Arrays.stream(rows).map(row -> all.layout().used(row, time)));
        var some = new Batch(rows.length, time, new int[n], new int[n], new float[n], layout);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all.tokens(), rows[i] * time, some.tokens(), i * time, time);
            System.arraycopy(all.targets(), rows[i] * time, some.targets(), i * time, time);
            System.arraycopy(all.weights(), rows[i] * time, some.weights(), i * time, time);
        }
        return some;
    }

    /** So many comparisons, each drawn as often as it is met. */
    public Sample sample(int pairs, RandomGenerator random) {
        int[] rows = new int[2 * pairs];
        for (int i = 0; i < pairs; i++) {
            double left = random.nextDouble();
            int pair = 0;
            while (pair < weights.length - 1 && left >= weights[pair]) {
                left -= weights[pair++];
            }
            rows[2 * i] = 2 * pair;
            rows[2 * i + 1] = 2 * pair + 1;
        }
        return new Sample(
                rows(batch, rows),
                Arrays.stream(rows).mapToDouble(row -> reference[row]).toArray());
    }

    /**
     * The expected loss, as an objective of {@link #batch}: Σ weight · loss of the pair, and where the loss counts the
     * chosen answers' likelihood too, the mean over the tokens of all of them.
     */
    public Objective objective(PairLoss loss) {
        var none = new float[batch.tokens().length];
        double tokens = IntStream.range(0, weights.length)
                .mapToDouble(pair ->
                        weights[pair] * Logps.of(batch, 2 * pair, none, 0).tokens())
                .sum();
        return (of, from, to, values, gradients, report) -> {
            double sum = 0;
            for (int row = from; row < to; row += 2) {
                sum += pair(loss, row, loss.nllWeight() / tokens, values, gradients);
            }
            return sum;
        };
    }

    private double pair(PairLoss loss, int row, double likelihood, float[] values, float[] gradients) {
        double weight = weights[row / 2];
        var chosen = Logps.of(batch, row, values, loss.needsReference() ? reference[row] : 0);
        var rejected = Logps.of(batch, row + 1, values, loss.needsReference() ? reference[row + 1] : 0);
        var result = loss.of(chosen, rejected);
        Logps.spread(batch, row, weight * (result.chosen() - likelihood), gradients);
        Logps.spread(batch, row + 1, weight * result.rejected(), gradients);
        return weight * (result.loss() - likelihood * chosen.policy());
    }

    /** dL/dθ of the expected loss at this policy, flat as the parameters. */
    public double[] gradient(LanguageModel policy, PairLoss loss) {
        var caught = new ExpectedGradient.Catcher();
        try (var loop = new TrainLoop(policy, caught, Double.POSITIVE_INFINITY, 1)) {
            loop.step(batch, objective(loss), 1);
        }
        return caught.take();
    }
}
