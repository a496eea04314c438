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
    private static final int HALF = 2 * Lanes.COUNT;
    private static final int WIDTH = 2 * HALF;

    /**
     * AVX2 has sixteen registers, all other vector units thirty-two: room for sixteen sums and what they are made of.
     */
    private static final boolean SIXTEEN_SUMS = Lanes.COUNT != 8;

    /** Weights of a task for a team, with at most four rows: a few microseconds' work. */
    private static final int TASK = 1 << 15;

    private static final int MOST_TASKS = 64;

    private static final int BLOCK = ROWS * WIDTH;

    /** With less work than this many tasks, handing them over takes as long as doing them. */
    private static final long WORTH_SHARING = 4;

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
        int weights = TASK / Math.ceilDiv(rows, ROWS);
        int outputs = Math.max(Math.max(1, weights / (in * WIDTH)), Math.ceilDiv(panels, MOST_TASKS)) * WIDTH;
        int tasks = Math.ceilDiv(out, outputs);
        if (team.threads() == 1 || (long) in * out * Math.ceilDiv(rows, ROWS) < WORTH_SHARING * TASK) {
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
        for (int first = from; first < to; first += WIDTH) {
            if (first + WIDTH <= out && !add) {
                full(x, y, rows, first);
            } else {
                buffered(x, y, rows, add, first, scratch);
            }
        }
    }

    private void full(Floats x, Floats y, int rows, int first) {
        long weights = (long) first * in;
        if (rows < ROWS) {
            for (int row = 0; row < rows; row++) {
                one(x, (long) row * in, in, packed, weights, y, (long) row * out + first);
            }
            return;
        }
        for (int done = 0; done < rows; done += ROWS) {
            int row = Math.min(done, rows - ROWS); // the last four may hold rows that were done already: the same again
            four(x, (long) row * in, WIDTH, weights, y, (long) row * out + first, out);
        }
    }

    /** By way of the scratch space: where y is added to, and in the last panel, where outputs end before it does. */
    private void buffered(Floats x, Floats y, int rows, boolean add, int first, Floats scratch) {
        long weights = (long) first * in;
        int columns = Math.min(WIDTH, out - first);
        if (rows < ROWS) {
            for (int row = 0; row < rows; row++) {
                one(x, (long) row * in, in, packed, weights, scratch, 0);
                copy(scratch, 0, y, (long) row * out + first, 1, columns, add);
            }
            return;
        }
        for (int done = 0; done < rows; done += ROWS) {
            int row = Math.min(done, rows - ROWS);
            four(x, (long) row * in, columns, weights, scratch, 0, WIDTH);
            int old = done - row;
            copy(scratch, (long) old * WIDTH, y, (long) done * out + first, ROWS - old, columns, add);
        }
    }

    private void copy(Floats scratch, long from, Floats y, long at, int rows, int columns, boolean add) {
        for (int row = 0; row < rows; row++) {
            if (add) {
                Rows.add(scratch, from + (long) row * WIDTH, y, at + (long) row * out, columns);
            } else {
                y.copyFrom(scratch, from + (long) row * WIDTH, at + (long) row * out, columns);
            }
        }
    }

    /** Four rows and the first {@code columns} outputs of a panel, at least. */
    private void four(Floats x, long at, int columns, long weights, Floats y, long to, int stride) {
        if (columns <= HALF) {
            fourByHalf(x, at, in, packed, weights, y, to, stride);
        } else if (SIXTEEN_SUMS) {
            fourByWhole(x, at, in, packed, weights, y, to, stride);
        } else {
            fourByHalf(x, at, in, packed, weights, y, to, stride);
            fourByHalf(x, at, in, packed, weights + HALF, y, to + HALF, stride);
        }
    }

    // In the kernels storing is written out: a method of its own for it was sometimes not inlined, and then each of the
    // sums became an object at every turn of the loop, a fifth of the speed in every other run (docs/log.md).

    private static void one(Floats x, long at, int in, Floats packed, long weights, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < in; i++) {
            long panel = weights + (long) i * WIDTH;
            var factor = Lanes.all(x.get(at + i));
            a = Lanes.load(w, panel).fma(factor, a);
            b = Lanes.load(w, panel + Lanes.COUNT).fma(factor, b);
            c = Lanes.load(w, panel + 2L * Lanes.COUNT).fma(factor, c);
            d = Lanes.load(w, panel + 3L * Lanes.COUNT).fma(factor, d);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
        Lanes.store(c, memory, to + 2L * Lanes.COUNT);
        Lanes.store(d, memory, to + 3L * Lanes.COUNT);
    }

    /** Four rows, a panel: sixteen sums, twice as many as wait for one another. */
    private static void fourByWhole(
            Floats x, long at, int in, Floats packed, long weights, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        FloatVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        FloatVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int i = 0; i < in; i++) {
            long panel = weights + (long) i * WIDTH;
            var a = Lanes.load(w, panel);
            var b = Lanes.load(w, panel + Lanes.COUNT);
            var c = Lanes.load(w, panel + 2L * Lanes.COUNT);
            var d = Lanes.load(w, panel + 3L * Lanes.COUNT);
            var x0 = Lanes.all(x.get(at + i));
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            c0 = c.fma(x0, c0);
            d0 = d.fma(x0, d0);
            var x1 = Lanes.all(x.get(at + in + i));
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
            c1 = c.fma(x1, c1);
            d1 = d.fma(x1, d1);
            var x2 = Lanes.all(x.get(at + 2L * in + i));
            a2 = a.fma(x2, a2);
            b2 = b.fma(x2, b2);
            c2 = c.fma(x2, c2);
            d2 = d.fma(x2, d2);
            var x3 = Lanes.all(x.get(at + 3L * in + i));
            a3 = a.fma(x3, a3);
            b3 = b.fma(x3, b3);
            c3 = c.fma(x3, c3);
            d3 = d.fma(x3, d3);
        }
        Lanes.store(a0, memory, to);
        Lanes.store(b0, memory, to + Lanes.COUNT);
        Lanes.store(c0, memory, to + 2L * Lanes.COUNT);
        Lanes.store(d0, memory, to + 3L * Lanes.COUNT);
        Lanes.store(a1, memory, to + stride);
        Lanes.store(b1, memory, to + stride + Lanes.COUNT);
        Lanes.store(c1, memory, to + stride + 2L * Lanes.COUNT);
        Lanes.store(d1, memory, to + stride + 3L * Lanes.COUNT);
        Lanes.store(a2, memory, to + 2L * stride);
        Lanes.store(b2, memory, to + 2L * stride + Lanes.COUNT);
        Lanes.store(c2, memory, to + 2L * stride + 2L * Lanes.COUNT);
        Lanes.store(d2, memory, to + 2L * stride + 3L * Lanes.COUNT);
        Lanes.store(a3, memory, to + 3L * stride);
        Lanes.store(b3, memory, to + 3L * stride + Lanes.COUNT);
        Lanes.store(c3, memory, to + 3L * stride + 2L * Lanes.COUNT);
        Lanes.store(d3, memory, to + 3L * stride + 3L * Lanes.COUNT);
    }

    /** Four rows, half a panel. */
    private static void fourByHalf(
            Floats x, long at, int in, Floats packed, long weights, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int i = 0; i < in; i++) {
            long panel = weights + (long) i * WIDTH;
            var a = Lanes.load(w, panel);
            var b = Lanes.load(w, panel + Lanes.COUNT);
            var x0 = Lanes.all(x.get(at + i));
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            var x1 = Lanes.all(x.get(at + in + i));
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
            var x2 = Lanes.all(x.get(at + 2L * in + i));
            a2 = a.fma(x2, a2);
            b2 = b.fma(x2, b2);
            var x3 = Lanes.all(x.get(at + 3L * in + i));
            a3 = a.fma(x3, a3);
            b3 = b.fma(x3, b3);
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
