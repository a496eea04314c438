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

    /** With fewer tasks, handing them over takes as long as doing them. */
    private static final int WORTH_SHARING = 4;

    /** Numbers of scratch space that {@link #multiply} needs. */
    public static final int SCRATCH = ROWS * WIDTH;

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
        int outputs = Math.max(1, TASK / (in * WIDTH)) * WIDTH;
        int tasks = Math.ceilDiv(out, outputs);
        if (tasks < WORTH_SHARING || team.threads() == 1) {
            multiply(x, y, rows, add, scratch, 0, out);
            return;
        }
        // Only the last task meets the edge, so the scratch space is one thread's.
        team.run(tasks, i -> multiply(x, y, rows, add, scratch, i * outputs, Math.min(out, (i + 1) * outputs)));
    }

    private void multiply(Floats x, Floats y, int rows, boolean add, Floats scratch, int from, int to) {
        for (int first = from; first < to; first += WIDTH) {
            long weights = (long) first * in;
            if (first + WIDTH <= out) {
                full(x, y, rows, add, first, weights);
            } else {
                edge(x, y, rows, add, first, weights, scratch);
            }
        }
    }

    private void full(Floats x, Floats y, int rows, boolean add, int first, long weights) {
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            four(x, (long) row * in, in, packed, weights, y, (long) row * out + first, out, add);
        }
        for (; row < rows; row++) {
            one(x, (long) row * in, in, packed, weights, y, (long) row * out + first, add);
        }
    }

    /** The last panel, where outputs end before it does. */
    private void edge(Floats x, Floats y, int rows, boolean add, int first, long weights, Floats scratch) {
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            four(x, (long) row * in, in, packed, weights, scratch, 0, WIDTH, false);
            copyEdge(scratch, y, (long) row * out + first, ROWS, out - first, add);
        }
        for (; row < rows; row++) {
            one(x, (long) row * in, in, packed, weights, scratch, 0, false);
            copyEdge(scratch, y, (long) row * out + first, 1, out - first, add);
        }
    }

    private void copyEdge(Floats scratch, Floats y, long at, int rows, int columns, boolean add) {
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                long to = at + (long) row * out + i;
                float sum = scratch.get((long) row * WIDTH + i);
                y.set(to, add ? y.get(to) + sum : sum);
            }
        }
    }

    private static void one(Floats x, long at, int in, Floats packed, long weights, Floats y, long to, boolean add) {
        var w = packed.memory();
        FloatVector a = Lanes.zero();
        FloatVector b = Lanes.zero();
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(at + i));
            a = Lanes.load(w, weights + (long) i * WIDTH).fma(factor, a);
            b = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT).fma(factor, b);
        }
        store(a, b, y, to, add);
    }

    private static void four(
            Floats x, long at, int in, Floats packed, long weights, Floats y, long to, int stride, boolean add) {
        var w = packed.memory();
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
        store(a0, b0, y, to, add);
        store(a1, b1, y, to + stride, add);
        store(a2, b2, y, to + 2L * stride, add);
        store(a3, b3, y, to + 3L * stride, add);
    }

    private static void store(FloatVector a, FloatVector b, Floats y, long to, boolean add) {
        var memory = y.memory();
        Lanes.store(add ? a.add(Lanes.load(memory, to)) : a, memory, to);
        Lanes.store(add ? b.add(Lanes.load(memory, to + Lanes.COUNT)) : b, memory, to + Lanes.COUNT);
    }
}
