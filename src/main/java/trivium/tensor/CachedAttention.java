package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * Attention of one new token over a key-value cache. Keys are kept transposed, (D, capacity), so that scores of many
 * positions are computed lane by lane without adding across lanes; values as (capacity, D).
 */
public final class CachedAttention {

    private CachedAttention() {}

    /**
     * Writes a token's key (D numbers from {@code from[at]}) into column {@code position} of a head's transposed cache.
     */
    public static void putKey(Floats from, long at, int size, Floats keys, long head, int capacity, int position) {
        for (int i = 0; i < size; i++) {
            keys.set(head + (long) i * capacity + position, from.get(at + i));
        }
    }

    /**
     * y = softmax(scale · q · Kᵀ) · V over the first {@code length} cached positions of one head.
     *
     * @param scores room for {@code length} numbers, overwritten
     */
    public static void attend(
            Floats query,
            long queryAt,
            Floats keys,
            long keysAt,
            Floats values,
            long valuesAt,
            int valueStride,
            int length,
            int capacity,
            int size,
            float scale,
            Floats scores,
            Floats y,
            long yAt) {
        score(query, queryAt, keys, keysAt, length, capacity, size, scores);
        var memory = scores.memory();
        float shift = -Exponentials.max(memory, 0, length) * scale;
        float sum = Exponentials.exponentials(memory, 0, length, scale, shift);
        mix(scores, 1 / sum, values, valuesAt, valueStride, length, size, y, yAt);
    }

    /**
     * q · Kᵀ; the cache's rows and the scores are padded to whole vectors, so that lanes past the length may hold
     * anything.
     */
    private static void score(
            Floats query, long queryAt, Floats keys, long keysAt, int length, int capacity, int size, Floats scores) {
        int j = 0;
        for (; j + 4 * Lanes.COUNT <= length; j += 4 * Lanes.COUNT) {
            scoreFour(query, queryAt, keys, keysAt + j, capacity, size, scores, j);
        }
        for (; j < length; j += Lanes.COUNT) {
            scoreOne(query, queryAt, keys, keysAt + j, capacity, size, scores, j);
        }
    }

    private static void scoreOne(
            Floats query, long queryAt, Floats keys, long keysAt, int capacity, int size, Floats scores, int j) {
        var k = keys.memory();
        var sum = Lanes.zero();
        for (int i = 0; i < size; i++) {
            sum = Lanes.load(k, keysAt + (long) i * capacity).fma(Lanes.all(query.get(queryAt + i)), sum);
        }
        Lanes.store(sum, scores.memory(), j);
    }

    /** Four sums at once, since each addition waits for the one before. */
    private static void scoreFour(
            Floats query, long queryAt, Floats keys, long keysAt, int capacity, int size, Floats scores, int j) {
        var k = keys.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < size; i++) {
            var q = Lanes.all(query.get(queryAt + i));
            long at = keysAt + (long) i * capacity;
            a = Lanes.load(k, at).fma(q, a);
            b = Lanes.load(k, at + Lanes.COUNT).fma(q, b);
            c = Lanes.load(k, at + 2L * Lanes.COUNT).fma(q, c);
            d = Lanes.load(k, at + 3L * Lanes.COUNT).fma(q, d);
        }
        var s = scores.memory();
        Lanes.store(a, s, j);
        Lanes.store(b, s, j + Lanes.COUNT);
        Lanes.store(c, s, j + 2L * Lanes.COUNT);
        Lanes.store(d, s, j + 3L * Lanes.COUNT);
    }

    private static void mix(
            Floats weights,
            float inverse,
            Floats values,
            long valuesAt,
            int stride,
            int length,
            int size,
            Floats y,
            long yAt) {
        int i = 0;
        for (; i + 2 * Lanes.COUNT <= size; i += 2 * Lanes.COUNT) {
            mixTwo(weights, inverse, values, valuesAt + i, stride, length, y, yAt + i);
        }
        for (; i < size; i += Lanes.COUNT) {
            mixOne(weights, inverse, values, valuesAt + i, stride, length, y, yAt + i, size - i);
        }
    }

    /** The first {@code count} lanes are stored. */
    private static void mixOne(
            Floats weights,
            float inverse,
            Floats values,
            long valuesAt,
            int stride,
            int length,
            Floats y,
            long yAt,
            int count) {
        var v = values.memory();
        var sum = Lanes.zero();
        for (int j = 0; j < length; j++) {
            sum = Lanes.load(v, valuesAt + (long) j * stride).fma(Lanes.all(weights.get(j)), sum);
        }
        Lanes.store(sum.mul(inverse), y.memory(), yAt, Lanes.SPECIES.indexInRange(0, count));
    }

    /** Two vectors, and even and odd positions apart: four sums at once. */
    private static void mixTwo(
            Floats weights, float inverse, Floats values, long valuesAt, int stride, int length, Floats y, long yAt) {
        var v = values.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        int j = 0;
        for (; j + 2 <= length; j += 2) {
            long at = valuesAt + (long) j * stride;
            var even = Lanes.all(weights.get(j));
            var odd = Lanes.all(weights.get(j + 1));
            a = Lanes.load(v, at).fma(even, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(even, b);
            c = Lanes.load(v, at + stride).fma(odd, c);
            d = Lanes.load(v, at + stride + Lanes.COUNT).fma(odd, d);
        }
        if (j < length) {
            long at = valuesAt + (long) j * stride;
            var last = Lanes.all(weights.get(j));
            a = Lanes.load(v, at).fma(last, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(last, b);
        }
        Lanes.store(a.add(c).mul(inverse), y.memory(), yAt);
        Lanes.store(b.add(d).mul(inverse), y.memory(), yAt + Lanes.COUNT);
    }
}
