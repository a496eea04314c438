package trivium.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The three sweeps of a softmax over a row: its highest number, the exponentials, the scaling.
 *
 * <p>Each is a loop with one exponential in it at most. HotSpot gives up inlining where a method grows too many nodes,
 * and a vector that crosses a call that was not inlined becomes an object: that costs fifty times the arithmetic. So
 * kernels are kept small, and no method calls {@link Lanes#exp} twice.
 */
final class Exponentials {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Exponentials() {}

    /** The highest of {@code n ≥ 1} numbers. */
    static float max(MemorySegment memory, long at, int n) {
        FloatVector highest = Lanes.all(Float.NEGATIVE_INFINITY);
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            highest = Lanes.higher(highest, Lanes.load(memory, at + i));
        }
        float rest = Float.NEGATIVE_INFINITY;
        if (bound < n && n >= Lanes.COUNT) {
            // some of them twice, which changes nothing
            highest = Lanes.higher(highest, Lanes.load(memory, at + n - Lanes.COUNT));
        } else {
            for (int i = bound; i < n; i++) {
                rest = Math.max(rest, memory.get(FLOAT, (at + i) * Float.BYTES));
            }
        }
        return Math.max(rest, Lanes.max(highest));
    }

    /** Each number x becomes e^(scale · x + shift); answers their sum. */
    static float exponentials(MemorySegment memory, long at, int n, float scale, float shift) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < n; i += Lanes.COUNT) {
            var here = Lanes.first(n - i);
            var x = Lanes.load(memory, at + i).fma(Lanes.all(scale), Lanes.all(shift));
            var e = Lanes.zero().blend(Lanes.exp(x), here);
            sum = sum.add(e);
            Lanes.store(e, memory, at + i, here);
        }
        return Lanes.sum(sum);
    }

    /** The same where the lanes behind the numbers, up to a whole vector, may be written: they become 0. */
    static float paddedExponentials(MemorySegment memory, long at, int n, float scale, float shift) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < n; i += Lanes.COUNT) {
            var x = Lanes.load(memory, at + i).fma(Lanes.all(scale), Lanes.all(shift));
            var e = Lanes.zero().blend(Lanes.exp(x), Lanes.first(n - i));
            sum = sum.add(e);
            Lanes.store(e, memory, at + i);
        }
        return Lanes.sum(sum);
    }

    /** Multiplies each number by {@code factor}. */
    static void scale(MemorySegment memory, long at, int n, float factor) {
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(memory, at + i).mul(factor), memory, at + i);
        }
        // One by one: a mask here, where a softmax is already deep in other methods, was made anew for every row.
        for (int i = bound; i < n; i++) {
            long byteOffset = (at + i) * Float.BYTES;
            memory.set(FLOAT, byteOffset, memory.get(FLOAT, byteOffset) * factor);
        }
    }
}
