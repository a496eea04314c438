package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trivium.model.Positions;
import trivium.model.Readout;
import trivium.tensor.Batch;

class CrossEntropyTest {

    private static Batch batch(float... weights) {
        return new Batch(weights.length / 2, 2, new int[weights.length], new int[weights.length], weights, 1);
    }

    @Test
    void theWeightedSumOverThePositionsThatCount() {
        var batch = batch(1, 0, -0.5f, 2, 0, 0);
        float[] values = {-1, Float.NaN, -3, -0.25f, Float.NEGATIVE_INFINITY, -9};
        var gradients = new float[6];
        double loss = CrossEntropy.PLAIN.loss(batch, 0, 3, values, gradients);
        // −(1·(−1) − 0.5·(−3) + 2·(−0.25)) / 3: three positions have a weight
        assertEquals(-(-1 + 1.5 - 0.5) / 3, loss, 1e-7);
        assertArrayEquals(new float[] {-1 / 3f, 0, 0.5f / 3, -2 / 3f, 0, 0}, gradients, 1e-7f);
    }

    @Test
    void aSliceTouchesItsRowsOnly() {
        var batch = batch(1, 1, 1, 1, 1, 1);
        float[] values = {-1, -2, -3, -4, -5, -6};
        float[] gradients = {7, 7, 7, 7, 7, 7};
        double loss = CrossEntropy.PLAIN.loss(batch, 1, 2, values, gradients);
        assertEquals(7 / 6.0, loss, 1e-6);
        assertArrayEquals(new float[] {7, 7, -1 / 6f, -1 / 6f, 7, 7}, gradients, 1e-7f);
    }

    @Test
    void nothingToLearnIsNoLoss() {
        var gradients = new float[2];
        assertEquals(0, CrossEntropy.PLAIN.loss(batch(0, 0), 0, 1, new float[] {-1, -2}, gradients));
        assertArrayEquals(new float[2], gradients, 0f);
    }

    /** A case as PyTorch computes it in float64 (docs/peers/cross_entropy.py). */
    private record Case(
            double labelSmoothing,
            double zLoss,
            double[][] logits,
            int[] targets,
            float[] weights,
            double loss,
            double[][] gradient) {

        private Batch batch() {
            int n = targets.length;
            return new Batch(n / 2, 2, new int[n], targets, weights, 1);
        }

        private float[] flat() {
            var flat = new float[logits.length * logits[0].length];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = (float) logits[i / logits[0].length][i % logits[0].length];
            }
            return flat;
        }
    }

    private record Computed(double loss, float[] gradient, Map<String, Double> metrics) {}

    /** As a step computes it, each row a slice of its own. */
    private static Computed compute(Case given, CrossEntropy objective, float[] logits) {
        int vocabulary = logits.length / given.targets.length;
        var batch = given.batch();
        var gradients = new float[given.targets.length];
        var report = new Report();
        var all = new float[logits.length];
        double loss = 0;
        for (int row = 0; row < batch.rows(); row++) {
            int at = row * 2 * vocabulary;
            var readout = new Readout(vocabulary, 2);
            var distributions = objective.distributions();
            readout.keepDistributions(distributions.isPresent());
            readout.logits().set(0, Arrays.copyOfRange(logits, at, at + 2 * vocabulary));
            var values = new float[gradients.length];
            readout.values(given.targets, new Positions().all(row, row + 1, 2), values);
            loss += objective.loss(batch, row, row + 1, values, gradients, report);
            if (distributions.isPresent()) {
                try (var positions = distributions.get().open(batch, row, row + 1, report)) {
                    loss += readout.gradients(gradients, positions);
                }
            } else {
                readout.gradients(gradients);
            }
            System.arraycopy(readout.logits().toArray(), 0, all, at, 2 * vocabulary);
        }
        return new Computed(loss, all, report.means());
    }

    private static List<Case> cases() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/losses/cross-entropy.jsonl")).stream()
                .map(line -> new Gson().fromJson(line, Case.class))
                .toList();
    }

    @Test
    void smoothingAndZLossAreThoseOfPyTorch() throws IOException {
        for (var given : cases()) {
            var objective = new CrossEntropy(given.labelSmoothing, given.zLoss);
            var computed = compute(given, objective, given.flat());
            assertEquals(given.loss, computed.loss, 1e-6, objective.toString());
            int vocabulary = given.logits[0].length;
            for (int i = 0; i < computed.gradient.length; i++) {
                double expected = given.gradient[i / vocabulary][i % vocabulary];
                assertEquals(expected, computed.gradient[i], 1e-6, objective + ", logit " + i);
            }
        }
    }

    /** With what the metrics call its parts. */
    @Test
    void thePartsAreReported() throws IOException {
        for (var given : cases()) {
            var metrics = compute(given, new CrossEntropy(given.labelSmoothing, given.zLoss), given.flat()).metrics;
            if (given.labelSmoothing == 0 && given.zLoss == 0) {
                assertEquals(Map.of(), metrics);
                continue;
            }
            double plain = compute(given, CrossEntropy.PLAIN, given.flat()).loss;
            assertEquals(plain, metrics.get("cross_entropy"), 1e-6);
            if (given.labelSmoothing == 0) {
                assertEquals(given.loss, plain + metrics.get("z_loss"), 1e-6);
            }
        }
    }

    @Test
    void gradientsAreDerivatives() throws IOException {
        var given = cases().getFirst();
        var objective = new CrossEntropy(0.3, 0.2);
        var logits = given.flat();
        var gradient = compute(given, objective, logits).gradient;
        float step = 1f / 64;
        for (int i = 0; i < logits.length; i++) {
            var moved = logits.clone();
            moved[i] = logits[i] + step;
            double above = compute(given, objective, moved).loss;
            moved[i] = logits[i] - step;
            double below = compute(given, objective, moved).loss;
            assertEquals((above - below) / (2 * step), gradient[i], 1e-4, "logit " + i);
        }
    }

    @Test
    void whatIsNoShareOrNegativeIsRefused() {
        for (double share : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> CrossEntropy.PLAIN.labelSmoothing(share));
        }
        for (double coefficient : new double[] {-1e-4, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> CrossEntropy.PLAIN.zLoss(coefficient));
        }
    }
}
