package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.tensor.Floats;
import trivium.tensor.Precision;

/** A layer's tiles together: all of dW = dyᵀ · x, and nothing beside it. */
class WeightTileTest {

    private static final int N = 3;
    private static final int BEFORE = 5;

    private final SplittableRandom random = new SplittableRandom(4);

    @Test
    void tilesMakeTheWholeGradient() {
        for (int out : new int[] {1, 384, 385, 1_000, 1_537}) {
            for (int in : new int[] {1, 16, 768, 1_601}) {
                for (var precision : Precision.values()) {
                    check(new Linear(BEFORE, -1, in, out), precision);
                }
            }
        }
    }

    private void check(Linear layer, Precision precision) {
        int out = layer.out();
        int in = layer.in();
        var x = numbers(N * in);
        var dy = numbers(N * out);
        var gradient = numbers(BEFORE + out * in + 1);
        var expected = gradient.toArray();
        for (int i = 0; i < out * in; i++) {
            double sum = expected[BEFORE + i];
            for (int row = 0; row < N; row++) {
                sum += (double) dy.get((long) row * out + i / in) * x.get((long) row * in + i % in);
            }
            expected[BEFORE + i] = (float) sum;
        }
        var products = Products.full(Weights.of(Floats.zeros(layer.end())));
        for (var part : WeightTile.of(0, layer, precision)) {
            products.weightGradient((WeightTile) part, x, dy, N, true, gradient);
        }
        assertArrayEquals(expected, gradient.toArray(), 1e-5f, layer + " in " + precision);
    }

    private Floats numbers(int count) {
        var numbers = Floats.zeros(count);
        for (int i = 0; i < count; i++) {
            numbers.set(i, (float) random.nextGaussian());
        }
        return numbers;
    }
}
