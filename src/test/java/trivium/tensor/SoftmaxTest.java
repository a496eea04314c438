package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftmaxTest {

    /** The block of scores stands behind this many numbers that are not its own. */
    private static final int OFFSET = 3;

    private final SplittableRandom random = new SplittableRandom(3);

    /** Attention weights of the block; what stands before it is kept. */
    private static double[] twin(double[] scores, int time, double scale, boolean causal) {
        var weights = Arrays.copyOf(scores, scores.length);
        for (int t = 0; t < time; t++) {
            int at = OFFSET + t * time;
            int seen = causal ? t + 1 : time;
            double highest = Arrays.stream(scores, at, at + seen).max().orElseThrow();
            double sum = 0;
            for (int i = 0; i < time; i++) {
                weights[at + i] = i < seen ? Math.exp(scale * (scores[at + i] - highest)) : 0;
                sum += weights[at + i];
            }
            for (int i = 0; i < time; i++) {
                weights[at + i] /= sum;
            }
        }
        return weights;
    }

    /** dScores by the full Jacobian, ∂w_i / ∂s_j = scale · w_i (δ_ij − w_j). */
    private static double[] backwardTwin(double[] weights, double[] gradients, int time, double scale) {
        var result = gradients.clone();
        for (int t = 0; t < time; t++) {
            int at = OFFSET + t * time;
            for (int j = 0; j < time; j++) {
                double sum = 0;
                for (int i = 0; i < time; i++) {
                    sum += gradients[at + i] * weights[at + i] * ((i == j ? 1 : 0) - weights[at + j]);
                }
                result[at + j] = scale * sum;
            }
        }
        return result;
    }

    @Test
    void forwardAndBackward() {
        for (int time = 1; time <= Twin.LONGEST; time++) {
            check(time, true);
            check(time, false);
        }
    }

    private void check(int time, boolean causal) {
        float scale = 0.37f;
        var what = (causal ? "causal" : "full") + " attention over " + time;
        var scores = normals(random, OFFSET + time * time, 4);
        var weights = twin(scores, time, scale, causal);
        var floats = guarded(scores);
        Softmax.forward(floats, OFFSET, time, time, time, causal ? 1 : time, scale);
        assertTwin(weights, floats, 1e-6, what);
        for (int t = 0; causal && t < time; t++) {
            for (int future = t + 1; future < time; future++) {
                assertEquals(0, floats.get(OFFSET + (long) t * time + future), what + ": the future has no weight");
            }
        }

        var gradients = normals(random, scores.length, 1);
        var dScores = guarded(gradients);
        Softmax.backward(floats, OFFSET, dScores, OFFSET, time, time, time, causal ? 1 : time, scale);
        assertTwin(backwardTwin(weights, gradients, time, scale), dScores, 2e-6, what + ", backward");
    }

    @Test
    void largeScoresNeitherOverflowNorVanish() {
        var floats = Floats.of(3e4f, 3e4f, -3e4f, -3e4f);
        Softmax.forward(floats, 0, 2, 2, 2, 2, 1);
        assertEquals(0.5, floats.get(0), 1e-7);
        assertEquals(0.5, floats.get(1), 1e-7);
        assertEquals(0.5, floats.get(2), 1e-7);
    }
}
