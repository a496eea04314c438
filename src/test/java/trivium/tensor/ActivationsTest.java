package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ActivationsTest {

    private static final int ROWS = 3;

    private final SplittableRandom random = new SplittableRandom(1);

    private static double gelu(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    private static double[] swiglu(double[] gateUp, int hidden) {
        var y = new double[gateUp.length / 2];
        for (int i = 0; i < y.length; i++) {
            int gate = i / hidden * 2 * hidden + i % hidden;
            y[i] = silu(gateUp[gate]) * gateUp[gate + hidden];
        }
        return y;
    }

    @Test
    void gelu() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var x = normals(random, n, 3);
            var y = guarded(new double[n]);
            Activations.gelu(guarded(x), y, n);
            assertTwin(Twin.map(x, ActivationsTest::gelu), y, 1e-6, "GELU of " + n);

            var inPlace = guarded(x);
            Activations.gelu(inPlace, inPlace, n);
            assertTwin(Twin.map(x, ActivationsTest::gelu), inPlace, 1e-6, "GELU in place of " + n);
        }
    }

    @Test
    void geluAndItsSlope() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var x = normals(random, n, 3);
            var slopes = guarded(x);
            var y = guarded(new double[n]);
            Activations.geluWithSlope(slopes, y, n);
            assertTwin(Twin.map(x, ActivationsTest::gelu), y, 1e-6, "GELU of " + n);
            assertTwin(Twin.map(x, v -> Twin.slope(ActivationsTest::gelu, v)), slopes, 2e-6, "GELU's slope of " + n);
        }
    }

    @Test
    void aGradientTimesSlopes() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var slopes = normals(random, n, 1);
            var dy = normals(random, n, 1);
            var expected = dy.clone();
            for (int i = 0; i < n; i++) {
                expected[i] *= slopes[i];
            }
            var dx = guarded(dy);
            Activations.multiply(guarded(slopes), dx, n);
            assertTwin(expected, dx, 1e-7, "a gradient times slopes, " + n);
        }
    }

    private static double geluErf(double x) {
        // by the midpoint rule, for Java has no error function: accurate to 1e-9 from 0 to |x|
        int pieces = 20_000;
        double sum = 0;
        for (int i = 0; i < pieces; i++) {
            double at = (i + 0.5) / pieces * x;
            sum += Math.exp(-at * at / 2);
        }
        return x * (0.5 + sum * x / pieces / Math.sqrt(2 * Math.PI));
    }

    @Test
    void geluErf() {
        for (int n : new int[] {1, 7, 16, 35}) {
            var x = normals(random, n, 3);
            var y = guarded(new double[n]);
            Activations.geluErf(guarded(x), y, n);
            assertTwin(Twin.map(x, ActivationsTest::geluErf), y, 1e-6, "GELU of " + n);

            var inPlace = guarded(x);
            Activations.geluErf(inPlace, inPlace, n);
            assertTwin(Twin.map(x, ActivationsTest::geluErf), inPlace, 1e-6, "GELU in place of " + n);

            var slopes = guarded(x);
            var again = guarded(new double[n]);
            Activations.geluErfWithSlope(slopes, again, n);
            assertTwin(Twin.map(x, ActivationsTest::geluErf), again, 1e-6, "GELU of " + n);
            var expected = Twin.map(x, v -> Twin.slope(ActivationsTest::geluErf, v));
            assertTwin(expected, slopes, 2e-6, "GELU's slope of " + n);
        }
        double[] far = {-1e4, -100, -20, 0, 20, 100, 1e4};
        var y = guarded(new double[far.length]);
        Activations.geluErf(guarded(far), y, far.length);
        assertTwin(new double[] {0, 0, 0, 0, 20, 100, 1e4}, y, 1e-7, "GELU far out");
        var slopes = guarded(far);
        Activations.geluErfWithSlope(slopes, y, far.length);
        assertTwin(new double[] {0, 0, 0, 0.5, 1, 1, 1}, slopes, 1e-7, "GELU's slope far out");
    }

    @Test
    void geluFarFromZeroIsTheIdentityOrZero() {
        double[] far = {-1e4, -100, -20, 0, 20, 100, 1e4};
        var y = guarded(new double[far.length]);
        Activations.gelu(guarded(far), y, far.length);
        assertTwin(new double[] {0, 0, 0, 0, 20, 100, 1e4}, y, 1e-7, "GELU far out");

        var slopes = guarded(far);
        Activations.geluWithSlope(slopes, y, far.length);
        assertTwin(new double[] {0, 0, 0, 0.5, 1, 1, 1}, slopes, 1e-7, "GELU's slope far out");
    }

    @Test
    void squaredRelu() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var x = normals(random, n, 3);
            x[n / 2] = 0;
            var expected = Twin.map(x, v -> v > 0 ? v * v : 0);
            var y = guarded(new double[n]);
            Activations.squaredRelu(guarded(x), y, n);
            assertTwin(expected, y, 1e-6, "ReLU² of " + n);

            var inPlace = guarded(x);
            Activations.squaredRelu(inPlace, inPlace, n);
            assertTwin(expected, inPlace, 1e-6, "ReLU² in place of " + n);
        }
    }

    @Test
    void squaredReluBackward() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var x = normals(random, n, 3);
            x[n / 2] = 0;
            var dy = normals(random, n, 1);
            var expected = dy.clone();
            for (int i = 0; i < n; i++) {
                expected[i] *= x[i] > 0 ? 2 * x[i] : 0;
            }
            var dx = guarded(dy);
            Activations.squaredReluBackward(guarded(x), dx, n);
            assertTwin(expected, dx, 1e-6, "ReLU² backward of " + n);
        }
    }

    @Test
    void swiglu() {
        for (int hidden = 1; hidden <= Twin.LONGEST; hidden++) {
            var gateUp = normals(random, ROWS * 2 * hidden, 2);
            var y = guarded(new double[ROWS * hidden]);
            Activations.swiglu(guarded(gateUp), y, ROWS, hidden);
            assertTwin(swiglu(gateUp, hidden), y, 1e-6, "SwiGLU of " + hidden);
        }
    }

    @Test
    void swigluBackward() {
        for (int hidden = 1; hidden <= Twin.LONGEST; hidden++) {
            int width = hidden;
            var gateUp = normals(random, ROWS * 2 * hidden, 2);
            var dy = normals(random, ROWS * hidden, 1);
            var dGateUp = guarded(new double[gateUp.length]);
            Activations.swigluBackward(guarded(gateUp), guarded(dy), dGateUp, ROWS, hidden);
            var expected = Twin.gradient(z -> Twin.dot(dy, swiglu(z, width)), gateUp);
            assertTwin(expected, dGateUp, 2e-6, "SwiGLU backward of " + hidden);
        }
    }

    @Test
    void whatIsNotANumberStaysSo() {
        var y = Floats.of(Float.NaN, 1);
        Activations.gelu(y, y, 2);
        assertEquals(Float.NaN, y.get(0));
        assertEquals(gelu(1), y.get(1), 1e-6);
        var x = Floats.of(Float.NaN, -1);
        Activations.squaredRelu(x, x, 2);
        assertEquals(Float.NaN, x.get(0));
        assertEquals(0, x.get(1));
    }
}
