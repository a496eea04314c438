package trivium.tensor;

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
        var k = keys.memory();
        for (int j = 0; j < length; j += Lanes.COUNT) {
            var sum = Lanes.zero();
            for (int i = 0; i < size; i++) {
                sum = Lanes.load(k, keysAt + (long) i * capacity + j).fma(Lanes.all(query.get(queryAt + i)), sum);
            }
            Lanes.store(sum, scores.memory(), j);
        }
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
        var v = values.memory();
        for (int i = 0; i < size; i += Lanes.COUNT) {
            var mask = Lanes.SPECIES.indexInRange(i, size);
            var sum = Lanes.zero();
            for (int j = 0; j < length; j++) {
                sum = Lanes.load(v, valuesAt + (long) j * stride + i, mask).fma(Lanes.all(weights.get(j)), sum);
            }
            Lanes.store(sum.mul(inverse), y.memory(), yAt + i, mask);
        }
    }
}
