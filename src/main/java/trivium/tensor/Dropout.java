package trivium.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dropout (Srivastava et al. 2014) in its inverted form: each number is 0 with probability p and otherwise scaled by 1
 * / (1 − p), so that its expectation stays. Which are dropped is a pure function of a key and the number's place in its
 * run, the same on every machine; so backward asks for the mask again and nothing is kept.
 */
public final class Dropout {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** 2³² / φ: neighbouring places begin far apart. */
    private static final int SCATTER = 0x9e3779b9;

    private static final IntVector PLACES = IntVector.zero(INTS).addIndex(1).mul(SCATTER);

    /** A random number has as many bits as fit a probability in float32. */
    private static final int BITS = 24;

    private static final int ALL_BITS = 31;

    private Dropout() {}

    /** {@code n} numbers of x from {@code at} on become x · m / (1 − p), m the mask of {@code key}. */
    public static void drop(Floats x, long at, int n, double probability, long key) {
        var memory = x.memory();
        int limit = limit(probability);
        var factor = factor(limit);
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(memory, at + i).mul(kept(i, key, limit, factor)), memory, at + i);
        }
        for (int i = bound; i < n; i++) {
            x.set(at + i, x.get(at + i) * kept(i, key, limit));
        }
    }

    /** {@code n} numbers of y become x + y · m / (1 − p): a layer's output on its way into the residual stream. */
    public static void dropAndAdd(Floats x, Floats y, long at, int n, double probability, long key) {
        var from = x.memory();
        var memory = y.memory();
        int limit = limit(probability);
        var factor = factor(limit);
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var kept = kept(i, key, limit, factor);
            Lanes.store(Lanes.load(memory, at + i).fma(kept, Lanes.load(from, at + i)), memory, at + i);
        }
        for (int i = bound; i < n; i++) {
            y.set(at + i, Math.fma(y.get(at + i), kept(i, key, limit), x.get(at + i)));
        }
    }

    private static int limit(double probability) {
        return (int) (probability * (1 << BITS));
    }

    /** 1 / (1 − p), the bits of a float, for the p that {@code limit} stands for. */
    private static IntVector factor(int limit) {
        return IntVector.broadcast(INTS, Float.floatToRawIntBits(scale(limit)));
    }

    private static float scale(int limit) {
        return (float) (1 / (1 - (double) limit / (1 << BITS)));
    }

    /** 0 or 1 / (1 − p) for the places from {@code i} on. */
    private static FloatVector kept(int i, long key, int limit, IntVector factor) {
        var place = PLACES.add(i * SCATTER + (int) key).lanewise(VectorOperators.XOR, (int) (key >>> Integer.SIZE));
        var random = scatter(place);
        var below = random.lanewise(VectorOperators.LSHR, Integer.SIZE - BITS).sub(limit);
        return factor.lanewise(VectorOperators.AND_NOT, below.lanewise(VectorOperators.ASHR, ALL_BITS))
                .reinterpretAsFloats();
    }

    /** The same for one place, for the rest of a run: a second hash of vectors in a method would not be inlined. */
    private static float kept(int i, long key, int limit) {
        int random = scatter(i * SCATTER + (int) key ^ (int) (key >>> Integer.SIZE));
        return random >>> Integer.SIZE - BITS < limit ? 0 : scale(limit);
    }

    private static int scatter(int x) {
        x = (x ^ x >>> 16) * 0x7feb352d;
        x = (x ^ x >>> 15) * 0x846ca68b;
        return x ^ x >>> 16;
    }

    /** A 32-bit hash of little bias (Wellons 2018, "Prospecting for hash functions"). */
    private static IntVector scatter(IntVector x) {
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16))
                .mul(0x7feb352d);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15))
                .mul(0x846ca68b);
        return x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16));
    }
}
