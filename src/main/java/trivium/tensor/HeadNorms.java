package trivium.tensor;

/**
 * RMSNorm (Zhang and Sennrich 2019, eq. 4) of every query and key head, in place among queries, keys and values (N, (H
 * + 2K)·D): QK-norm. All query heads share one scale of D numbers, all key heads another.
 *
 * @param queries query heads H
 * @param keys key heads K, standing right after the queries
 * @param size D
 * @param queryWeight where the queries' scale stands in the parameters
 * @param keyWeight where the keys' scale stands
 */
public record HeadNorms(int queries, int keys, int size, long queryWeight, long keyWeight) {

    /**
     * Numbers that {@link #forward} keeps of a position: its heads as they were, and 1/√(mean of squares + ε) of each.
     */
    public long kept() {
        return (long) (queries + keys) * (size + 1);
    }

    /** x becomes x / √(mean of x² + ε) · weight in each head of {@code n} positions; {@code kept} (n, kept()). */
    public void forward(Floats parameters, Floats x, int n, float epsilon, Floats kept) {
        int heads = queries + keys;
        long inverses = (long) n * heads * size;
        for (int i = 0; i < n * heads; i++) {
            long at = at(i);
            long copy = (long) i * size;
            kept.copyFrom(x, at, copy, size);
            float inverse = (float) (1 / Math.sqrt(product(x, at, x, at) / size + epsilon));
            kept.set(inverses + i, inverse);
            scale(x, at, inverse, parameters, weight(i));
        }
    }

    /**
     * dy becomes dx in each head, and the scales' gradients are added to {@code gradient}: the queries' from
     * {@code gradientAt} on, the keys' as far behind it as their scale is behind the queries'.
     *
     * <pre>dx = inverse · (g − x̂ · mean(g · x̂)),  g = dy · weight,  x̂ = x · inverse</pre>
     */
    public void backward(Floats parameters, Floats kept, int n, Floats gradient, long gradientAt, Floats dy) {
        int heads = queries + keys;
        long inverses = (long) n * heads * size;
        for (int i = 0; i < n * heads; i++) {
            long copy = (long) i * size;
            float inverse = kept.get(inverses + i);
            weightGradient(kept, copy, inverse, dy, at(i), gradient, gradientAt + weight(i) - queryWeight);
            scale(dy, at(i), inverse, parameters, weight(i)); // now inverse · g
            float mean = product(dy, at(i), kept, copy) / size;
            subtract(dy, at(i), kept, copy, mean * inverse * inverse);
        }
    }

    private long at(int i) {
        int heads = queries + keys;
        return (long) (i / heads) * (heads + keys) * size + (long) (i % heads) * size;
    }

    private long weight(int i) {
        return i % (queries + keys) < queries ? queryWeight : keyWeight;
    }

    private float product(Floats a, long aAt, Floats b, long bAt) {
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

    private void scale(Floats x, long at, float factor, Floats parameters, long weight) {
        var memory = x.memory();
        var theta = parameters.memory();
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(memory, at + i).mul(factor).mul(Lanes.load(theta, weight + i)), memory, at + i);
        }
        for (int i = bound; i < size; i++) {
            x.set(at + i, x.get(at + i) * factor * parameters.get(weight + i));
        }
    }

    private void weightGradient(
            Floats kept, long copy, float inverse, Floats dy, long at, Floats gradient, long weight) {
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
    private void subtract(Floats dy, long at, Floats kept, long copy, float factor) {
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
