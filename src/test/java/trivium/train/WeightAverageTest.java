package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.train.Optimisation.Update;

class WeightAverageTest {

    private static final int STEPS = 40;
    private static final int VOCABULARY = 11;

    private static Transformer model() {
        return Transformer.of(Llama.of(8, 12, 1, 2, 2), VOCABULARY, 1);
    }

    private static Optimisation how(double ema, int workers) {
        var rate = new LearningRate(0.01, new Warmup.Steps(0), new Schedule.Constant());
        var plain = Optimisation.of(new Length.Steps(STEPS), 4, rate, AdamW.DEFAULT);
        return plain.update(new Update(AdamW.DEFAULT, 1).ema(ema))
                .compute(plain.compute().withWorkers(workers));
    }

    private static Batch batch(int step) {
        var random = new SplittableRandom(step);
        var weights = new float[32];
        Arrays.fill(weights, 1);
        return new Batch(
                4,
                8,
                random.ints(32, 0, VOCABULARY).toArray(),
                random.ints(32, 0, VOCABULARY).toArray(),
                weights,
                1);
    }

    private static float[] theta(Transformer model) {
        return model.parameters().values().toArray();
    }

    /** a_T = Σ over t of (1 − d_t) θ_t Π over later s of d_s, with θ_0 for a_0; what is trained is as without. */
    private static void check(double decay, int workers) {
        var model = model();
        model.parameters().freeze(tensor -> tensor.name().contains("layers.0.mlp"));
        var plain = model();
        plain.parameters().freeze(tensor -> tensor.name().contains("layers.0.mlp"));
        var states = new ArrayList<>(List.of(theta(model)));
        try (var loop = TrainLoop.of(model, how(decay, workers));
                var twin = TrainLoop.of(plain, how(0, workers))) {
            for (int step = 0; step < STEPS; step++) {
                loop.step(batch(step), CrossEntropy.PLAIN, 0.01);
                twin.step(batch(step), CrossEntropy.PLAIN, 0.01);
                states.add(theta(model));
            }
            assertArrayEquals(theta(plain), theta(model), "the average changes nothing of the training");
            var expected = new double[states.getFirst().length];
            double left = 1; // the product of later decays
            for (int t = STEPS; t >= 0; t--) {
                double d = t == 0 ? 0 : Math.min(decay, (1.0 + t) / (10 + t));
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += (1 - d) * left * states.get(t)[i];
                }
                left *= d;
            }
            loop.onAverage(() -> {
                var average = theta(model);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], average[i], 1e-6, "decay " + decay + ", parameter " + i);
                }
            });
            assertArrayEquals(states.getLast(), theta(model), "the trained weights are back");
        }
    }

    @Test
    void theAverageIsItsClosedForm() {
        for (double decay : new double[] {0.05, 0.7, 0.999}) {
            check(decay, 2);
        }
    }

    @Test
    void workersChangeNoBit() {
        float[] one = null;
        for (int workers : new int[] {1, 2, 3}) {
            var model = model();
            try (var loop = TrainLoop.of(model, how(0.9, workers))) {
                for (int step = 0; step < 5; step++) {
                    loop.step(batch(step), CrossEntropy.PLAIN, 0.01);
                }
                loop.keepAverage();
            }
            one = one == null ? theta(model) : one;
            assertArrayEquals(one, theta(model), workers + " workers");
        }
    }

    /** From the numbers of {@link Stateful} alone, as a checkpoint holds them. */
    @Test
    void whatGoesOnIsWhatWasLeftAlone() {
        var whole = model();
        var halves = model();
        try (var loop = TrainLoop.of(whole, how(0.9, 1));
                var first = TrainLoop.of(model(), how(0.9, 1));
                var second = TrainLoop.of(halves, how(0.9, 1))) {
            for (int step = 0; step < 6; step++) {
                loop.step(batch(step), CrossEntropy.PLAIN, 0.01);
            }
            for (int step = 0; step < 3; step++) {
                first.step(batch(step), CrossEntropy.PLAIN, 0.01);
            }
            second.updates(first.updates());
            var kept = first.tensors();
            second.tensors()
                    .forEach((name, entry) -> entry.values()
                            .copyFrom(
                                    kept.get(name).values(),
                                    0,
                                    0,
                                    entry.values().size()));
            for (int step = 3; step < 6; step++) {
                second.step(batch(step), CrossEntropy.PLAIN, 0.01);
            }
            loop.keepAverage();
            second.keepAverage();
        }
        assertArrayEquals(theta(whole), theta(halves));
    }

    /** The average's memory is what is trained, once. */
    @Test
    void theAverageTakesWhatIsTrainedOnce() {
        long trained = model().parameters().count() * Float.BYTES;
        assertEquals(trained, allocated(0.9) - allocated(0), 512);
    }

    private static long allocated(double ema) {
        var model = model();
        long before = Floats.allocatedBytes();
        try (var loop = TrainLoop.of(model, how(ema, 1))) {
            loop.step(batch(0), CrossEntropy.PLAIN, 0.01);
            return Floats.allocatedBytes() - before;
        }
    }

    @Test
    void whatIsNoDecayIsRefusedAndNoStepFollowsTheEnd() {
        for (double decay : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new Update(AdamW.DEFAULT, 1).ema(decay));
        }
        try (var loop = TrainLoop.of(model(), how(0.9, 1))) {
            loop.keepAverage();
            assertThrows(IllegalStateException.class, () -> loop.step(batch(0), CrossEntropy.PLAIN, 0.01));
        }
    }
}
