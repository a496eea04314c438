package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CachedAttentionTest {

    private static final int CAPACITY = 80;
    private static final float SCALE = 0.3f;
    private static final int KEYS_AT = 16;
    private static final int VALUES_AT = 6;
    private static final int EXTRA_STRIDE = 5;

    private final SplittableRandom random = new SplittableRandom(8);

    private static double[] twin(double[] query, double[][] keys, double[][] values) {
        var weights = new double[keys.length];
        double sum = 0;
        for (int j = 0; j < keys.length; j++) {
            weights[j] = Math.exp(SCALE * Twin.dot(query, keys[j]));
            sum += weights[j];
        }
        var y = new double[query.length];
        for (int j = 0; j < keys.length; j++) {
            for (int i = 0; i < y.length; i++) {
                y[i] += weights[j] / sum * values[j][i];
            }
        }
        return y;
    }

    @Test
    void everyLength() {
        for (int length = 1; length <= Twin.LONGEST; length++) {
            check(length, 8);
        }
    }

    @Test
    void everyHeadSize() {
        for (int size = 1; size <= Twin.LONGEST; size++) {
            check(19, size);
        }
    }

    private void check(int length, int size) {
        int stride = size + EXTRA_STRIDE;
        var query = normals(random, size, 1);
        var cachedKeys = filled(KEYS_AT + size * CAPACITY, Float.NaN); // what is not yet written may be anything
        var cachedValues = filled(VALUES_AT + CAPACITY * stride, Float.NaN);
        var keys = new double[length][];
        var values = new double[length][];
        for (int j = 0; j < length; j++) {
            keys[j] = normals(random, size, 1);
            values[j] = normals(random, size, 1);
            CachedAttention.putKey(guarded(keys[j]), 0, size, cachedKeys, KEYS_AT, CAPACITY, j);
            cachedValues.copyFrom(guarded(values[j]), 0, VALUES_AT + (long) j * stride, size);
        }
        var y = guarded(new double[size]);
        CachedAttention.attend(
                guarded(query),
                0,
                cachedKeys,
                KEYS_AT,
                cachedValues,
                VALUES_AT,
                stride,
                length,
                CAPACITY,
                size,
                SCALE,
                Floats.zeros(CAPACITY),
                y,
                0);
        assertTwin(twin(query, keys, values), y, 2e-6, length + " positions, head of " + size);
    }

    private static Floats filled(int size, float value) {
        var floats = Floats.zeros(size);
        for (int i = 0; i < size; i++) {
            floats.set(i, value);
        }
        return floats;
    }
}
