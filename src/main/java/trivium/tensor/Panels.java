package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * The weights of a linear layer (out, in), copied into the order in which a product with a few rows reads them: panels
 * of neighbouring outputs, and within a panel input by input. A vector then holds one input's weights for several
 * outputs, so nothing is added across lanes and every weight is read once for four rows.
 *
 * <p>BLAS is made for large products: with the rows of a decoding step it spends more time on copying the weights into
 * an order of its own, at every call, than on multiplying. An output is summed input by input whatever the number of
 * rows, so that a row's result does not depend on its neighbours.
 */
public final class Panels {

    private static final int ROWS = 4;
    private static final int WIDTH = 2 * Lanes.COUNT;

    /** Weights of a task for a team: a few microseconds' work. */
    private static final int TASK = 1 << 15;

    private static final int MOST_TASKS = 64;

    private static final int BLOCK = ROWS * WIDTH;

    /** With fewer tasks, handing them over takes as long as doing them. */
    private static final int WORTH_SHARING = 4;

    /** Numbers of scratch space that {@link #multiply} needs. */
    public static final int SCRATCH = MOST_TASKS * BLOCK;

    private final int in;
    private final int out;
    private final Floats packed; // (panels, in, WIDTH), zeros after the last output

    /** Room for weights (out, in). */
    public Panels(int out, int in) {
        this.in = in;
        this.out = out;
        packed = Floats.zeros(size(out, in));
    }

    /** Numbers that packed weights (out, in) take: outputs are filled up to whole panels. */
    public static long size(int out, int in) {
        return (long) Math.ceilDiv(out, WIDTH) * WIDTH * in;
    }

    /** Copies the weights (out, in) that stand at {@code weight}; once after each change. */
    public void pack(Floats parameters, long weight) {
        for (int o = 0; o < out; o++) {
            long to = (long) (o / WIDTH) * in * WIDTH + o % WIDTH;
            long from = weight + (long) o * in;
            for (int i = 0; i < in; i++) {
                packed.set(to + (long) i * WIDTH, parameters.get(from + i));
            }
        }
    }

    /**
     * y (rows, out) = x (rows, in) · Wᵀ, or added to y.
     *
     * @param scratch room for {@link #SCRATCH} numbers of the calling thread's own
     */
    public void multiply(Floats x, Floats y, int rows, boolean add, Floats scratch) {
        multiply(x, y, rows, add, scratch, 0, out);
    }

    /** The same on a team: each output is one thread's, so the numbers don't depend on how many there are. */
    public void multiply(Floats x, Floats y, int rows, boolean add, Floats scratch, Team team) {
        int panels = Math.ceilDiv(out, WIDTH);
        int outputs = Math.max(Math.max(1, TASK / (in * WIDTH)), Math.ceilDiv(panels, MOST_TASKS)) * WIDTH;
        int tasks = Math.ceilDiv(out, outputs);
        if (tasks < WORTH_SHARING || team.threads() == 1) {
            multiply(x, y, rows, add, scratch, 0, out);
            return;
        }
        team.run(
                tasks,
                i -> multiply(
                        x,
                        y,
                        rows,
                        add,
                        scratch.slice((long) i * BLOCK, BLOCK),
                        i * outputs,
                        Math.min(out, (i + 1) * outputs)));
    }

    private void multiply(Floats x, Floats y, int rows, boolean add, Floats scratch, int from, int to) {
        if (rows == 1) {
            single(x, y, add, scratch, from, to);
            return;
        }
        for (int first = from; first < to; first += WIDTH) {
            long weights = (long) first * in;
            if (first + WIDTH <= out && !add) {
                full(x, y, rows, first, weights);
            } else {
                buffered(x, y, rows, add, first, weights, scratch);
            }
        }
    }

    /** One row: two panels at a time, for two sums alone would wait for each other's additions. */
    private void single(Floats x, Floats y, boolean add, Floats scratch, int from, int to) {
        int first = from;
        for (; first + 2 * WIDTH <= to; first += 2 * WIDTH) {
            long weights = (long) first * in;
            two(x, in, packed, weights, weights + (long) WIDTH * in, add ? scratch : y, add ? 0 : first);
            if (add) {
                Rows.add(scratch, 0, y, first, 2 * WIDTH);
            }
        }
        for (; first < to; first += WIDTH) {
            buffered(x, y, 1, add, first, (long) first * in, scratch);
        }
    }

    private void full(Floats x, Floats y, int rows, int first, long weights) {
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            four(x, (long) row * in, in, packed, weights, y, (long) row * out + first, out);
        }
        for (; row < rows; row++) {
            one(x, (long) row * in, in, packed, weights, y, (long) row * out + first);
        }
    }

    /** By way of the scratch space: where y is added to, and in the last panel, where outputs end before it does. */
    private void buffered(Floats x, Floats y, int rows, boolean add, int first, long weights, Floats scratch) {
        int columns = Math.min(WIDTH, out - first);
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            four(x, (long) row * in, in, packed, weights, scratch, 0, WIDTH);
            copy(scratch, y, (long) row * out + first, ROWS, columns, add);
        }
        for (; row < rows; row++) {
            one(x, (long) row * in, in, packed, weights, scratch, 0);
            copy(scratch, y, (long) row * out + first, 1, columns, add);
        }
    }

    private void copy(Floats scratch, Floats y, long at, int rows, int columns, boolean add) {
        for (int row = 0; row < rows; row++) {
            if (add) {
                Rows.add(scratch, (long) row * WIDTH, y, at + (long) row * out, columns);
            } else {
                y.copyFrom(scratch, (long) row * WIDTH, at + (long) row * out, columns);
            }
        }
    }

    private static void one(Floats x, long at, int in, Floats packed, long weights, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero();
        FloatVector b = Lanes.zero();
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(at + i));
            a = Lanes.load(w, weights + (long) i * WIDTH).fma(factor, a);
            b = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT).fma(factor, b);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
    }

    private static void two(Floats x, int in, Floats packed, long weights, long others, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(i));
            a = Lanes.load(w, weights + (long) i * WIDTH).fma(factor, a);
            b = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT).fma(factor, b);
            c = Lanes.load(w, others + (long) i * WIDTH).fma(factor, c);
            d = Lanes.load(w, others + (long) i * WIDTH + Lanes.COUNT).fma(factor, d);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
        Lanes.store(c, memory, to + WIDTH);
        Lanes.store(d, memory, to + WIDTH + Lanes.COUNT);
    }

    // Storing is written out: a method of its own for it was sometimes not inlined, and then each of the eight sums
    // became an object at every turn of the loop, a fifth of the speed in every other run (docs/log.md).
    private static void four(Floats x, long at, int in, Floats packed, long weights, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int i = 0; i < in; i++) {
            var left = Lanes.load(w, weights + (long) i * WIDTH);
            var right = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT);
            var x0 = Lanes.all(x.get(at + i));
            a0 = left.fma(x0, a0);
            b0 = right.fma(x0, b0);
            var x1 = Lanes.all(x.get(at + in + i));
            a1 = left.fma(x1, a1);
            b1 = right.fma(x1, b1);
            var x2 = Lanes.all(x.get(at + 2L * in + i));
            a2 = left.fma(x2, a2);
            b2 = right.fma(x2, b2);
            var x3 = Lanes.all(x.get(at + 3L * in + i));
            a3 = left.fma(x3, a3);
            b3 = right.fma(x3, b3);
        }
        Lanes.store(a0, memory, to);
        Lanes.store(b0, memory, to + Lanes.COUNT);
        Lanes.store(a1, memory, to + stride);
        Lanes.store(b1, memory, to + stride + Lanes.COUNT);
        Lanes.store(a2, memory, to + 2L * stride);
        Lanes.store(b2, memory, to + 2L * stride + Lanes.COUNT);
        Lanes.store(a3, memory, to + 3L * stride);
        Lanes.store(b3, memory, to + 3L * stride + Lanes.COUNT);
    }
}
