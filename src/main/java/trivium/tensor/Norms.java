package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * Normalisation of each row of x (rows, C), forward and backward. {@code statistics} keeps mean and 1/deviation of each
 * row, (rows, 2), from forward to backward; a {@code bias} offset below 0 means there is none.
 *
 * <p>What does not fill a vector is done one by one: where HotSpot does not inline all of a mask, it makes objects.
 *
 * <p>LayerNorm: Ba, Kiros and Hinton 2016, eq. 4. RMSNorm: Zhang and Sennrich 2019, eq. 4.
 */
public final class Norms {

    private Norms() {}

    /** y = (x − mean) / √(variance + ε) · weight + bias. */
    public static void layerNorm(
            Floats x,
            Floats parameters,
            long weight,
            long bias,
            float epsilon,
            int rows,
            int width,
            Floats y,
            Floats statistics) {
        int whole = width % Lanes.COUNT == 0 ? rows - rows % 4 : 0;
        for (int row = 0; row < whole; row += 4) {
            means(x, row, width, statistics);
            deviations(x, row, width, epsilon, statistics);
        }
        for (int row = whole; row < rows; row++) {
            long at = (long) row * width;
            float mean = sum(x, at, width) / width;
            statistics.set(2L * row, mean);
            statistics.set(2L * row + 1, inverse(squaredDistance(x, at, width, mean), width, epsilon));
        }
        scaleRows(x, rows, width, statistics, parameters, weight, 0, bias, y);
    }

    /** y = x / √(mean of x² + ε) · (offset + weight). */
    public static void rmsNorm(
            Floats x,
            Floats parameters,
            long weight,
            float offset,
            float epsilon,
            int rows,
            int width,
            Floats y,
            Floats statistics) {
        for (int row = 0; row < rows; row++) {
            statistics.set(2L * row, 0);
        }
        int whole = width % Lanes.COUNT == 0 ? rows - rows % 4 : 0;
        for (int row = 0; row < whole; row += 4) {
            deviations(x, row, width, epsilon, statistics);
        }
        for (int row = whole; row < rows; row++) {
            float squares = squaredDistance(x, (long) row * width, width, 0);
            statistics.set(2L * row + 1, inverse(squares, width, epsilon));
        }
        scaleRows(x, rows, width, statistics, parameters, weight, offset, -1, y);
    }

    private static float inverse(float squares, int width, float epsilon) {
        return (float) (1 / Math.sqrt(squares / width + epsilon));
    }

    /** The means of four rows, whose sums do not wait for one another. */
    private static void means(Floats x, int row, int width, Floats statistics) {
        var memory = x.memory();
        long at = (long) row * width;
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < width; i += Lanes.COUNT, at += Lanes.COUNT) {
            a = a.add(Lanes.load(memory, at));
            b = b.add(Lanes.load(memory, at + width));
            c = c.add(Lanes.load(memory, at + 2L * width));
            d = d.add(Lanes.load(memory, at + 3L * width));
        }
        statistics.set(2L * row, Lanes.sum(a) / width);
        statistics.set(2L * row + 2, Lanes.sum(b) / width);
        statistics.set(2L * row + 4, Lanes.sum(c) / width);
        statistics.set(2L * row + 6, Lanes.sum(d) / width);
    }

    /** 1/deviation of four rows, whose means stand in the statistics. */
    private static void deviations(Floats x, int row, int width, float epsilon, Floats statistics) {
        var memory = x.memory();
        long at = (long) row * width;
        var meanA = Lanes.all(statistics.get(2L * row));
        var meanB = Lanes.all(statistics.get(2L * row + 2));
        var meanC = Lanes.all(statistics.get(2L * row + 4));
        var meanD = Lanes.all(statistics.get(2L * row + 6));
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < width; i += Lanes.COUNT, at += Lanes.COUNT) {
            var ofA = Lanes.load(memory, at).sub(meanA);
            var ofB = Lanes.load(memory, at + width).sub(meanB);
            var ofC = Lanes.load(memory, at + 2L * width).sub(meanC);
            var ofD = Lanes.load(memory, at + 3L * width).sub(meanD);
            a = ofA.fma(ofA, a);
            b = ofB.fma(ofB, b);
            c = ofC.fma(ofC, c);
            d = ofD.fma(ofD, d);
        }
        statistics.set(2L * row + 1, inverse(Lanes.sum(a), width, epsilon));
        statistics.set(2L * row + 3, inverse(Lanes.sum(b), width, epsilon));
        statistics.set(2L * row + 5, inverse(Lanes.sum(c), width, epsilon));
        statistics.set(2L * row + 7, inverse(Lanes.sum(d), width, epsilon));
    }

    private static void scaleRows(
            Floats x,
            int rows,
            int width,
            Floats statistics,
            Floats parameters,
            long weight,
            float offset,
            long bias,
            Floats y) {
        for (int row = 0; row < rows; row++) {
            float mean = statistics.get(2L * row);
            float inverse = statistics.get(2L * row + 1);
            scaleRow(x, (long) row * width, width, mean, inverse, parameters, weight, offset, bias, y);
        }
    }

    private static float sum(Floats x, long at, int width) {
        var memory = x.memory();
        var sum = Lanes.zero();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            sum = sum.add(Lanes.load(memory, at + i));
        }
        float total = Lanes.sum(sum);
        for (int i = bound; i < width; i++) {
            total += x.get(at + i);
        }
        return total;
    }

    private static float squaredDistance(Floats x, long at, int width, float mean) {
        var memory = x.memory();
        var sum = Lanes.zero();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var d = Lanes.load(memory, at + i).sub(mean);
            sum = d.fma(d, sum);
        }
        float total = Lanes.sum(sum);
        for (int i = bound; i < width; i++) {
            float d = x.get(at + i) - mean;
            total += d * d;
        }
        return total;
    }

    private static void scaleRow(
            Floats x,
            long at,
            int width,
            float mean,
            float inverse,
            Floats parameters,
            long weight,
            float offset,
            long bias,
            Floats y) {
        var in = x.memory();
        var theta = parameters.memory();
        var out = y.memory();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var scaled = Lanes.load(in, at + i).sub(mean).mul(inverse);
            var shift = bias < 0 ? Lanes.zero() : Lanes.load(theta, bias + i);
            Lanes.store(scaled.fma(Lanes.load(theta, weight + i).add(offset), shift), out, at + i);
        }
        for (int i = bound; i < width; i++) {
            float scaled = (x.get(at + i) - mean) * inverse;
            float shift = bias < 0 ? 0 : parameters.get(bias + i);
            y.set(at + i, Math.fma(scaled, parameters.get(weight + i) + offset, shift));
        }
    }

    /**
     * Backward of both norms (a mean of 0 makes LayerNorm's formula RMSNorm's when {@code centred} is false): adds
     * dWeight to {@code gradient} from {@code gradientAt} on, and dBias as far behind it as the bias is behind the
     * weight; adds to dx where {@code add}, else overwrites it; dx may be x.
     *
     * <pre>dx = inverse · (g − [mean(g)] − x̂ · mean(g · x̂)),  g = dy · (offset + weight),  x̂ = (x − mean) · inverse
     * </pre>
     */
    public static void backward(
            Floats x,
            Floats statistics,
            boolean centred,
            Floats parameters,
            long weight,
            float offset,
            long bias,
            int rows,
            int width,
            Floats dy,
            Floats gradient,
            long gradientAt,
            Floats dx,
            boolean add) {
        for (int row = 0; row < rows; row++) {
            long at = (long) row * width;
            float mean = statistics.get(2L * row);
            float inverse = statistics.get(2L * row + 1);
            long sums = gradientSums(
                    x, at, width, mean, inverse, parameters, weight, offset, bias, dy, gradient, gradientAt);
            float meanG = centred ? Float.intBitsToFloat((int) (sums >>> 32)) / width : 0;
            float meanGx = Float.intBitsToFloat((int) sums) / width;
            inputGradient(x, at, width, mean, inverse, meanG, meanGx, parameters, weight, offset, dy, dx, add);
        }
    }

    /**
     * Accumulates the parameters' gradients of a row and answers Σg and Σg·x̂, packed as two floats so that nothing is
     * allocated.
     */
    private static long gradientSums(
            Floats x,
            long at,
            int width,
            float mean,
            float inverse,
            Floats parameters,
            long weight,
            float offset,
            long bias,
            Floats dy,
            Floats gradient,
            long dWeight) {
        long dBias = dWeight + bias - weight;
        var in = x.memory();
        var theta = parameters.memory();
        var out = dy.memory();
        var grad = gradient.memory();
        FloatVector sumG = Lanes.zero();
        FloatVector sumGx = Lanes.zero();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var normal = Lanes.load(in, at + i).sub(mean).mul(inverse);
            var d = Lanes.load(out, at + i);
            var g = d.mul(Lanes.load(theta, weight + i).add(offset));
            sumG = sumG.add(g);
            sumGx = g.fma(normal, sumGx);
            Lanes.store(d.fma(normal, Lanes.load(grad, dWeight + i)), grad, dWeight + i);
            if (bias >= 0) {
                Lanes.store(Lanes.load(grad, dBias + i).add(d), grad, dBias + i);
            }
        }
        float totalG = Lanes.sum(sumG);
        float totalGx = Lanes.sum(sumGx);
        for (int i = bound; i < width; i++) {
            float normal = (x.get(at + i) - mean) * inverse;
            float d = dy.get(at + i);
            float g = d * (parameters.get(weight + i) + offset);
            totalG += g;
            totalGx += g * normal;
            gradient.set(dWeight + i, Math.fma(d, normal, gradient.get(dWeight + i)));
            if (bias >= 0) {
                gradient.set(dBias + i, gradient.get(dBias + i) + d);
            }
        }
        return (long) Float.floatToRawIntBits(totalG) << 32 | Float.floatToRawIntBits(totalGx) & 0xFFFFFFFFL;
    }

    private static void inputGradient(
            Floats x,
            long at,
            int width,
            float mean,
            float inverse,
            float meanG,
            float meanGx,
            Floats parameters,
            long weight,
            float offset,
            Floats dy,
            Floats dx,
            boolean add) {
        var in = x.memory();
        var theta = parameters.memory();
        var out = dy.memory();
        var result = dx.memory();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var normal = Lanes.load(in, at + i).sub(mean).mul(inverse);
            var g = Lanes.load(out, at + i).mul(Lanes.load(theta, weight + i).add(offset));
            var d = g.sub(meanG).sub(normal.mul(meanGx)).mul(inverse);
            Lanes.store(add ? d.add(Lanes.load(result, at + i)) : d, result, at + i);
        }
        for (int i = bound; i < width; i++) {
            float normal = (x.get(at + i) - mean) * inverse;
            float g = dy.get(at + i) * (parameters.get(weight + i) + offset);
            float d = (g - meanG - normal * meanGx) * inverse;
            dx.set(at + i, add ? d + dx.get(at + i) : d);
        }
    }
}
