package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.tensor.Floats;
import trivium.tensor.Noise;
import trivium.tensor.RowLayout;

/** NEFTune's noise on embeddings: its size and distribution, what it depends on, and gradients beside it. */
class NeftuneTest {

    private static final RandomKey KEY = new RandomKey(3, 17, 5);

    @Test
    void noiseIsUniformWithinItsBound() {
        int n = 200_000;
        var x = Floats.zeros(n + 1);
        Noise.addUniform(x, 1, n, 0.5f, 77);
        double sum = 0;
        double squares = 0;
        var tenths = new int[10];
        for (int i = 1; i <= n; i++) {
            float v = x.get(i);
            assertTrue(v >= -0.5f && v < 0.5f);
            sum += v;
            squares += (double) v * v;
            tenths[(int) ((v + 0.5) * 10)]++;
        }
        assertEquals(0, x.get(0));
        assertEquals(0, sum / n, 0.002, "mean");
        assertEquals(1.0 / 12, squares / n, 0.001, "variance of a uniform number");
        for (int tenth : tenths) {
            assertEquals(n / 10.0, tenth, 600);
        }
    }

    @Test
    void gradientsAreThoseOfTheNoisyFunction() {
        new GradientCheck(Shapes.model(Shapes.LLAMA_IN_GROUPS), Shapes.VOCABULARY, Shapes.CONTEXT, KEY, 1.0 / 64).run();
        new GradientCheck(Shapes.model(Shapes.GPT_WITH_BIASES), Shapes.VOCABULARY, Shapes.CONTEXT, KEY, 1.0 / 64).run();
    }

    private static float[] values(Transformer model, int rows, int time, int[] tokens, RandomKey key) {
        var values = new float[rows * time];
        model.pass(rows, time).forward(tokens, tokens, 0, rows, time, values, key);
        return values;
    }

    @Test
    void itIsTheStepsAndEachRowsOwn() {
        var model = Shapes.model(Shapes.LLAMA_IN_GROUPS);
        int[] tokens = Shapes.tokens(new SplittableRandom(9), 2 * 8);
        var once = values(model, 2, 8, tokens, KEY);
        assertArrayEquals(once, values(model, 2, 8, tokens, KEY));
        assertNotEquals(once[3], values(model, 2, 8, tokens, new RandomKey(3, 18, 5))[3], "another step");
        assertNotEquals(once[3], values(model, 2, 8, tokens, new RandomKey(4, 17, 5))[3], "another seed");
        var none = values(model, 2, 8, tokens, new RandomKey(3, 17));
        assertNotEquals(once[3], none[3]);
        var plain = new float[16];
        model.pass(2, 8).forward(tokens, tokens, 0, 2, 8, plain);
        assertArrayEquals(plain, none, "without α nothing is added");
        var slight = values(model, 2, 8, tokens, new RandomKey(3, 17, 0.005));
        for (int i = 0; i < slight.length; i++) {
            assertEquals(plain[i], slight[i], 0.01 * Math.abs(once[i] - plain[i]) + 0.01, "in proportion to α");
        }
    }

    /** A short row beside a long one gets the noise of its own length. */
    @Test
    void paddingChangesNothing() {
        var model = Shapes.model(Shapes.LLAMA_IN_GROUPS);
        int[] tokens = Shapes.tokens(new SplittableRandom(9), 2 * 8);
        var pass = model.pass(2, 8);
        pass.rowLayout(RowLayout.lengths(1, IntStream.of(3, 8)));
        var together = new float[16];
        pass.forward(tokens, tokens, 0, 2, 8, together, KEY);
        var alone = values(model, 1, 3, Shapes.first(tokens, 3), KEY);
        for (int t = 0; t < 3; t++) {
            assertEquals(alone[t], together[t], 1e-6);
        }
    }
}
