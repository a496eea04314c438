package trivium.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The kernels of {@link Panels} for weights that stand in memory as bfloat16, two in the place of one: the upper half
 * of a float32's bits is all of it, so each becomes a float32 by moving its bits, and sums are those of the same
 * weights in float32. Two panels at a time.
 */
final class HalfPanels {

    private static final IntVector UPPER = Lanes.zero().reinterpretAsInts().broadcast(0xffff0000);

    private HalfPanels() {}

    /** One row. */
    static void one(Floats x, long at, int in, Floats packed, long left, long right, Floats y, long to) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < in; i++) {
            var factor = Lanes.all(x.get(at + i));
            var here = Lanes.load(w, left + (long) i * Lanes.COUNT).reinterpretAsInts();
            var there = Lanes.load(w, right + (long) i * Lanes.COUNT).reinterpretAsInts();
            a = here.lanewise(VectorOperators.LSHL, Short.SIZE)
                    .reinterpretAsFloats()
                    .fma(factor, a);
            b = here.and(UPPER).reinterpretAsFloats().fma(factor, b);
            c = there.lanewise(VectorOperators.LSHL, Short.SIZE)
                    .reinterpretAsFloats()
                    .fma(factor, c);
            d = there.and(UPPER).reinterpretAsFloats().fma(factor, d);
        }
        Lanes.store(a, memory, to);
        Lanes.store(b, memory, to + Lanes.COUNT);
        Lanes.store(c, memory, to + 2L * Lanes.COUNT);
        Lanes.store(d, memory, to + 3L * Lanes.COUNT);
    }

    /** Four rows. */
    static void four(Floats x, long at, int in, Floats packed, long left, long right, Floats y, long to, int stride) {
        var w = packed.memory();
        var memory = y.memory();
        FloatVector a0 = Lanes.zero(), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        FloatVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        FloatVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int i = 0; i < in; i++) {
            var here = Lanes.load(w, left + (long) i * Lanes.COUNT).reinterpretAsInts();
            var there = Lanes.load(w, right + (long) i * Lanes.COUNT).reinterpretAsInts();
            var a = here.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
            var b = here.and(UPPER).reinterpretAsFloats();
            var c = there.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
            var d = there.and(UPPER).reinterpretAsFloats();
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
}
