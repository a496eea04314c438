package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/** The attention weights of one head, forward and backward, on blocks of scores: a row a query, a column a key. */
public final class Softmax {

    private Softmax() {}

    /**
     * Turns scores into attention weights in place: row t becomes softmax(scale · scores[t, 0 … seen + t - 1]), zeros
     * after (Vaswani et al. 2017, eq. 1).
     *
     * @param columns of each row; a row sees no more than these
     * @param stride from one row to the next
     * @param seen how many columns the first row sees; each row sees one more than the row before
     */
    public static void forward(Floats scores, long offset, int rows, int columns, int stride, int seen, float scale) {
        for (int t = 0; t < rows; t++) {
            row(scores, offset + (long) t * stride, Math.min(seen + t, columns), columns, scale);
        }
    }

    private static void row(Floats scores, long at, int seen, int columns, float scale) {
        var memory = scores.memory();
        float shift = -Exponentials.max(memory, at, seen) * scale;
        int padded = Math.ceilDiv(seen, Lanes.COUNT) * Lanes.COUNT;
        if (padded <= columns) { // what the row does not see may be written: it is cleared anyway
            float sum = Exponentials.paddedExponentials(memory, at, seen, scale, shift);
            Exponentials.scale(memory, at, padded, 1 / sum);
            clear(scores, at, padded, columns);
        } else {
            float sum = Exponentials.exponentials(memory, at, seen, scale, shift);
            Exponentials.scale(memory, at, seen, 1 / sum);
            clear(scores, at, seen, columns);
        }
    }

    private static void clear(Floats scores, long at, int from, int to) {
        var memory = scores.memory();
        int i = from;
        for (; i + Lanes.COUNT <= to; i += Lanes.COUNT) {
            Lanes.store(Lanes.zero(), memory, at + i);
        }
        for (; i < to; i++) {
            scores.set(at + i, 0);
        }
    }

    /** Turns dWeights into dScores in place: w · (dw − Σ w·dw) · scale in each row. Both have the same stride. */
    public static void backward(
            Floats weights,
            long offset,
            Floats gradients,
            long gradientOffset,
            int rows,
            int columns,
            int stride,
            int seen,
            float scale) {
        for (int t = 0; t < rows; t++) {
            long at = offset + (long) t * stride;
            long gradientAt = gradientOffset + (long) t * stride;
            int sees = Math.min(seen + t, columns);
            backwardRow(weights, at, gradients, gradientAt, sees, scale);
            clear(gradients, gradientAt, sees, columns);
        }
    }

    private static void backwardRow(Floats weights, long at, Floats gradients, long gradientAt, int seen, float scale) {
        var w = weights.memory();
        var d = gradients.memory();
        int bound = Lanes.bound(seen);
        FloatVector dot = Lanes.zero();
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            dot = Lanes.load(w, at + i).fma(Lanes.load(d, gradientAt + i), dot);
        }
        float mean = Lanes.sum(dot);
        for (int i = bound; i < seen; i++) {
            mean += weights.get(at + i) * gradients.get(gradientAt + i);
        }
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var ds = Lanes.load(d, gradientAt + i)
                    .sub(mean)
                    .mul(Lanes.load(w, at + i))
                    .mul(scale);
            Lanes.store(ds, d, gradientAt + i);
        }
        for (int i = bound; i < seen; i++) {
            float ds = (gradients.get(gradientAt + i) - mean) * weights.get(at + i) * scale;
            gradients.set(gradientAt + i, ds);
        }
    }
}
