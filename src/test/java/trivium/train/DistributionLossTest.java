package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Compute;
import trivium.model.FrozenPasses;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.tensor.Batch;

/** Losses of whole distributions through the training loop. */
class DistributionLossTest {

    private static final int V = 11;
    private static final int TIME = 9;
    private static final int ROWS = 70; // of 9 positions: a slice has more rows than a frozen pass computes at once

    private final SplittableRandom random = new SplittableRandom(2);
    private final Transformer student = Transformer.of(Llama.of(TIME, 16, 1, 2, 2), V, 1);
    private final Transformer teacher = Transformer.of(Llama.of(TIME, 24, 2, 2, 2), V, 2);
    private final Batch batch = batch();

    private Batch batch() {
        int n = ROWS * TIME;
        var weights = new float[n];
        for (int i = 0; i < n; i++) {
            weights[i] = i % TIME < 2 ? 0 : 1;
        }
        // Far from uniform, so that divergences are not tiny.
        for (var model : new Transformer[] {student, teacher}) {
            var theta = model.parameters().values();
            for (long i = 0; i < theta.size(); i++) {
                theta.set(i, theta.get(i) + (float) (0.3 * random.nextGaussian()));
            }
        }
        return new Batch(
                ROWS, TIME, random.ints(n, 0, V).toArray(), random.ints(n, 0, V).toArray(), weights, 1);
    }

    private static double[] probabilities(Transformer model, Batch batch, double temperature) {
        var outputs =
                model.pass(ROWS, TIME).outputs(batch.tokens(), 0, ROWS, TIME).toArray();
        var p = new double[outputs.length];
        for (int i = 0; i < p.length; i += V) {
            double sum = 0;
            for (int v = i; v < i + V; v++) {
                p[v] = Math.exp(outputs[v] / temperature);
                sum += p[v];
            }
            for (int v = i; v < i + V; v++) {
                p[v] /= sum;
            }
        }
        return p;
    }

    private interface Term {
        double of(double p, double q);
    }

    private double mean(double temperature, Term term) {
        var p = probabilities(student, batch, temperature);
        var q = probabilities(teacher, batch, temperature);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += batch.weights()[i / V] * term.of(p[i], q[i]);
        }
        return sum / batch.counted();
    }

    /** A step without learning: the loss and what was measured. */
    private TrainLoop.StepResult measure(Objective objective, int workers) {
        try (var loop = new TrainLoop(student, AdamW.DEFAULT, 1, workers)) {
            return loop.step(batch, objective, 0);
        }
    }

    @Test
    void lossesAreTheMeansOfWhatTheOutputsSay() {
        for (double temperature : new double[] {1, 2}) {
            var frozen = new FrozenPasses(teacher, Compute.DEFAULT, temperature);
            double forward = mean(temperature, (p, q) -> q * Math.log(q / p));
            double reverse = mean(temperature, (p, q) -> p * Math.log(p / q));
            double js = mean(temperature, (p, q) -> {
                double m = 0.3 * q + 0.7 * p;
                return 0.3 * q * Math.log(q / m) + 0.7 * p * Math.log(p / m);
            });
            assertTrue(Math.abs(forward - reverse) > 0.01, "they differ here: " + forward + " and " + reverse);
            double[] expected = {forward, js, reverse};
            double[] betas = {0, 0.3, 1};
            for (int i = 0; i < betas.length; i++) {
                var loss = new Divergence(frozen, betas[i], 2, temperature, "kl_exact");
                var result = measure(((Objective) DistributionLossTest::nothing).and(loss), 2);
                assertEquals(2 * expected[i], result.loss(), 1e-5, "beta " + betas[i]);
                assertEquals(expected[i], result.metrics().get("kl_exact"), 1e-5);
            }
        }
        double entropy = mean(1, (p, q) -> -p * Math.log(p));
        var result = measure(CrossEntropy.PLAIN.and(new EntropyBonus(0.1)), 2);
        var plain = measure(CrossEntropy.PLAIN, 2);
        assertEquals(plain.loss() - 0.1 * entropy, result.loss(), 1e-5);
        assertEquals(plain.tokenAccuracy(), result.tokenAccuracy());
    }

    private static double nothing(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        Arrays.fill(gradients, from * batch.time(), to * batch.time(), 0);
        return 0;
    }

    /** Both at once, in parts or whole, with any number of workers: the same parameters. */
    @Test
    void workersChangeNoBitAndStepsApproachTheTeacher() {
        float[] one = null;
        for (int workers : new int[] {1, 2, 4}) {
            var model = student.copy();
            var frozen = new FrozenPasses(teacher, Compute.DEFAULT, 1);
            var objective = CrossEntropy.PLAIN
                    .and(new Divergence(frozen, 1, 3, 1, "kl_exact"))
                    .and(new EntropyBonus(0.01));
            try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, workers)) {
                double first = loop.step(batch, objective, 1e-2).metrics().get("kl_exact");
                double last = first;
                for (int step = 0; step < 20; step++) {
                    last = loop.step(batch, objective, 1e-2).metrics().get("kl_exact");
                }
                assertTrue(last < first / 2, first + " fell to " + last);
            }
            var theta = model.parameters().values().toArray();
            one = one == null ? theta : one;
            assertArrayEquals(one, theta, workers + " workers");
        }
    }

    /** What a loop adds to every objective is what the objective might have brought itself, to the last bit. */
    @Test
    void aLoopAddsToWhateverObjective() {
        var frozen = new FrozenPasses(teacher, Compute.DEFAULT, 1);
        var divergence = new Divergence(frozen, 1, 0.3, 1, "kl_exact");
        var model = student.copy();
        try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, 2)) {
            loop.adding(divergence);
            loop.adding(new EntropyBonus(0.2));
            loop.step(batch, CrossEntropy.PLAIN, 1e-2);
        }
        var twin = student.copy();
        try (var loop = new TrainLoop(twin, AdamW.DEFAULT, 1, 2)) {
            loop.step(batch, CrossEntropy.PLAIN.and(divergence).and(new EntropyBonus(0.2)), 1e-2);
        }
        assertArrayEquals(
                twin.parameters().values().toArray(),
                model.parameters().values().toArray());
    }

    @Test
    void whatHasNoDistributionIsRefusedInASentence() {
        var scores = teacher.withScalarHead(1);
        var message = assertThrows(IllegalArgumentException.class, () -> new FrozenPasses(scores, Compute.DEFAULT, 1))
                .getMessage();
        assertTrue(message.contains("no distribution over tokens"), message);
        try (var loop = new TrainLoop(scores, AdamW.DEFAULT, 1, 1)) {
            var objective = CrossEntropy.PLAIN.and(new EntropyBonus(1));
            message = assertThrows(IllegalArgumentException.class, () -> loop.step(batch, objective, 1))
                    .getMessage();
            assertTrue(message.contains("no distribution over tokens"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> new EntropyBonus(-1));
        var frozen = new FrozenPasses(teacher, Compute.DEFAULT, 1);
        assertThrows(IllegalArgumentException.class, () -> new Divergence(frozen, 1.5, 1, 1, "kl_exact"));
    }
}
