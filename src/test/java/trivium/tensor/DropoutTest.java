package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Dropout against its scalar twin, and the masks against what independent coins would do. */
class DropoutTest {

    private static final int AT = 2;
    private static final int MANY = 1 << 16;

    private final SplittableRandom random = new SplittableRandom(13);

    /** 0 or 1 / (1 − p) for place i: the hash number by number, in Java's ints. */
    private static double kept(int i, double p, long key) {
        int x = i * 0x9e3779b9 + (int) key ^ (int) (key >>> 32);
        x = (x ^ x >>> 16) * 0x7feb352d;
        x = (x ^ x >>> 15) * 0x846ca68b;
        x ^= x >>> 16;
        return (x >>> 8) / (double) (1 << 24) < p ? 0 : 1 / (1 - p);
    }

    @Test
    void drop() {
        for (double p : new double[] {0.125, 0.5, 0.9375}) {
            for (int n = 1; n <= Twin.LONGEST; n++) {
                long key = random.nextLong();
                var x = normals(random, AT + n, 2);
                var expected = x.clone();
                for (int i = 0; i < n; i++) {
                    expected[AT + i] *= kept(i, p, key);
                }
                var floats = guarded(x);
                Dropout.drop(floats, AT, n, p, key);
                assertTwin(expected, floats, 1e-6, "dropout of " + n + " with " + p);
            }
        }
    }

    @Test
    void dropAndAdd() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            long key = random.nextLong();
            var x = normals(random, AT + n, 2);
            var y = normals(random, AT + n, 2);
            var expected = y.clone();
            for (int i = 0; i < n; i++) {
                expected[AT + i] = x[AT + i] + y[AT + i] * kept(i, 0.25, key);
            }
            var floats = guarded(y);
            Dropout.dropAndAdd(guarded(x), floats, AT, n, 0.25, key);
            assertTwin(expected, floats, 1e-6, "dropout and addition of " + n);
        }
    }

    private static double[] mask(int n, double p, long key) {
        var ones = Floats.zeros(n);
        for (int i = 0; i < n; i++) {
            ones.set(i, 1);
        }
        Dropout.drop(ones, 0, n, p, key);
        var mask = new double[n];
        Arrays.setAll(mask, i -> ones.get(i));
        return mask;
    }

    /** A mean of n coins of deviation √(p / (1 − p)); five of its deviations are never seen by chance. */
    private static double chance(double p, int n) {
        return 5 * Math.sqrt(p / (1 - p) / n);
    }

    @Test
    void theExpectationStays() {
        for (double p : new double[] {1e-3, 0.1, 0.5, 0.99}) {
            double mean = Arrays.stream(mask(MANY, p, 7)).average().orElseThrow();
            assertEquals(1, mean, chance(p, MANY), "p = " + p);
        }
    }

    /** Also over many short runs, each with a key of its own, at each place. */
    @Test
    void theExpectationStaysAtEveryPlace() {
        int runs = 1 << 13;
        var sums = new double[20];
        for (int run = 0; run < runs; run++) {
            var mask = mask(sums.length, 0.2, random.nextLong());
            Arrays.setAll(sums, i -> sums[i] + mask[i]);
        }
        for (int i = 0; i < sums.length; i++) {
            assertEquals(1, sums[i] / runs, chance(0.2, runs), "place " + i);
        }
    }

    /** Neither neighbours nor the same places of keys that differ in one bit know of each other. */
    @Test
    void masksAreUnrelated() {
        double p = 0.5;
        var mask = mask(MANY, p, 99);
        for (int distance : new int[] {1, 2, 16, 64, 128}) {
            double together = 0;
            for (int i = distance; i < MANY; i++) {
                together += (mask[i] - 1) * (mask[i - distance] - 1) / (MANY - distance);
            }
            assertEquals(0, together, chance(p, MANY), "places " + distance + " apart");
        }
        for (int bit = 0; bit < Long.SIZE; bit++) {
            var other = mask(MANY, p, 99 ^ 1L << bit);
            double together = 0;
            for (int i = 0; i < MANY; i++) {
                together += (mask[i] - 1) * (other[i] - 1) / MANY;
            }
            assertEquals(0, together, chance(p, MANY), "keys that differ in bit " + bit);
        }
    }

    @Test
    void almostOneIsStillANumber() {
        var mask = mask(MANY, Math.nextDown(1.0), 3);
        assertTrue(Arrays.stream(mask).allMatch(v -> v == 0 || Double.isFinite(v)));
    }
}
