package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both norms against the papers' formulas in float64, and their backward passes against derivatives of those. */
class NormsTest {

    private static final int ROWS = 3;
    private static final float EPSILON = 1e-5f;
    /** Where the weight stands in the parameters; the bias follows it. */
    private static final int WEIGHT = 3;

    private final SplittableRandom random = new SplittableRandom(2);

    /** Which norm: LayerNorm with and without bias, RMSNorm, with 1 added to its scales too. */
    private enum Kind {
        LAYER,
        LAYER_WITHOUT_BIAS,
        RMS,
        RMS_PLUS_ONE;

        float offset() {
            return this == RMS_PLUS_ONE ? 1 : 0;
        }

        boolean centred() {
            return this == LAYER || this == LAYER_WITHOUT_BIAS;
        }

        int bias(int width) {
            return this == LAYER ? WEIGHT + width : -1;
        }

        double[] twin(double[] x, double[] theta, int width) {
            var y = new double[x.length];
            for (int at = 0; at < x.length; at += width) {
                var row = Arrays.copyOfRange(x, at, at + width);
                double mean = centred() ? Arrays.stream(row).average().orElseThrow() : 0;
                double variance = Arrays.stream(row)
                        .map(v -> (v - mean) * (v - mean))
                        .average()
                        .orElseThrow();
                for (int i = 0; i < width; i++) {
                    y[at + i] = (row[i] - mean) / Math.sqrt(variance + EPSILON) * (offset() + theta[WEIGHT + i])
                            + (this == LAYER ? theta[WEIGHT + width + i] : 0);
                }
            }
            return y;
        }

        void forward(Floats x, Floats theta, int width, Floats y, Floats statistics) {
            if (!centred()) {
                Norms.rmsNorm(x, theta, WEIGHT, offset(), EPSILON, ROWS, width, y, statistics);
            } else {
                Norms.layerNorm(x, theta, WEIGHT, bias(width), EPSILON, ROWS, width, y, statistics);
            }
        }
    }

    @Test
    void forward() {
        for (var kind : Kind.values()) {
            for (int width = 1; width <= Twin.LONGEST; width++) {
                var x = Twin.map(normals(random, ROWS * width, 2), v -> (float) (v + 1));
                var theta = normals(random, WEIGHT + 2 * width, 1);
                var y = guarded(new double[x.length]);
                kind.forward(guarded(x), guarded(theta), width, y, Floats.zeros(2 * ROWS));
                assertTwin(kind.twin(x, theta, width), y, 3e-6, kind + " of width " + width);
            }
        }
    }

    /** The mean of squares less the squared mean would be off by a tenth. */
    @Test
    void aFarMeanLosesNothing() {
        int width = 48;
        var x = Twin.map(normals(random, ROWS * width, 1), v -> (float) (v + 1000));
        var theta = normals(random, WEIGHT + 2 * width, 1);
        var y = guarded(new double[x.length]);
        Kind.LAYER.forward(guarded(x), guarded(theta), width, y, Floats.zeros(2 * ROWS));
        assertTwin(Kind.LAYER.twin(x, theta, width), y, 2e-4, "a mean of 1000");
    }

    @Test
    void backward() {
        for (var kind : Kind.values()) {
            for (int width = 1; width <= Twin.LONGEST; width++) {
                backward(kind, width, false);
                backward(kind, width, true);
            }
        }
    }

    private void backward(Kind kind, int width, boolean add) {
        // Far enough apart that rows of two are not all rounding.
        var x = normals(random, ROWS * width, 1);
        Arrays.setAll(x, i -> (float) (x[i] + i % width % 2 * 3));
        var theta = normals(random, WEIGHT + 2 * width, 1);
        var dy = normals(random, x.length, 1);
        var dx = normals(random, x.length, 1);
        var gradient = normals(random, theta.length, 1);
        var atX = Twin.gradient(v -> Twin.dot(dy, kind.twin(v, theta, width)), x);
        var atTheta = Twin.gradient(v -> Twin.dot(dy, kind.twin(x, v, width)), theta);
        var expectedDx = add ? Twin.plus(dx, atX) : atX;
        var expectedGradient = Twin.plus(gradient, atTheta);

        var floatsX = guarded(x);
        var floatsTheta = guarded(theta);
        var statistics = Floats.zeros(2 * ROWS);
        var floatsDx = guarded(dx);
        var floatsGradient = guarded(gradient);
        kind.forward(floatsX, floatsTheta, width, guarded(x), statistics);
        Norms.backward(
                floatsX,
                statistics,
                kind.centred(),
                floatsTheta,
                WEIGHT,
                kind.offset(),
                kind.bias(width),
                ROWS,
                width,
                guarded(dy),
                floatsGradient,
                WEIGHT,
                floatsDx,
                add);
        var what = kind + " backward of width " + width;
        assertTwin(expectedDx, floatsDx, 1e-5, what + ", dx");
        assertTwin(expectedGradient, floatsGradient, 1e-5, what + ", gradient");
    }
}
