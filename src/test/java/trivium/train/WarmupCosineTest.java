package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WarmupCosineTest {

    private static final WarmupCosine SCHEDULE = new WarmupCosine(0.8, 0.2, 9, 129);

    private static void assertRate(double expected, int step) {
        assertEquals(expected, SCHEDULE.valueAt(step, 0), 1e-12, "step " + step);
    }

    @Test
    void risesInALine() {
        assertRate(0.08, 0); // the first step is not wasted on a rate of 0
        assertRate(0.40, 4);
        assertRate(0.72, 8);
    }

    @Test
    void fallsAlongHalfACosine() {
        assertRate(0.8, 9);
        assertRate(0.2 + 0.6 * (0.5 + Math.sqrt(0.5) / 2), 9 + 30); // cos 45°
        assertRate(0.5, 9 + 60);
        assertRate(0.2 + 0.6 * 0.25, 9 + 80); // cos 120°
        assertRate(0.2, 129);
        assertRate(0.2, 1_000_000);
    }

    @Test
    void withoutWarmUpItBeginsAtThePeak() {
        var schedule = new WarmupCosine(1, 0, 0, 2);
        assertEquals(1, schedule.valueAt(0, 0));
        assertEquals(0.5, schedule.valueAt(1, 0), 1e-12);
        assertEquals(0, schedule.valueAt(2, 0));
    }

    @Test
    void refusesARateOfNothing() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> new WarmupCosine(0, 0, 1, 10));
        assertTrue(thrown.getMessage().contains("a learning rate above 0"), thrown.getMessage());
        thrown = assertThrows(IllegalArgumentException.class, () -> new WarmupCosine(1, 0, 11, 10));
        assertTrue(thrown.getMessage().contains("warm-up of 11 steps"), thrown.getMessage());
    }
}
