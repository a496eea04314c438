package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VectorsTest {

    private static final int FROM = 3;

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void squaresAreThoseOfTheRange() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var numbers = normals(random, FROM + n + 5, 1);
            double squares = 0;
            for (int i = FROM; i < FROM + n; i++) {
                squares += numbers[i] * numbers[i];
            }
            double found = Vectors.squares(guarded(numbers), FROM, FROM + n);
            assertEquals(squares, found, 1e-6 * squares, "squares of " + n);
        }
    }

    @Test
    void adamW() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            var theta = normals(random, FROM + n + 5, 1);
            var m = normals(random, theta.length, 0.1);
            var v = Twin.map(normals(random, theta.length, 0.1), Math::abs);
            var gradient = normals(random, theta.length, 1);
            var floats = guarded(theta);
            var floatsM = guarded(m);
            var floatsV = guarded(v);
            Vectors.adamW(
                    floats,
                    guarded(gradient),
                    floatsM,
                    floatsV,
                    FROM,
                    FROM + n,
                    0, // moments need not stand where their parameters do
                    0.5f,
                    0.1f,
                    0.01f,
                    0.9f,
                    0.99f,
                    1e-8f,
                    1 / 0.271f,
                    1 / 0.0297f);
            for (int j = 0; j < n; j++) {
                int i = FROM + j;
                double g = 0.5 * gradient[i];
                m[j] = 0.9 * m[j] + 0.1 * g;
                v[j] = 0.99 * v[j] + 0.01 * g * g;
                double update = m[j] / 0.271 / (Math.sqrt(v[j] / 0.0297) + 1e-8) + 0.1 * theta[i];
                theta[i] -= 0.01 * update;
            }
            assertTwin(theta, floats, 1e-6, "parameters, " + n);
            assertTwin(m, floatsM, 1e-6, "first moments, " + n);
            assertTwin(v, floatsV, 1e-6, "second moments, " + n);
        }
    }

    @Test
    void aFingerprintShowsWhatChanged() {
        for (int n : new int[] {1, 15, 64, 70, 131, 300}) {
            var numbers = normals(random, n, 1);
            var before = Vectors.fingerprint(guarded(numbers), n);
            assertArrayEquals(before, Vectors.fingerprint(guarded(numbers), n));
            for (int i = 0; i < n; i++) {
                var other = numbers.clone();
                other[i] = Math.nextUp((float) other[i]);
                assertFalse(Arrays.equals(before, Vectors.fingerprint(guarded(other), n)), i + " of " + n);
                int next = (i + 64) % n; // in the same lane, where there are four vectors of 16
                other[i] = numbers[next];
                other[next] = numbers[i];
                boolean same = other[i] == numbers[i];
                assertEquals(same, Arrays.equals(before, Vectors.fingerprint(guarded(other), n)), i + " and " + next);
            }
        }
    }
}
