package trivium.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Sweeps over rows of probabilities and log-probabilities that fill whole vectors: entropy, divergences, derivatives.
 */
final class Divergences {

    private Divergences() {}

    /**
     * {@code logProbs} and {@code probabilities} become log softmax(scale · logits) and its exponential; answers log Σ
     * exp(scale · logits).
     */
    static double logSoftmax(MemorySegment logits, long at, int n, float scale, Floats logProbs, Floats probabilities) {
        var log = logProbs.memory();
        var p = probabilities.memory();
        float highest = Exponentials.max(logits, at, n);
        shifted(logits, at, n, highest, scale, log);
        MemorySegment.copy(log, 0, p, 0, (long) n * Float.BYTES);
        float sum = Exponentials.exponentials(p, 0, n, 1, 0);
        Exponentials.scale(p, 0, n, 1 / sum);
        double logSum = Math.log(sum);
        shifted(log, 0, n, (float) logSum, 1, log);
        return (double) scale * highest + logSum;
    }

    /** {@code to} becomes (from − shift) · scale. */
    private static void shifted(MemorySegment from, long at, int n, float shift, float scale, MemorySegment to) {
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(from, at + i).sub(shift).mul(scale), to, i);
        }
        for (int i = bound; i < n; i++) {
            float value = from.get(Floats.FLOAT, (at + i) * Float.BYTES);
            to.set(Floats.FLOAT, (long) i * Float.BYTES, (value - shift) * scale);
        }
    }

    static void clear(MemorySegment row, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            Lanes.store(Lanes.zero(), row, i);
        }
    }

    /** Σ a. */
    static float sum(MemorySegment a, int n) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < n; i += Lanes.COUNT) {
            sum = sum.add(Lanes.load(a, i));
        }
        return Lanes.sum(sum);
    }

    /** Σ p a. */
    static float dot(MemorySegment p, MemorySegment a, int n) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < n; i += Lanes.COUNT) {
            sum = Lanes.load(p, i).fma(Lanes.load(a, i), sum);
        }
        return Lanes.sum(sum);
    }

    /** Σ p (a − b). */
    static float dotDifference(MemorySegment p, MemorySegment a, MemorySegment b, int n) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < n; i += Lanes.COUNT) {
            sum = Lanes.load(p, i).fma(Lanes.load(a, i).sub(Lanes.load(b, i)), sum);
        }
        return Lanes.sum(sum);
    }

    /** {@code to} += factor · a. */
    static void add(MemorySegment a, float factor, MemorySegment to, int n) {
        var by = Lanes.all(factor);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(a, i).fma(by, Lanes.load(to, i)), to, i);
        }
    }

    /** {@code to} += factor · (a − shift). */
    static void addShifted(MemorySegment a, float shift, float factor, MemorySegment to, int n) {
        var by = Lanes.all(factor);
        var down = Lanes.all(shift);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(a, i).sub(down).fma(by, Lanes.load(to, i)), to, i);
        }
    }

    /** {@code to} += factor · p · (a − centre). */
    static void addCentred(MemorySegment p, MemorySegment a, float centre, float factor, MemorySegment to, int n) {
        var by = Lanes.all(factor);
        var mean = Lanes.all(centre);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            var centred = Lanes.load(a, i).sub(mean).mul(by);
            Lanes.store(Lanes.load(p, i).fma(centred, Lanes.load(to, i)), to, i);
        }
    }

    /** {@code to} += factor · p · (a − b − centre). */
    static void addCentredDifference(
            MemorySegment p, MemorySegment a, MemorySegment b, float centre, float factor, MemorySegment to, int n) {
        var by = Lanes.all(factor);
        var mean = Lanes.all(centre);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            var centred = Lanes.load(a, i).sub(Lanes.load(b, i)).sub(mean).mul(by);
            Lanes.store(Lanes.load(p, i).fma(centred, Lanes.load(to, i)), to, i);
        }
    }
}
