package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PointsTest {

    @Test
    void onlyFinitePairsAreDrawn() {
        double nan = Double.NaN;
        double infinite = Double.NEGATIVE_INFINITY;
        var points = Points.of(new double[] {1, nan, 3, 4, infinite, 6}, new double[] {1, 2, nan, infinite, 5, 36});
        assertArrayEquals(new double[] {1, 6}, points.x());
        assertArrayEquals(new double[] {1, 36}, points.y());
    }

    @Test
    void aStraightLineStaysWhereItIs() {
        var x = IntStream.range(0, 101).asDoubleStream().toArray();
        var y = Arrays.stream(x).map(v -> 7 - 0.3 * v).toArray();
        for (int window : new int[] {1, 2, 5, 20, 99, 500}) {
            assertArrayEquals(y, new Points(x, y).smooth(window).y(), 1e-9, "window " + window);
        }
    }

    @Test
    void smoothingTakesTheMeanOfTheNeighboursInTheMiddle() {
        var random = new SplittableRandom(1);
        var y = random.doubles(400).toArray();
        var x = IntStream.range(0, 400).asDoubleStream().toArray();
        var smooth = new Points(x, y).smooth(20).y();
        for (int i = 60; i < 380; i++) {
            double mean = Arrays.stream(y, i - 10, i + 11).average().orElseThrow();
            assertEquals(mean, smooth[i], 1e-9, "point " + i);
        }
    }

    @Test
    void thinningKeepsTheOutline() {
        var random = new SplittableRandom(2);
        int n = 50_000;
        var x = IntStream.range(1, n + 1).asDoubleStream().toArray();
        var y = random.doubles(n).toArray();
        y[31_234] = 40;
        y[40_000] = -40;
        var thin = new Points(x, y).thin(500, v -> v);
        assertTrue(thin.size() <= 1_002, thin.size() + " points left");
        assertEquals(40, DoubleStream.of(thin.y()).max().orElseThrow());
        assertEquals(-40, DoubleStream.of(thin.y()).min().orElseThrow());
        assertTrue(IntStream.range(1, thin.size()).allMatch(i -> thin.x()[i] > thin.x()[i - 1]), "x still ascends");

        var early = new Points(x, y).thin(500, Math::log10);
        assertTrue(
                DoubleStream.of(early.x()).filter(v -> v <= 20).count() == 20,
                "on a logarithmic axis the start is wide");
    }

    @Test
    void aPathThatTurnsBackIsNotThinned() {
        var x = new double[] {0, 1, 2, 1, 0, 3};
        var path = new Points(x, x);
        assertSame(path, path.thin(1, v -> v));
    }
}
