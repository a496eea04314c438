package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RotaryTest {

    private static final int CONTEXT = 40;
    private static final int HEADS = 3;
    private static final int AT = 2;
    private static final double THETA = 10_000;

    private final SplittableRandom random = new SplittableRandom(6);

    private static double[] twin(double[] x, int size, int position) {
        var y = x.clone();
        int half = size / 2;
        for (int head = AT; head < x.length; head += size) {
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(THETA, -2.0 * i / size);
                y[head + i] = x[head + i] * Math.cos(angle) - x[head + half + i] * Math.sin(angle);
                y[head + half + i] = x[head + i] * Math.sin(angle) + x[head + half + i] * Math.cos(angle);
            }
        }
        return y;
    }

    @Test
    void turnsAndTurnsBack() {
        for (int size = 2; size <= Twin.LONGEST; size += 2) {
            var rotary = new Rotary(CONTEXT, size, THETA);
            for (int position : new int[] {0, 1, CONTEXT - 1}) {
                var x = normals(random, AT + HEADS * size, 1);
                var floats = guarded(x);
                rotary.turn(floats, AT, HEADS, position, true);
                assertTwin(twin(x, size, position), floats, 1e-5, "heads of " + size + " at " + position);
                rotary.turn(floats, AT, HEADS, position, false);
                assertTwin(x, floats, 1e-6, "heads of " + size + " there and back at " + position);
            }
        }
    }

    /** What rotary positions are for: the product of a query and a key depends on their distance only. */
    @Test
    void onlyTheDistanceMatters() {
        int size = 24;
        var rotary = new Rotary(CONTEXT, size, THETA);
        var query = normals(random, size, 1);
        var key = normals(random, size, 1);
        double expected = product(rotary, query, 7, key, 2);
        assertEquals(expected, product(rotary, query, 35, key, 30), 1e-4);
        assertNotEquals(expected, product(rotary, query, 35, key, 29), 1e-2, "another distance, another product");
    }

    private static double product(Rotary rotary, double[] query, int queryAt, double[] key, int keyAt) {
        return Twin.dot(turned(rotary, query, queryAt), turned(rotary, key, keyAt));
    }

    private static double[] turned(Rotary rotary, double[] x, int position) {
        var floats = guarded(x);
        rotary.turn(floats, 0, 1, position, true);
        var result = new double[x.length];
        Arrays.setAll(result, i -> floats.get(i));
        return result;
    }
}
