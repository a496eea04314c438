package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

class TrainLoopTest {

    private static final int TIME = 7;
    private static final int VOCABULARY = 13;

    private final SplittableRandom random = new SplittableRandom(61);

    private static Transformer model() {
        return Transformer.of(Gpt.of(TIME, 12, 1, 2), VOCABULARY, 3);
    }

    private Batch batch(int rows, float weight) {
        int n = rows * TIME;
        var weights = new float[n];
        Arrays.fill(weights, weight);
        return new Batch(rows, TIME, ids(n), ids(n), weights, 1);
    }

    private int[] ids(int n) {
        return random.ints(n, 0, VOCABULARY).toArray();
    }

    /** θ −= rate · scale · gradient, which shows what the loop hands on. */
    private record Descent() implements Optimizer {
        @Override
        public State start(Parameters parameters) {
            return new State() {
                private long steps;

                @Override
                public void step(Floats gradient, double scale, double learningRate, Workers workers) {
                    steps++;
                    for (long i = 0; i < gradient.size(); i++) {
                        double moved = parameters.values().get(i) - learningRate * scale * gradient.get(i);
                        parameters.values().set(i, (float) moved);
                    }
                }

                @Override
                public Map<String, Buffer> buffers() {
                    return Map.of();
                }

                @Override
                public long steps() {
                    return steps;
                }

                @Override
                public void steps(long taken) {
                    steps = taken;
                }
            };
        }
    }

    private static float[] step(LanguageModel model, Batch batch, double clip, double[] norm) {
        var before = model.parameters().values().toArray();
        try (var loop = new TrainLoop(model, new Descent(), clip, 2)) {
            var result = loop.step(batch, CrossEntropy.PLAIN, 1);
            norm[0] = result.gradientNorm();
            assertEquals(Math.log(VOCABULARY), result.loss(), 0.4, "a fresh model knows nothing");
            assertTrue(Double.isFinite(result.loss()));
        }
        var moved = model.parameters().values().toArray();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = before[i] - moved[i];
        }
        return moved;
    }

    /** What an objective measures of its slices, added in their order. */
    @Test
    void whatAnObjectiveReportsIsTheMeanOverTheBatchForAnyNumberOfWorkers() {
        var batch = batch(9, 1);
        Objective objective = (given, from, to, values, gradients, report) -> {
            for (int row = from; row < to; row++) {
                report.mean("row", row / 3.0, 1);
                report.mean("value", values[row * TIME], 1);
            }
            report.mean("slices", 1, 0.25);
            return CrossEntropy.PLAIN.loss(given, from, to, values, gradients);
        };
        var metrics = new ArrayList<Map<String, Double>>();
        for (int workers : new int[] {1, 2, 4}) {
            try (var loop = new TrainLoop(model(), new Descent(), 1, workers)) {
                loop.step(batch, objective, 0);
                metrics.add(loop.step(batch, objective, 0).metrics());
            }
        }
        assertEquals(
                List.of("row", "value", "slices"),
                List.copyOf(metrics.getFirst().keySet()));
        assertEquals(8 / 6.0, metrics.getFirst().get("row"), 1e-12);
        assertEquals(4, metrics.getFirst().get("slices"));
        assertEquals(metrics.get(0), metrics.get(1));
        assertEquals(metrics.get(0), metrics.get(2));
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float v : vector) {
            squares += (double) v * v;
        }
        return Math.sqrt(squares);
    }

    @Test
    void clippingShortensTheStepAndKeepsItsDirection() {
        var batch = batch(5, 1);
        var norm = new double[1];
        var free = step(model(), batch, Double.POSITIVE_INFINITY, norm);
        assertEquals(length(free), norm[0], 1e-4);
        double clip = norm[0] / 4;
        var clipped = step(model(), batch, clip, norm);
        assertEquals(length(free), norm[0], 1e-4, "the norm told is that before clipping");
        assertEquals(clip, length(clipped), 1e-5);
        for (int i = 0; i < free.length; i++) {
            assertEquals(free[i] / 4, clipped[i], 1e-6);
        }
        var unclipped = step(model(), batch, norm[0] * 2, norm);
        assertArrayEquals(free, unclipped, "a gradient that is short enough is left alone");
    }

    @Test
    void aDivergedStepMovesNothing() {
        for (float weight : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
            var model = model();
            var before = model.parameters().values().toArray();
            try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, 2)) {
                var result = loop.step(batch(4, weight), CrossEntropy.PLAIN, 0.1);
                assertFalse(Double.isFinite(result.loss()), "weight " + weight);
                assertArrayEquals(before, model.parameters().values().toArray());
                var next = loop.step(batch(4, 1), CrossEntropy.PLAIN, 0.1);
                assertTrue(Double.isFinite(next.loss()), "and the next step goes on");
                assertFalse(Arrays.equals(before, model.parameters().values().toArray()));
            }
        }
    }

    @Test
    void positionsWithoutWeightTeachNothing() {
        var batch = batch(4, 1);
        for (int i = 0; i < batch.weights().length; i += 2) {
            batch.weights()[i] = 0;
        }
        var other = batch.targets().clone();
        for (int i = 0; i < other.length; i += 2) {
            other[i] = (other[i] + 5) % VOCABULARY;
        }
        var norm = new double[1];
        var moved = step(model(), batch, 1, norm);
        var same = step(model(), new Batch(4, TIME, batch.tokens(), other, batch.weights(), 1), 1, norm);
        assertArrayEquals(moved, same, 1e-7f);
        other[1] = (other[1] + 5) % VOCABULARY;
        var different = step(model(), new Batch(4, TIME, batch.tokens(), other, batch.weights(), 1), 1, norm);
        assertFalse(Arrays.equals(moved, different));
    }

    @Test
    void oneBatchIsLearnedByHeart() {
        var batch = batch(3, 1);
        try (var loop = new TrainLoop(model(), AdamW.DEFAULT, 1, 2)) {
            double loss = Double.NaN;
            for (int step = 0; step < 150; step++) {
                loss = loop.step(batch, CrossEntropy.PLAIN, 0.02).loss();
            }
            assertTrue(loss < 0.1, "loss " + loss);
        }
    }

    private static float[] trained(LanguageModel model, List<Batch> batches, int workers, OptionalLong seed) {
        try (var loop = seed.isPresent()
                ? new TrainLoop(model, AdamW.DEFAULT, 1, Compute.DEFAULT.withWorkers(workers), seed.getAsLong())
                : new TrainLoop(model, AdamW.DEFAULT, 1, workers)) {
            for (var batch : batches) {
                loop.step(batch, CrossEntropy.PLAIN, 1e-2);
            }
        }
        return model.parameters().values().toArray();
    }

    private static Transformer dropping(double probability) {
        return Transformer.of(Gpt.of(TIME, 12, 1, 2).dropout(probability), VOCABULARY, 3);
    }

    @Test
    void theSeedDecidesWhatIsDropped() {
        var batches = List.of(batch(6, 1), batch(6, 1), batch(6, 1));
        var one = trained(dropping(0.2), batches, 1, OptionalLong.of(5));
        assertArrayEquals(one, trained(dropping(0.2), batches, 2, OptionalLong.of(5)), "two workers");
        assertArrayEquals(one, trained(dropping(0.2), batches, 4, OptionalLong.of(5)), "four workers");
        assertFalse(Arrays.equals(one, trained(dropping(0.2), batches, 2, OptionalLong.of(6))), "another seed");

        var none = trained(dropping(0), batches, 2, OptionalLong.empty());
        assertArrayEquals(none, trained(dropping(0.2), batches, 2, OptionalLong.empty()), "without a seed");
        assertArrayEquals(none, trained(dropping(0), batches, 2, OptionalLong.of(5)), "with a probability of 0");
        assertFalse(Arrays.equals(none, one));
    }

    /** Each step drops others; a step of rate 0 changes nothing else. */
    @Test
    void theStepDecidesWhatIsDropped() {
        var batch = batch(6, 1);
        try (var loop = new TrainLoop(dropping(0.2), AdamW.DEFAULT, 1, Compute.DEFAULT, 5);
                var again = new TrainLoop(dropping(0.2), AdamW.DEFAULT, 1, Compute.DEFAULT, 5)) {
            double first = loop.step(batch, CrossEntropy.PLAIN, 0).loss();
            double second = loop.step(batch, CrossEntropy.PLAIN, 0).loss();
            assertNotEquals(first, second);
            assertEquals(first, again.step(batch, CrossEntropy.PLAIN, 0).loss());
        }
    }

    /** The mean over many masks of a loss is near that without; at one layer and a small p, very near. */
    @Test
    void dropoutKeepsTheExpectedLoss() {
        var batch = batch(6, 1);
        double sum = 0;
        int steps = 400;
        try (var loop = new TrainLoop(dropping(0.02), AdamW.DEFAULT, 1, Compute.DEFAULT, 5)) {
            for (int i = 0; i < steps; i++) {
                sum += loop.step(batch, CrossEntropy.PLAIN, 0).loss();
            }
        }
        try (var plain = new TrainLoop(dropping(0), AdamW.DEFAULT, 1, 1)) {
            assertEquals(plain.step(batch, CrossEntropy.PLAIN, 0).loss(), sum / steps, 0.01);
        }
    }
}
