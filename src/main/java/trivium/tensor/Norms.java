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
        for (int row = 0; row < rows; row++) {
            long at = (long) row * width;
            float mean = sum(x, at, width) / width;
            float inverse = (float) (1 / Math.sqrt(squaredDistance(x, at, width, mean) / width + epsilon));
            statistics.set(2L * row, mean);
            statistics.set(2L * row + 1, inverse);
            scaleRow(x, at, width, mean, inverse, parameters, weight, bias, y);
        }
    }

    /** y = x / √(mean of x² + ε) · weight. */
    public static void rmsNorm(
            Floats x, Floats parameters, long weight, float epsilon, int rows, int width, Floats y, Floats statistics) {
        for (int row = 0; row < rows; row++) {
            long at = (long) row * width;
            float inverse = (float) (1 / Math.sqrt(squaredDistance(x, at, width, 0) / width + epsilon));
            statistics.set(2L * row, 0);
            statistics.set(2L * row + 1, inverse);
            scaleRow(x, at, width, 0, inverse, parameters, weight, -1, y);
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
            long bias,
            Floats y) {
        var in = x.memory();
        var theta = parameters.memory();
        var out = y.memory();
        int bound = Lanes.bound(width);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var scaled = Lanes.load(in, at + i).sub(mean).mul(inverse);
            var shift = bias < 0 ? Lanes.zero() : Lanes.load(theta, bias + i);
            Lanes.store(scaled.fma(Lanes.load(theta, weight + i), shift), out, at + i);
        }
        for (int i = bound; i < width; i++) {
            float scaled = (x.get(at + i) - mean) * inverse;
            float shift = bias < 0 ? 0 : parameters.get(bias + i);
            y.set(at + i, Math.fma(scaled, parameters.get(weight + i), shift));
        }
    }

    /**
     * Backward of both norms (a mean of 0 makes LayerNorm's formula RMSNorm's when {@code centred} is false): adds
     * dWeight to {@code gradient} from {@code gradientAt} on, and dBias as far behind it as the bias is behind the
     * weight; adds to dx where {@code add}, else overwrites it.
     *
     * <pre>dx = inverse · (g − [mean(g)] − x̂ · mean(g · x̂)),  g = dy · weight,  x̂ = (x − mean) · inverse</pre>
     */
    public static void backward(
            Floats x,
            Floats statistics,
            boolean centred,
            Floats parameters,
            long weight,
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
            long sums = gradientSums(x, at, width, mean, inverse, parameters, weight, bias, dy, gradient, gradientAt);
            float meanG = centred ? Float.intBitsToFloat((int) (sums >>> 32)) / width : 0;
            float meanGx = Float.intBitsToFloat((int) sums) / width;
            inputGradient(x, at, width, mean, inverse, meanG, meanGx, parameters, weight, dy, dx, add);
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
            var g = d.mul(Lanes.load(theta, weight + i));
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
            float g = d * parameters.get(weight + i);
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
            var g = Lanes.load(out, at + i).mul(Lanes.load(theta, weight + i));
            var d = g.sub(meanG).sub(normal.mul(meanGx)).mul(inverse);
            Lanes.store(add ? d.add(Lanes.load(result, at + i)) : d, result, at + i);
        }
        for (int i = bound; i < width; i++) {
            float normal = (x.get(at + i) - mean) * inverse;
            float d = (dy.get(at + i) * parameters.get(weight + i) - meanG - normal * meanGx) * inverse;
            dx.set(at + i, add ? d + dx.get(at + i) : d);
        }
    }
}
