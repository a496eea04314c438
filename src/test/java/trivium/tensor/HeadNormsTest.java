package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RMSNorm of heads among queries, keys and values, against the formula in float64 and its derivatives. */
class HeadNormsTest {

    private static final int POSITIONS = 2;
    private static final int QUERIES = 4;
    private static final int KEYS = 2;
    private static final int HEADS = QUERIES + 2 * KEYS;
    private static final float EPSILON = 1e-5f;
    /** Where the scales stand: one of the queries, something else, one of the keys. */
    private static final int AT = 3;

    private final SplittableRandom random = new SplittableRandom(12);

    private static HeadNorms norms(int size) {
        return new HeadNorms(QUERIES, size, KEYS, size, AT, AT + size + 1);
    }

    private static double[] twin(double[] x, double[] theta, int size) {
        var y = x.clone();
        for (int head = 0; head < POSITIONS * HEADS; head++) {
            int kind = head % HEADS;
            if (kind >= QUERIES + KEYS) {
                continue; // values stay
            }
            double squares = 0;
            for (int i = 0; i < size; i++) {
                squares += x[head * size + i] * x[head * size + i];
            }
            int weight = kind < QUERIES ? AT : AT + size + 1;
            for (int i = 0; i < size; i++) {
                y[head * size + i] = x[head * size + i] / Math.sqrt(squares / size + EPSILON) * theta[weight + i];
            }
        }
        return y;
    }

    private double[] theta(int size) {
        return normals(random, AT + 2 * size + 4, 1);
    }

    private static Floats kept(int size) {
        return guarded(new double[(int) norms(size).kept() * POSITIONS]);
    }

    @Test
    void forward() {
        for (int size = 1; size <= Twin.LONGEST; size++) {
            var x = normals(random, POSITIONS * HEADS * size, 2);
            var theta = theta(size);
            var y = guarded(x);
            var kept = kept(size);
            norms(size).forward(guarded(theta), y, POSITIONS, 0, EPSILON, kept);
            assertTwin(twin(x, theta, size), y, 3e-6, "heads of " + size);
            assertTwin(new double[0], kept.slice(kept.size() - 20, 20), 0, "what is kept of heads of " + size);
        }
    }

    @Test
    void backward() {
        for (int size = 2; size <= Twin.LONGEST; size++) {
            int length = size;
            var x = normals(random, POSITIONS * HEADS * size, 1);
            var theta = theta(size);
            var dy = normals(random, x.length, 1);
            var gradient = normals(random, theta.length, 1);
            var expectedDx = Twin.gradient(v -> Twin.dot(dy, twin(v, theta, length)), x);
            var expectedGradient = Twin.plus(gradient, Twin.gradient(v -> Twin.dot(dy, twin(x, v, length)), theta));

            var floatsTheta = guarded(theta);
            var kept = kept(size);
            norms(size).forward(floatsTheta, guarded(x), POSITIONS, 0, EPSILON, kept);
            var dx = guarded(dy);
            var floatsGradient = guarded(gradient);
            norms(size).backward(floatsTheta, kept, POSITIONS, 0, floatsGradient, AT, dx);
            assertTwin(expectedDx, dx, 2e-5, "heads of " + size + ", dx");
            assertTwin(expectedGradient, floatsGradient, 1e-5, "heads of " + size + ", gradient");
        }
    }

    /** A scale of 0 lets nothing through, and still has a gradient. */
    @Test
    void aScaleOfZero() {
        int size = 5;
        var x = normals(random, POSITIONS * HEADS * size, 1);
        var theta = new double[AT + 2 * size + 4];
        var dy = normals(random, x.length, 1);
        var expected = Twin.gradient(v -> Twin.dot(dy, twin(x, v, size)), theta);
        var kept = kept(size);
        norms(size).forward(guarded(theta), guarded(x), POSITIONS, 0, EPSILON, kept);
        var gradient = guarded(new double[theta.length]);
        norms(size).backward(guarded(theta), kept, POSITIONS, 0, gradient, AT, guarded(dy));
        assertTwin(expected, gradient, 1e-5, "the gradient of a scale of 0");
    }

    /** All queries together and all keys together, with 1 added to the scales: what OLMo 2 and Gemma 3 have. */
    @Test
    void wholeWidths() {
        for (int size = 1; size <= 9; size++) {
            int queries = QUERIES * size;
            int keys = KEYS * size;
            int row = queries + 2 * keys;
            var x = normals(random, POSITIONS * row, 1);
            var theta = normals(random, AT + queries + 1 + keys, 1);
            var dy = normals(random, x.length, 1);
            var norms = new HeadNorms(1, queries, 1, keys, AT, AT + queries + 1);
            var kept = guarded(new double[(int) norms.kept() * POSITIONS]);
            var y = guarded(x);
            norms.forward(guarded(theta), y, POSITIONS, 1, EPSILON, kept);
            assertTwin(wide(x, theta, queries, keys), y, 3e-6, queries + " and " + keys + " numbers");
            var dx = guarded(dy);
            var gradient = guarded(new double[theta.length]);
            norms.backward(guarded(theta), kept, POSITIONS, 1, gradient, AT, dx);
            assertTwin(Twin.gradient(v -> Twin.dot(dy, wide(v, theta, queries, keys)), x), dx, 2e-5, "dx");
            var expected = Twin.gradient(v -> Twin.dot(dy, wide(x, v, queries, keys)), theta);
            assertTwin(expected, gradient, 1e-5, "the scales' gradients");
        }
    }

    private static double[] wide(double[] x, double[] theta, int queries, int keys) {
        var y = x.clone();
        for (int row = 0; row < POSITIONS; row++) {
            int at = row * (queries + 2 * keys);
            wide(y, at, queries, theta, AT);
            wide(y, at + queries, keys, theta, AT + queries + 1);
        }
        return y;
    }

    private static void wide(double[] x, int at, int size, double[] theta, int weight) {
        double squares = 0;
        for (int i = 0; i < size; i++) {
            squares += x[at + i] * x[at + i];
        }
        for (int i = 0; i < size; i++) {
            x[at + i] *= (1 + theta[weight + i]) / Math.sqrt(squares / size + EPSILON);
        }
    }
}
