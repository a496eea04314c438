package trivium.tensor;

/**
 * RMSNorm (Zhang and Sennrich 2019, eq. 4) of queries and keys, in place among queries, keys and values (N, (H +
 * 2K)·D): QK-norm. Each head is normalised by itself, all query heads sharing one scale and all key heads another; or
 * all queries of a position together and all its keys together, as one wide head each.
 *
 * @param queries query heads H, or 1 for all as one
 * @param querySize D, or H·D
 * @param keys key heads K, standing right after the queries, or 1 for all as one
 * @param keySize D, or K·D; values take as much room as keys
 * @param queryWeight where the queries' scale stands in the parameters
 * @param keyWeight where the keys' scale stands
 */
public record HeadNorms(int queries, int querySize, int keys, int keySize, long queryWeight, long keyWeight) {

    /**
     * Numbers that {@link #forward} keeps of a position: its heads as they were, and 1/√(mean of squares + ε) of each.
     */
    public long kept() {
        return normed() + queries + keys;
    }

    /** Numbers of a position's queries and keys. */
    private long normed() {
        return (long) queries * querySize + (long) keys * keySize;
    }

    /**
     * x becomes x / √(mean of x² + ε) · (offset + weight) in each head of {@code n} positions; {@code kept} (n,
     * kept()).
     */
    public void forward(Floats parameters, Floats x, int n, float offset, float epsilon, Floats kept) {
        int heads = queries + keys;
        long inverses = n * normed();
        for (int i = 0; i < n * heads; i++) {
            long at = at(i);
            long copy = copy(i);
            int size = size(i);
            kept.copyFrom(x, at, copy, size);
            float inverse = (float) (1 / Math.sqrt(product(x, at, x, at, size) / size + epsilon));
            kept.set(inverses + i, inverse);
            scale(x, at, size, inverse, parameters, weight(i), offset);
        }
    }

    /**
     * dy becomes dx in each head, and the scales' gradients are added to {@code gradient}: the queries' from
     * {@code gradientAt} on, the keys' as far behind it as their scale is behind the queries'.
     *
     * <pre>dx = inverse · (g − x̂ · mean(g · x̂)),  g = dy · (offset + weight),  x̂ = x · inverse</pre>
     */
    public void backward(
            Floats parameters, Floats kept, int n, float offset, Floats gradient, long gradientAt, Floats dy) {
        int heads = queries + keys;
        long inverses = n * normed();
        for (int i = 0; i < n * heads; i++) {
            long at = at(i);
            long copy = copy(i);
            int size = size(i);
            float inverse = kept.get(inverses + i);
            weightGradient(kept, copy, size, inverse, dy, at, gradient, gradientAt + weight(i) - queryWeight);
            scale(dy, at, size, inverse, parameters, weight(i), offset); // now inverse · g
            float mean = product(dy, at, kept, copy, size) / size;
            subtract(dy, at, size, kept, copy, mean * inverse * inverse);
        }
    }

    private int size(int i) {
        return i % (queries + keys) < queries ? querySize : keySize;
    }

    /** Where a head stands among queries, keys and values. */
    private long at(int i) {
        return i / (queries + keys) * (normed() + (long) keys * keySize) + within(i);
    }

    /** Where it stands among what is kept. */
    private long copy(int i) {
        return i / (queries + keys) * normed() + within(i);
    }

    private long within(int i) {
        int head = i % (queries + keys);
        return head < queries
                ? (long) head * querySize
                : (long) queries * querySize + (long) (head - queries) * keySize;
    }

    private long weight(int i) {
        return i % (queries + keys) < queries ? queryWeight : keyWeight;
    }

    private static float product(Floats a, long aAt, Floats b, long bAt, int size) {
        var left = a.memory();
        var right = b.memory();
        var sum = Lanes.zero();
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            sum = Lanes.load(left, aAt + i).fma(Lanes.load(right, bAt + i), sum);
        }
        float total = Lanes.sum(sum);
        for (int i = bound; i < size; i++) {
            total += a.get(aAt + i) * b.get(bAt + i);
        }
        return total;
    }

    private static void scale(Floats x, long at, int size, float factor, Floats parameters, long weight, float offset) {
        var memory = x.memory();
        var theta = parameters.memory();
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var by = Lanes.load(theta, weight + i).add(offset);
            Lanes.store(Lanes.load(memory, at + i).mul(factor).mul(by), memory, at + i);
        }
        for (int i = bound; i < size; i++) {
            x.set(at + i, x.get(at + i) * factor * (parameters.get(weight + i) + offset));
        }
    }

    private static void weightGradient(
            Floats kept, long copy, int size, float inverse, Floats dy, long at, Floats gradient, long weight) {
        var in = kept.memory();
        var out = dy.memory();
        var grad = gradient.memory();
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var normal = Lanes.load(in, copy + i).mul(inverse);
            Lanes.store(Lanes.load(out, at + i).fma(normal, Lanes.load(grad, weight + i)), grad, weight + i);
        }
        for (int i = bound; i < size; i++) {
            float normal = kept.get(copy + i) * inverse;
            gradient.set(weight + i, Math.fma(dy.get(at + i), normal, gradient.get(weight + i)));
        }
    }

    /** dy −= factor · x. */
    private static void subtract(Floats dy, long at, int size, Floats kept, long copy, float factor) {
        var in = kept.memory();
        var out = dy.memory();
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var x = Lanes.load(in, copy + i);
            Lanes.store(Lanes.load(out, at + i).sub(x.mul(factor)), out, at + i);
        }
        for (int i = bound; i < size; i++) {
            dy.set(at + i, dy.get(at + i) - kept.get(copy + i) * factor);
        }
    }
}
