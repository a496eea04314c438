package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
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
        double loss = new CrossEntropy().loss(batch, 0, 3, values, gradients);
        // −(1·(−1) − 0.5·(−3) + 2·(−0.25)) / 3: three positions have a weight
        assertEquals(-(-1 + 1.5 - 0.5) / 3, loss, 1e-7);
        assertArrayEquals(new float[] {-1 / 3f, 0, 0.5f / 3, -2 / 3f, 0, 0}, gradients, 1e-7f);
    }

    @Test
    void aSliceTouchesItsRowsOnly() {
        var batch = batch(1, 1, 1, 1, 1, 1);
        float[] values = {-1, -2, -3, -4, -5, -6};
        float[] gradients = {7, 7, 7, 7, 7, 7};
        double loss = new CrossEntropy().loss(batch, 1, 2, values, gradients);
        assertEquals(7 / 6.0, loss, 1e-6);
        assertArrayEquals(new float[] {7, 7, -1 / 6f, -1 / 6f, 7, 7}, gradients, 1e-7f);
    }

    @Test
    void nothingToLearnIsNoLoss() {
        var gradients = new float[2];
        assertEquals(0, new CrossEntropy().loss(batch(0, 0), 0, 1, new float[] {-1, -2}, gradients));
        assertArrayEquals(new float[2], gradients, 0f);
    }
}
