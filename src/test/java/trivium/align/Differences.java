package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import trivium.tensor.Batch;
import trivium.train.Objective;

/** Checks an objective's gradient against central finite differences. */
final class Differences {

    private Differences() {}

    /** Every position's derivative; the step is a power of two, so that floats hold it exactly. */
    static void check(Objective objective, Batch batch, float[] values) {
        var gradients = new float[values.length];
        Arrays.fill(gradients, Float.NaN); // whatever stood there before must be overwritten
        objective.loss(batch, 0, batch.rows(), values, gradients);
        ToDoubleFunction<float[]> loss = v -> objective.loss(batch, 0, batch.rows(), v, new float[v.length]);
        float step = 1f / 1024;
        for (int i = 0; i < values.length; i++) {
            var up = values.clone();
            var down = values.clone();
            up[i] += step;
            down[i] -= step;
            double expected = (loss.applyAsDouble(up) - loss.applyAsDouble(down)) / ((double) up[i] - down[i]);
            assertEquals(expected, gradients[i], 1e-6 + 1e-4 * Math.abs(expected), "position " + i);
        }
    }

    /** The loss of slices of whole groups adds up to that of the batch, and so do the gradients. */
    static void checkSlices(Objective objective, Batch batch, float[] values) {
        var whole = new float[values.length];
        var parts = new float[values.length];
        double loss = objective.loss(batch, 0, batch.rows(), values, whole);
        int cut = batch.rows() / batch.group() / 3 * batch.group();
        double first = objective.loss(batch, 0, cut, values, parts);
        double second = objective.loss(batch, cut, batch.rows(), values, parts);
        assertEquals(loss, first + second, 1e-12);
        assertArrayEquals(whole, parts);
    }
}
