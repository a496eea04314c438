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
    private static final int PAIR = 2 * WIDTH;

    /**
     * AVX2 has sixteen registers, all other vector units thirty-two: room for sixteen sums and what they are made of.
     */
    private static final boolean SIXTEEN_SUMS = Lanes.COUNT != 8;

    /** Weights of a task for a team, with at most four rows: a few microseconds' work. */
    private static final int TASK = 1 << 15;

    private static final int MOST_TASKS = 64;

    private static final int BLOCK = ROWS * PAIR;

    /** With less work than this many tasks, handing them over takes as long as doing them. */
    private static final long WORTH_SHARING = 4;

    /** Numbers of scratch space that {@link #multiply} needs. */
    public static final int SCRATCH = MOST_TASKS * BLOCK;

    private final int in;
    private final int out;
    private boolean half; // whether two weights stand in the place of one
    private Floats packed; // (panels, in, WIDTH), zeros after the last output; half as wide where half

    /** Of weights (out, in), once they are packed. */
    public Panels(int out, int in) {
        this.in = in;
        this.out = out;
    }

    /** Numbers that packed weights (out, in) take: outputs are filled up to whole panels. */
    public static long size(int out, int in) {
        return (long) Math.ceilDiv(out, WIDTH) * WIDTH * in;
    }

    /** The same of weights that are bfloat16 numbers, two in the place of one: filled up to two panels. */
    public static long halfSize(int out, int in) {
        return (long) Math.ceilDiv(out, PAIR) * WIDTH * in;
    }

    /**
     * Copies the weights (out, in) that stand at {@code weight}; once after each change. Where all of them are bfloat16
     * numbers, as those of a model that was saved in bfloat16, they are kept as such: products read half the bytes and
     * are the same to the last bit.
     */
    public void pack(Floats parameters, long weight) {
        allocate(BrainFloats.hold(parameters, weight, (long) out * in));
        if (half) {
            packHalf(i -> (short) (Float.floatToRawIntBits(parameters.get(i)) >>> Short.SIZE), weight);
            return;
        }
        for (int o = 0; o < out; o++) {
            long to = (long) (o / WIDTH) * in * WIDTH + o % WIDTH;
            long from = weight + (long) o * in;
            for (int i = 0; i < in; i++) {
                packed.set(to + (long) i * WIDTH, parameters.get(from + i));
            }
        }
    }

    /** The same of weights that stand in memory as bfloat16. */
    public void pack(BrainFloats parameters, long weight) {
        allocate(true);
        packHalf(parameters::bits, weight);
    }

    private void allocate(boolean exact) {
        if (packed == null || half != exact) {
            half = exact;
            packed = Floats.zeros(half ? halfSize(out, in) : size(out, in));
        }
    }

    /** A weight's upper half. */
    private interface Bits {
        short at(long index);
    }

    /** (panels, in, COUNT): output i of a panel in the lower half of number i, output COUNT + i in the upper half. */
    private void packHalf(Bits parameters, long weight) {
        for (int o = 0; o < out; o += o % WIDTH == Lanes.COUNT - 1 ? Lanes.COUNT + 1 : 1) {
            long to = (long) (o / WIDTH) * in * Lanes.COUNT + o % WIDTH;
            long lower = weight + (long) o * in;
            long upper = lower + (long) Lanes.COUNT * in;
            boolean both = o + Lanes.COUNT < out;
            for (int i = 0; i < in; i++) {
                int low = Short.toUnsignedInt(parameters.at(lower + i));
                int high = both ? parameters.at(upper + i) << Short.SIZE : 0;
                packed.set(to + (long) i * Lanes.COUNT, Float.intBitsToFloat(high | low));
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
        int unit = rows < ROWS && !half ? WIDTH : PAIR;
        int weights = TASK / Math.ceilDiv(rows, ROWS);
        int units = Math.max(Math.max(1, weights / (in * unit)), Math.ceilDiv(Math.ceilDiv(out, unit), MOST_TASKS));
        int outputs = units * unit;
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
        int first = from;
        for (; first + PAIR <= to || half && first < to; first += PAIR) {
            pair(x, y, rows, add, scratch, first);
        }
        for (; first < to; first += WIDTH) {
            single(x, y, rows, add, scratch, first);
        }
    }

    /**
     * Two panels at a time: one row's sums would wait for each other's additions, and four rows read x once for both.
     */
    private void pair(Floats x, Floats y, int rows, boolean add, Floats scratch, int first) {
        long left = half ? (long) first / 2 * in : (long) first * in;
        long right = left + (long) (half ? Lanes.COUNT : WIDTH) * in;
        int columns = Math.min(PAIR, out - first);
        boolean buffered = add || columns < PAIR;
        var target = buffered ? scratch : y;
        int stride = buffered ? PAIR : out;
        int step = rows < ROWS ? 1 : ROWS;
        for (int done = 0; done < rows; done += step) {
            int row = Math.min(done, rows - step); // the last four may hold rows that were done already: the same again
            long at = (long) row * in;
            long to = buffered ? 0 : (long) row * out + first;
            if (half && step == 1) {
                HalfPanels.one(x, at, in, packed, left, right, target, to);
            } else if (half) {
                HalfPanels.four(x, at, in, packed, left, right, target, to, stride);
            } else if (step == 1) {
                two(x, at, in, packed, left, right, target, to);
            } else if (SIXTEEN_SUMS) {
                fourByTwo(x, at, in, packed, left, right, target, to, stride);
            } else {
                four(x, at, in, packed, left, target, to, stride);
                four(x, at, in, packed, right, target, to + WIDTH, stride);
            }
            if (buffered) {
                copy(scratch, (long) (done - row) * PAIR, PAIR, y, done, row + step, first, columns, add);
            }
        }
    }

    /** By way of the scratch space where y is added to, and in the last panel, where outputs end before it does. */
    private void single(Floats x, Floats y, int rows, boolean add, Floats scratch, int first) {
        long weights = (long) first * in;
        int columns = Math.min(WIDTH, out - first);
        boolean buffered = add || columns < WIDTH;
        var target = buffered ? scratch : y;
        int stride = buffered ? WIDTH : out;
        int step = rows < ROWS ? 1 : ROWS;
        for (int done = 0; done < rows; done += step) {
            int row = Math.min(done, rows - step);
            long to = buffered ? 0 : (long) row * out + first;
            if (step == 1) {
                one(x, (long) row * in, in, packed, weights, target, to);
            } else {
                four(x, (long) row * in, in, packed, weights, target, to, stride);
            }
            if (buffered) {
                copy(scratch, (long) (done - row) * WIDTH, WIDTH, y, done, row + step, first, columns, add);
            }
        }
    }

    private void copy(
            Floats scratch, long at, int stride, Floats y, int row, int end, int first, int columns, boolean add) {
        for (int i = 0; i < end - row; i++) {
            long to = (long) (row + i) * out + first;
            if (add) {
                Rows.add(scratch, at + (long) i * stride, y, to, columns);
            } else {
                y.copyFrom(scratch, at + (long) i * stride, to, columns);
            }
        }
    }

    // In the kernels storing is written out: a method of its own for it was sometimes not inlined, and then each of the
    // sums became an object at every turn of the loop, a fifth of the speed in every other run (docs/log.md).

    private static void one(Floats x, long at, int in, Floats packed, long weights, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero(), b = a;
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(at + i));
            a = Lanes.load(w, weights + (long) i * WIDTH).fma(factor, a);
            b = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT).fma(factor, b);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
    }

    private static void two(Floats x, long at, int in, Floats packed, long left, long right, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(at + i));
            a = Lanes.load(w, left + (long) i * WIDTH).fma(factor, a);
            b = Lanes.load(w, left + (long) i * WIDTH + Lanes.COUNT).fma(factor, b);
            c = Lanes.load(w, right + (long) i * WIDTH).fma(factor, c);
            d = Lanes.load(w, right + (long) i * WIDTH + Lanes.COUNT).fma(factor, d);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
        Lanes.store(c, memory, to + WIDTH);
        Lanes.store(d, memory, to + WIDTH + Lanes.COUNT);
    }

    /** Sixteen sums, twice as many as wait for one another. */
    private static void fourByTwo(
            Floats x, long at, int in, Floats packed, long left, long right, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        FloatVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        FloatVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int i = 0; i < in; i++) {
            long panel = (long) i * WIDTH;
            var a = Lanes.load(w, left + panel);
            var b = Lanes.load(w, left + panel + Lanes.COUNT);
            var c = Lanes.load(w, right + panel);
            var d = Lanes.load(w, right + panel + Lanes.COUNT);
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

    private static void four(Floats x, long at, int in, Floats packed, long weights, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (int i = 0; i < in; i++) {
            var a = Lanes.load(w, weights + (long) i * WIDTH);
            var b = Lanes.load(w, weights + (long) i * WIDTH + Lanes.COUNT);
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
