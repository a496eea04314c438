package trivium.tensor;

import jdk.incubator.vector.VectorMask;

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
        if (bound < n) {
            VectorMask<Float> tail = Lanes.tail(n);
            var sum = Lanes.load(target, toAt + bound, tail).add(Lanes.load(source, fromAt + bound, tail));
            Lanes.store(sum, target, toAt + bound, tail);
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
