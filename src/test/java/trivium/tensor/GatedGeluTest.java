package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

/** Both gates against the formula in float64 and its derivatives. */
class GatedGeluTest {

    private static final int ROWS = 3;

    private final SplittableRandom random = new SplittableRandom(8);

    private static double tanhForm(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static double exact(double x) {
        return 0.5 * x * (1 + Erf.erf(x / Math.sqrt(2)));
    }

    private static double[] gated(double[] gateUp, int hidden, DoubleUnaryOperator gelu) {
        var y = new double[gateUp.length / 2];
        for (int i = 0; i < y.length; i++) {
            int gate = i / hidden * 2 * hidden + i % hidden;
            y[i] = gelu.applyAsDouble(gateUp[gate]) * gateUp[gate + hidden];
        }
        return y;
    }

    @Test
    void forward() {
        for (int hidden = 1; hidden <= Twin.LONGEST; hidden++) {
            var gateUp = normals(random, ROWS * 2 * hidden, 2);
            var y = guarded(new double[ROWS * hidden]);
            GatedGelu.geglu(guarded(gateUp), y, ROWS, hidden);
            assertTwin(gated(gateUp, hidden, GatedGeluTest::tanhForm), y, 1e-6, "tanh form of " + hidden);
            GatedGelu.gegluErf(guarded(gateUp), y, ROWS, hidden);
            assertTwin(gated(gateUp, hidden, GatedGeluTest::exact), y, 4e-6, "exact form of " + hidden);
        }
    }

    /** In place, as a block does it. */
    @Test
    void backward() {
        for (int hidden = 1; hidden <= Twin.LONGEST; hidden += 5) {
            int width = hidden;
            var gateUp = normals(random, ROWS * 2 * hidden, 2);
            var dy = normals(random, ROWS * hidden, 1);
            var d = guarded(gateUp);
            GatedGelu.gegluBackward(d, guarded(dy), d, ROWS, hidden);
            var expected = Twin.gradient(z -> Twin.dot(dy, gated(z, width, GatedGeluTest::tanhForm)), gateUp);
            assertTwin(expected, d, 2e-6, "tanh form backward of " + hidden);
            d = guarded(gateUp);
            GatedGelu.gegluErfBackward(d, guarded(dy), d, ROWS, hidden);
            expected = Twin.gradient(z -> Twin.dot(dy, gated(z, width, GatedGeluTest::exact)), gateUp);
            assertTwin(expected, d, 4e-6, "exact form backward of " + hidden);
        }
    }
}
