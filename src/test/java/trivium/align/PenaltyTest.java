package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.generate.Generation.Finish;
import trivium.tensor.Batch;

/**
 * What the penalty of {@link Grpo} pulls towards, over a vocabulary small enough to enumerate: the expected gradient is
 * the sum over every token that can be drawn, weighted by how probable it is to be drawn.
 */
class PenaltyTest {

    private static final int V = 6;
    private static final double BETA = 0.7;

    private final double[] logits = logits(1);
    private final double[] reference = softmax(logits(2));

    /** As published: where samples come from the policy itself, the step is down the gradient of KL(π_ref‖π). */
    @Test
    void asPublishedThePenaltyPullsTowardsTheForwardDivergence() {
        double[] expected = slopes(theta -> divergence(reference, softmax(theta)));
        assertArrayEquals(expected, gradient(false, logits), 1e-6);
        // The closed form: π − π_ref.
        double[] policy = softmax(logits);
        for (int v = 0; v < V; v++) {
            assertEquals(BETA * (policy[v] - reference[v]), gradient(false, logits)[v], 1e-6);
        }
    }

    /** Corrected: down the gradient of KL(π‖π_ref), whoever drew the samples. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4}) // 1: the policy itself
    void correctedItPullsTowardsTheDivergenceThatIsReported(long drawnBy) {
        double[] expected = slopes(theta -> divergence(softmax(theta), reference));
        assertArrayEquals(expected, gradient(true, logits(drawnBy)), 1e-6);
        // The closed form: π (log(π/π_ref) − KL).
        double[] policy = softmax(logits);
        double kl = divergence(policy, reference);
        for (int v = 0; v < V; v++) {
            double closed = BETA * policy[v] * (Math.log(policy[v] / reference[v]) - kl);
            assertEquals(closed, gradient(true, logits(drawnBy))[v], 1e-6);
        }
    }

    /** What a run reports as "kl" is what its penalty holds down, unless the paper's penalty is asked for. */
    @Test
    void byDefaultItIsCorrected() {
        double[] expected = slopes(theta -> divergence(softmax(theta), reference));
        assertArrayEquals(expected, gradient(Grpo.numGenerations(2).beta(BETA), logits), 1e-6);
        double[] published = slopes(theta -> divergence(reference, softmax(theta)));
        assertArrayEquals(published, gradient(Grpo.numGenerations(2).beta(BETA).biasCorrectedKl(false), logits), 1e-6);
    }

    /** k2's gradient is that of KL(π‖π_ref) by itself, k1's with the ratio; without it, k1 pulls nowhere. */
    @Test
    void otherEstimatesPullTowardsTheDivergenceThatIsReportedOrNowhere() {
        double[] expected = slopes(theta -> divergence(softmax(theta), reference));
        var grpo = Grpo.numGenerations(2).beta(BETA).biasCorrectedKl(false);
        assertArrayEquals(expected, gradient(grpo.klEstimator(KlEstimator.K2), logits), 1e-6);
        var k1 = grpo.klEstimator(KlEstimator.K1);
        assertArrayEquals(new double[V], gradient(k1, logits), 1e-6);
        assertArrayEquals(expected, gradient(k1.biasCorrectedKl(true), logits(3)), 1e-6);
    }

    /** Either way the penalty itself is an unbiased estimate of KL(π‖π_ref). */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theExpectedPenaltyIsTheDivergence(boolean corrected) {
        double kl = divergence(softmax(logits), reference);
        var grpo = Grpo.numGenerations(2).beta(BETA).biasCorrectedKl(corrected);
        double loss = 0;
        for (int v = 0; v < V; v++) {
            loss += softmax(logits)[v] * penalty(grpo, v, logits, new float[2]);
        }
        assertEquals(BETA * kl, loss, 1e-6);
    }

    /** E_{v ~ old} of dL/d log π(v) · d log π(v)/dθ, by enumeration; π is a softmax of θ. */
    private double[] gradient(boolean corrected, double[] drawnBy) {
        return gradient(Grpo.numGenerations(2).beta(BETA).biasCorrectedKl(corrected), drawnBy);
    }

    private double[] gradient(Grpo grpo, double[] drawnBy) {
        double[] old = softmax(drawnBy);
        double[] policy = softmax(logits);
        var gradient = new double[V];
        for (int v = 0; v < V; v++) {
            var slope = new float[2];
            penalty(grpo, v, drawnBy, slope);
            for (int j = 0; j < V; j++) {
                gradient[j] += old[v] * slope[0] * ((v == j ? 1 : 0) - policy[j]);
            }
        }
        return gradient;
    }

    /**
     * The loss of a group of two rows of one token v each, whose rewards are equal: nothing but the penalty is left.
     * Both rows give half of it; {@code slopes} receives dL/d log π of either, twice over, as if it were alone.
     */
    private double penalty(Grpo grpo, int v, double[] drawnBy, float[] slopes) {
        var policy = filled(Math.log(softmax(logits)[v]));
        var rollouts = new Rollouts(
                new Batch(2, 1, new int[2], new int[] {v, v}, filled(1), 1),
                2,
                new double[2],
                List.of(Finish.STOP, Finish.STOP),
                filled(Math.log(softmax(drawnBy)[v])),
                filled(Math.log(reference[v])));
        double loss = grpo.objective(rollouts, 1).loss(rollouts.batch(), 0, 2, policy, slopes);
        slopes[0] *= 2;
        slopes[1] *= 2;
        return loss;
    }

    /** β times the finite differences of a function of θ. */
    private double[] slopes(ToDoubleFunction<double[]> of) {
        double step = 1e-5;
        return IntStream.range(0, V)
                .mapToDouble(i -> {
                    double[] up = logits.clone();
                    double[] down = logits.clone();
                    up[i] += step;
                    down[i] -= step;
                    return BETA * (of.applyAsDouble(up) - of.applyAsDouble(down)) / (2 * step);
                })
                .toArray();
    }

    private static double divergence(double[] p, double[] q) {
        return IntStream.range(0, V)
                .mapToDouble(v -> p[v] * Math.log(p[v] / q[v]))
                .sum();
    }

    private static double[] softmax(double... theta) {
        double total = Arrays.stream(theta).map(Math::exp).sum();
        return Arrays.stream(theta).map(x -> Math.exp(x) / total).toArray();
    }

    private static double[] logits(long seed) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, V).mapToDouble(_ -> random.nextGaussian()).toArray();
    }

    private static float[] filled(double value) {
        return new float[] {(float) value, (float) value};
    }
}
