package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowsTest {

    private static final int ROWS = 4;
    private static final int BIAS = 3;
    private static final double EXACT = 0;

    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void copyAndAddWriteOneRow() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var from = normals(random, 2 + n, 1);
            var to = normals(random, 7 + n, 1);
            var copied = to.clone();
            var added = to.clone();
            for (int i = 0; i < n; i++) {
                copied[7 + i] = from[2 + i];
                added[7 + i] = (float) (to[7 + i] + from[2 + i]);
            }
            var floats = guarded(to);
            Rows.copy(guarded(from), 2, floats, 7, n);
            assertTwin(copied, floats, EXACT, "copy of " + n);
            floats = guarded(to);
            Rows.add(guarded(from), 2, floats, 7, n);
            assertTwin(added, floats, EXACT, "sum of " + n);
        }
    }

    @Test
    void biasesGoToEveryRowAndComeBackAsSums() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var parameters = normals(random, BIAS + n, 1);
            var y = normals(random, ROWS * n, 1);
            var filled = new double[y.length];
            var added = new double[y.length];
            var summed = parameters.clone();
            for (int i = 0; i < y.length; i++) {
                filled[i] = parameters[BIAS + i % n];
                added[i] = y[i] + filled[i];
                summed[BIAS + i % n] += y[i];
            }
            var floats = guarded(y);
            Rows.addToAll(guarded(parameters), BIAS, floats, ROWS, n);
            assertTwin(added, floats, 1e-7, "bias added to rows of " + n);
            Rows.fill(guarded(parameters), BIAS, floats, ROWS, n);
            assertTwin(filled, floats, EXACT, "bias in rows of " + n);
            var gradient = guarded(parameters);
            Rows.sum(guarded(y), ROWS, n, gradient, BIAS);
            assertTwin(summed, gradient, 2e-7, "sum of rows of " + n);
        }
    }
}
