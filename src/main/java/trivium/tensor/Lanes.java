package trivium.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector registers of this machine: loading, storing, and the exponential, shared by all kernels. */
final class Lanes {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int COUNT = SPECIES.length();

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    static final FloatVector ONE = all(1);

    // Constants are kept as vectors: broadcasting them inside a kernel would spend its inlining budget.
    private static final FloatVector LOG2_E = all(1.44269504f);
    private static final FloatVector MINUS_LN2_HIGH = all(-0.693359375f);
    private static final FloatVector MINUS_LN2_LOW = all(2.12194440e-4f);
    private static final FloatVector PLACES = all(0).addIndex(1);
    private static final FloatVector EXP_LOWEST = all(-87.33654f);
    private static final FloatVector EXP_HIGHEST = all(88f);
    /** 1.5 · 2²³: adding it rounds a float to an integer that then stands in the low bits. */
    private static final FloatVector ROUNDER = all(12582912f);

    private static final FloatVector P0 = all(5.0000001201e-1f);
    private static final FloatVector P1 = all(1.6666665459e-1f);
    private static final FloatVector P2 = all(4.1665795894e-2f);
    private static final FloatVector P3 = all(8.3334519073e-3f);
    private static final FloatVector P4 = all(1.3981999507e-3f);
    private static final FloatVector P5 = all(1.9875691500e-4f);
    private static final int MANTISSA_BITS = 23;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final VectorShuffle<Float>[] HALVES = IntStream.iterate(COUNT / 2, h -> h >= 1, h -> h / 2)
            .mapToObj(h -> VectorShuffle.iota(SPECIES, h, 1, true))
            .toArray(VectorShuffle[]::new);

    private Lanes() {}

    static FloatVector load(MemorySegment memory, long index) {
        return FloatVector.fromMemorySegment(SPECIES, memory, index * Float.BYTES, ORDER);
    }

    static void store(FloatVector vector, MemorySegment memory, long index) {
        vector.intoMemorySegment(memory, index * Float.BYTES, ORDER);
    }

    static void store(FloatVector vector, MemorySegment memory, long index, VectorMask<Float> mask) {
        vector.intoMemorySegment(memory, index * Float.BYTES, ORDER, mask);
    }

    /** The first {@code n - n % COUNT} elements fill whole vectors. */
    static int bound(int n) {
        return n - n % COUNT;
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    static FloatVector zero() {
        return FloatVector.zero(SPECIES);
    }

    /**
     * The sum of the lanes, halves upon halves. {@code reduceLanes(ADD)} leaves the order open, and interpreted and
     * compiled code do differ in the last bit: the same seed would give other numbers while a program warms up.
     */
    static float sum(FloatVector vector) {
        for (var half : HALVES) {
            vector = vector.add(vector.rearrange(half));
        }
        return vector.lane(0);
    }

    /**
     * The higher of two numbers in each lane; where one is not a number, a's. {@code FloatVector.max} takes six
     * instructions for what NaN and −0 ask of it, this takes two.
     */
    static FloatVector higher(FloatVector a, FloatVector b) {
        return a.blend(b, a.compare(VectorOperators.LT, b));
    }

    /** The highest lane; of lanes that are not numbers nothing is said. */
    static float max(FloatVector vector) {
        for (var half : HALVES) {
            vector = higher(vector, vector.rearrange(half));
        }
        return vector.lane(0);
    }

    /**
     * The first {@code count} lanes, however many more than there are that may be. Costs a comparison, where
     * {@code indexInRange} costs a branch, a call or an object.
     */
    static VectorMask<Float> first(int count) {
        return PLACES.compare(VectorOperators.LT, (float) count);
    }

    /**
     * e^x with a relative error under 2e-7, the same on every platform: x = n·ln 2 + r, a polynomial in r (Cephes,
     * expf), then n into the exponent. Below -87.3 the answer stays at the smallest normal number, about 1e-38.
     */
    static FloatVector exp(FloatVector x) {
        x = x.blend(EXP_HIGHEST, x.compare(VectorOperators.GT, EXP_HIGHEST));
        x = higher(x, EXP_LOWEST);
        var shifted = x.fma(LOG2_E, ROUNDER);
        var n = shifted.sub(ROUNDER);
        var r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        var p = r.fma(P5, P4).fma(r, P3).fma(r, P2).fma(r, P1).fma(r, P0);
        p = p.fma(r.mul(r), r.add(ONE));
        var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }
}
