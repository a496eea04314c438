package trivium.tensor;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Whole-vector work of the optimiser: the gradient's norm, AdamW, averages. Ranges are {@code from} (inclusive) to
 * {@code to} (exclusive).
 */
public final class Vectors {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int ODD = 0x9e3779b1;

    private Vectors() {}

    /** The sum of the squares of a range. */
    public static double squares(Floats numbers, long from, long to) {
        var memory = numbers.memory();
        var squares = Lanes.zero();
        long i = from;
        for (; i + Lanes.COUNT <= to; i += Lanes.COUNT) {
            var v = Lanes.load(memory, i);
            squares = v.fma(v, squares);
        }
        double total = Lanes.sum(squares);
        for (; i < to; i++) {
            float v = numbers.get(i);
            total += (double) v * v;
        }
        return total;
    }

    /**
     * AdamW (Loshchilov and Hutter 2019, algorithm 2) over a range: moments m and v, then θ −= rate · (m̂ / (√v̂ + ε) +
     * decay · θ).
     *
     * <p>What fills no vector is done one by one: a mask made HotSpot compile the loop, find at the range's end that it
     * had assumed too much, throw the code away and begin again, for ever (docs/log.md).
     *
     * @param moments where this range's moments begin in m and v
     * @param scale multiplies the gradient first (clipping)
     * @param decay weight decay of this range
     * @param correction1 1 / (1 − β₁ᵗ), with m̂ = correction1 · m
     * @param correction2 1 / (1 − β₂ᵗ), likewise for v
     */
    public static void adamW(
            Floats theta,
            Floats gradient,
            Floats m,
            Floats v,
            long from,
            long to,
            long moments,
            float scale,
            float decay,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float correction1,
            float correction2) {
        var weights = theta.memory();
        var grad = gradient.memory();
        var first = m.memory();
        var second = v.memory();
        float keep = 1 - learningRate * decay;
        long whole = to - (to - from) % Lanes.COUNT;
        long i = from;
        long j = moments;
        for (; i < whole; i += Lanes.COUNT, j += Lanes.COUNT) {
            var g = Lanes.load(grad, i).mul(scale);
            var m1 = Lanes.load(first, j).mul(beta1).add(g.mul(1 - beta1));
            var v1 = Lanes.load(second, j).mul(beta2).add(g.mul(g).mul(1 - beta2));
            Lanes.store(m1, first, j);
            Lanes.store(v1, second, j);
            var update = m1.mul(correction1)
                    .div(v1.mul(correction2).lanewise(VectorOperators.SQRT).add(epsilon));
            var w = Lanes.load(weights, i).mul(keep);
            Lanes.store(w.sub(update.mul(learningRate)), weights, i);
        }
        for (; i < to; i++, j++) {
            float g = gradient.get(i) * scale;
            float m1 = m.get(j) * beta1 + g * (1 - beta1);
            float v1 = v.get(j) * beta2 + g * g * (1 - beta2);
            m.set(j, m1);
            v.set(j, v1);
            float update = m1 * correction1 / ((float) Math.sqrt(v1 * correction2) + epsilon);
            theta.set(i, theta.get(i) * keep - update * learningRate);
        }
    }

    /** {@code y += share · (x − y)} for n numbers that begin at {@code yFrom} and {@code xFrom}. */
    public static void approach(Floats y, long yFrom, float share, Floats x, long xFrom, long n) {
        var target = y.memory();
        var source = x.memory();
        var by = Lanes.all(share);
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var before = Lanes.load(target, yFrom + i);
            Lanes.store(Lanes.load(source, xFrom + i).sub(before).fma(by, before), target, yFrom + i);
        }
        for (long i = whole; i < n; i++) {
            float before = y.get(yFrom + i);
            y.set(yFrom + i, Math.fma(x.get(xFrom + i) - before, share, before));
        }
    }

    /** Exchanges n numbers that begin at {@code xFrom} and {@code yFrom}. */
    public static void exchange(Floats x, long xFrom, Floats y, long yFrom, long n) {
        var one = x.memory();
        var other = y.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var before = Lanes.load(one, xFrom + i);
            Lanes.store(Lanes.load(other, yFrom + i), one, xFrom + i);
            Lanes.store(before, other, yFrom + i);
        }
        for (long i = whole; i < n; i++) {
            float before = x.get(xFrom + i);
            x.set(xFrom + i, y.get(yFrom + i));
            y.set(yFrom + i, before);
        }
    }

    /** {@code y = a · y + b · x} for n numbers that begin at {@code yFrom} and {@code xFrom}. */
    public static void combine(float a, Floats y, long yFrom, float b, Floats x, long xFrom, long n) {
        var target = y.memory();
        var source = x.memory();
        long whole = n - n % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var scaled = Lanes.load(target, yFrom + i).mul(a);
            Lanes.store(Lanes.load(source, xFrom + i).mul(b).add(scaled), target, yFrom + i);
        }
        for (long i = whole; i < n; i++) {
            y.set(yFrom + i, b * x.get(xFrom + i) + a * y.get(yFrom + i));
        }
    }

    /** The largest absolute value of a range; not finite if one of its numbers is not; 0 of an empty one. */
    public static float largest(Floats numbers, long from, long to) {
        var memory = numbers.memory();
        var most = Lanes.zero();
        long i = from;
        for (; i + Lanes.COUNT <= to; i += Lanes.COUNT) {
            most = most.max(Lanes.load(memory, i).abs());
        }
        float largest = most.reduceLanes(VectorOperators.MAX); // which is not a number if a lane is not
        for (; i < to; i++) {
            largest = Math.max(largest, Math.abs(numbers.get(i)));
        }
        return largest;
    }

    /**
     * What tells whether any of the first {@code size} numbers has changed since without keeping them: each lane of
     * four vectors keeps h = h · odd + bits of every number it meets. A change of one number always shows; several hide
     * one another in a lane once in 2³² times.
     */
    public static int[] fingerprint(Floats numbers, long size) {
        var memory = numbers.memory();
        IntVector a = IntVector.zero(INTS), b = a, c = a, d = a;
        long i = 0;
        for (; i + 4L * Lanes.COUNT <= size; i += 4L * Lanes.COUNT) {
            a = a.mul(ODD).add(Lanes.load(memory, i).reinterpretAsInts());
            b = b.mul(ODD).add(Lanes.load(memory, i + Lanes.COUNT).reinterpretAsInts());
            c = c.mul(ODD).add(Lanes.load(memory, i + 2L * Lanes.COUNT).reinterpretAsInts());
            d = d.mul(ODD).add(Lanes.load(memory, i + 3L * Lanes.COUNT).reinterpretAsInts());
        }
        var lanes = new int[4 * Lanes.COUNT];
        a.intoArray(lanes, 0);
        b.intoArray(lanes, Lanes.COUNT);
        c.intoArray(lanes, 2 * Lanes.COUNT);
        d.intoArray(lanes, 3 * Lanes.COUNT);
        for (; i < size; i++) {
            int lane = (int) (i % lanes.length);
            lanes[lane] = lanes[lane] * ODD + Float.floatToRawIntBits(numbers.get(i));
        }
        return lanes;
    }
}
