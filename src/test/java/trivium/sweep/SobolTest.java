package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.run.Status;

/** Against {@code scipy.stats.qmc.Sobol(21, scramble=False)} of SciPy 1.17.1, in 1,024ths. */
class SobolTest {

    private static final Sobol SEQUENCE = new Sobol(21);

    @Test
    void theFirstPointsOfThreeDimensions() {
        double[][] expected = {
            {0, 0, 0},
            {0.5, 0.5, 0.5},
            {0.75, 0.25, 0.25},
            {0.25, 0.75, 0.75},
            {0.375, 0.375, 0.625},
            {0.875, 0.875, 0.125},
            {0.625, 0.125, 0.875},
            {0.125, 0.625, 0.375},
            {0.1875, 0.3125, 0.9375},
            {0.6875, 0.8125, 0.4375}
        };
        var sequence = new Sobol(3);
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], sequence.point(i), "point " + i);
        }
    }

    @Test
    void everyDimensionAgreesWithSciPy() {
        assertPoint(
                5, 896, 896, 128, 384, 896, 640, 896, 384, 384, 128, 384, 896, 896, 128, 896, 384, 896, 384, 384, 640,
                640);
        assertPoint(
                100, 424, 264, 792, 744, 904, 760, 24, 488, 648, 712, 472, 696, 488, 872, 328, 504, 696, 760, 856, 344,
                776);
        assertPoint(
                1023, 1, 771, 627, 149, 191, 449, 143, 633, 353, 871, 695, 37, 133, 681, 371, 475, 321, 897, 599, 327,
                887);
    }

    private static void assertPoint(int i, double... expected) {
        double[] thousands = Arrays.stream(SEQUENCE.point(i)).map(x -> x * 1024).toArray();
        assertArrayEquals(expected, thousands, "point " + i);
    }

    /** SciPy's {@code qmc.discrepancy(..., method="L2-star")} of the first 128 points; 128 random ones have 0.032. */
    @Test
    void theDiscrepancyIsThatOfTheUnshiftedPointsAndLowWhenShifted() {
        assertEquals(0.00702978960812672, discrepancy(new int[2]), 1e-12);
        int[] shift = new SplittableRandom(3).ints(2).toArray();
        assertTrue(discrepancy(shift) < 0.02, "discrepancy " + discrepancy(shift));
    }

    /** Warnock's formula for two dimensions (1972). */
    private static double discrepancy(int[] shift) {
        int n = 128;
        var sequence = new Sobol(2);
        double one = 0;
        double two = 0;
        for (int i = 0; i < n; i++) {
            double[] x = sequence.point(i, shift);
            one += (1 - x[0] * x[0]) * (1 - x[1] * x[1]);
            for (int j = 0; j < n; j++) {
                double[] y = sequence.point(j, shift);
                two += (1 - Math.max(x[0], y[0])) * (1 - Math.max(x[1], y[1]));
            }
        }
        return Math.sqrt(1 / 9.0 - one / (2.0 * n) + two / ((double) n * n));
    }

    @Test
    void shiftedByASeedEverySixteenthOfARangeIsVisitedOnce() {
        Search search =
                Searches.sobol(16, 99, Hyperparameter.range("x", 0, 16, 2), Hyperparameter.range("y", 0, 16, 2));
        var x = new HashSet<Integer>();
        var y = new HashSet<Integer>();
        for (var setting : search.round(0, NOTHING)) {
            x.add((int) (double) setting.get("x"));
            y.add((int) (double) setting.get("y"));
        }
        assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), x);
        assertEquals(x, y);
    }

    private static final SweepResult NOTHING = new SweepResult(List.of(), new Status.Running());

    @Test
    void moreHyperparametersThanDimensionsAreRefused() {
        var error = assertThrows(IllegalArgumentException.class, () -> new Sobol(1_001));
        assertTrue(error.getMessage().contains("not for 1001"), error.getMessage());
    }
}
