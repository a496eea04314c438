package trivium.tensor;

/** Adding and gathering whole rows of C numbers: embeddings, biases and their gradients. */
public final class Rows {

    private Rows() {}

    /** {@code to[toAt …] = from[fromAt …]}, {@code n} numbers. */
    public static void copy(Floats from, long fromAt, Floats to, long toAt, int n) {
        to.copyFrom(from, fromAt, toAt, n);
    }

    /** {@code to[toAt …] += from[fromAt …]}, {@code n} numbers. */
    public static void add(Floats from, long fromAt, Floats to, long toAt, int n) {
        var source = from.memory();
        var target = to.memory();
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(target, toAt + i).add(Lanes.load(source, fromAt + i)), target, toAt + i);
        }
        for (int i = bound; i < n; i++) {
            to.set(toAt + i, to.get(toAt + i) + from.get(fromAt + i));
        }
    }

    /** {@code to[toAt …] += factor · from[fromAt …]}, {@code n} numbers, each rounded once. */
    public static void addScaled(Floats from, long fromAt, float factor, Floats to, long toAt, int n) {
        var source = from.memory();
        var target = to.memory();
        var factors = Lanes.all(factor);
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var sum = Lanes.load(source, fromAt + i).fma(factors, Lanes.load(target, toAt + i));
            Lanes.store(sum, target, toAt + i);
        }
        for (int i = bound; i < n; i++) {
            to.set(toAt + i, Math.fma(factor, from.get(fromAt + i), to.get(toAt + i)));
        }
    }

    /** {@code x[at …] *= factor}, {@code n} numbers. */
    public static void scale(Floats x, long at, float factor, int n) {
        var memory = x.memory();
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(memory, at + i).mul(factor), memory, at + i);
        }
        for (int i = bound; i < n; i++) {
            x.set(at + i, x.get(at + i) * factor);
        }
    }

    /** Every row of y (rows, n) becomes the bias: the product that follows adds to it. */
    public static void fill(Floats parameters, long bias, Floats y, int rows, int n) {
        for (int row = 0; row < rows; row++) {
            y.copyFrom(parameters, bias, (long) row * n, n);
        }
    }

    /** Every row of y (rows, n) gets the bias added. */
    public static void addToAll(Floats parameters, long bias, Floats y, int rows, int n) {
        for (int row = 0; row < rows; row++) {
            add(parameters, bias, y, (long) row * n, n);
        }
    }

    /** Adds the sum of dy's rows (rows, n) to the bias's gradient. */
    public static void sum(Floats dy, int rows, int n, Floats gradient, long bias) {
        for (int row = 0; row < rows; row++) {
            add(dy, (long) row * n, gradient, bias, n);
        }
    }
}
