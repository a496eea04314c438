package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

/** Ten steps against ND4J's Adam with the decay done by hand. */
class AdamWTest {

    private static final double RATE = 0.01;
    private static final double DECAY = 0.1;
    private static final int MATRIX = 300 * 250; // longer than what one worker takes at once

    private final SplittableRandom random = new SplittableRandom(51);

    /** A matrix, then a bias. */
    private Parameters parameters() {
        return new Parameters(
                random(MATRIX + 13),
                List.of(
                        new Tensor("weight", 0, List.of(300, 250), Role.MATRIX),
                        new Tensor("bias", MATRIX, List.of(13), Role.BIAS)));
    }

    /** Of either sign, 0.1 to 1: near 0 ND4J's ε, which it adds before correcting the second moment, would show. */
    private Floats random(int n) {
        var floats = Floats.zeros(n);
        for (int i = 0; i < n; i++) {
            floats.set(i, (float) (random.nextDouble(0.1, 1) * (random.nextBoolean() ? 1 : -1)));
        }
        return floats;
    }

    @Test
    void matricesDecayAndBiasesDoNot() {
        check(false, 1);
    }

    @Test
    void allDecaysWhenAsked() {
        check(true, 0.25);
    }

    private void check(boolean decayAll, double scale) {
        var parameters = parameters();
        var theta = parameters.values();
        int n = (int) parameters.count();
        var expected = new double[n];
        for (int i = 0; i < n; i++) {
            expected[i] = theta.get(i);
        }
        var nd4j = new Adam(RATE, 0.9, 0.99, 1e-8).instantiate(Nd4j.zeros(DataType.FLOAT, 1, 2L * n), true);
        var state = new AdamW(0.9, 0.99, 1e-8, DECAY, decayAll).start(parameters);
        try (var workers = new Workers(2)) {
            for (int step = 0; step < 10; step++) {
                var gradient = random(n);
                var update = gradient.toNd4j().mul(scale);
                nd4j.applyUpdater(update, step, 0);
                for (int i = 0; i < n; i++) {
                    double decay = i < MATRIX || decayAll ? RATE * DECAY * expected[i] : 0;
                    expected[i] -= update.getDouble(i) + decay;
                }
                state.step(gradient, scale, RATE, workers);
            }
        }
        for (int i = 0; i < n; i++) {
            assertEquals(expected[i], theta.get(i), 2e-6, "parameter " + i);
        }
        assertEquals(10, state.steps());
    }

    /** A checkpoint is the parameters, the state's buffers and the number of steps. */
    @Test
    void goesOnFromACheckpoint() {
        var parameters = parameters();
        var optimizer = AdamW.DEFAULT;
        var state = optimizer.start(parameters);
        var first = random(MATRIX + 13);
        var second = random(MATRIX + 13);
        try (var workers = new Workers(1)) {
            state.step(first, 1, RATE, workers);
            var copy = new Parameters(Floats.of(parameters.values().toArray()), parameters.tensors());
            var resumed = optimizer.start(copy);
            state.buffers()
                    .forEach((name, moments) ->
                            resumed.buffers().get(name).values().copyFrom(moments.values(), 0, 0, copy.count()));
            resumed.steps(state.steps());
            state.step(second, 1, RATE, workers);
            resumed.step(second, 1, RATE, workers);
            assertArrayEquals(parameters.values().toArray(), copy.values().toArray());
        }
    }

    @Test
    void refusesWhatCannotBe() {
        var betas = assertThrows(IllegalArgumentException.class, () -> new AdamW(1, 0.99, 1e-8, 0, true));
        assertEquals("the betas must be from 0 to under 1, not 1.0 and 0.99", betas.getMessage());
        var decay = assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 0.99, 1e-8, Double.NaN, true));
        assertTrue(decay.getMessage().contains("weight decay not negative"));
    }
}
