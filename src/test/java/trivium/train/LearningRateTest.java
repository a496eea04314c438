package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LearningRateTest {

    private static final LongToDoubleFunction COSINE = rates(0.8, new Warmup.Steps(9), new Schedule.Cosine(0.25), 129);

    private static LongToDoubleFunction rates(double peak, Warmup warmup, Schedule schedule, long steps) {
        return new LearningRate(peak, warmup, schedule).over(steps);
    }

    private static void assertRate(double expected, long step) {
        assertEquals(expected, COSINE.applyAsDouble(step), 1e-12, "step " + step);
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
    void fallsInALineOrStays() {
        var line = rates(2, new Warmup.Steps(3), new Schedule.Linear(0.5), 11);
        assertEquals(1, line.applyAsDouble(1), 1e-12);
        assertEquals(2, line.applyAsDouble(3), 1e-12);
        assertEquals(1.75, line.applyAsDouble(5), 1e-12);
        assertEquals(1, line.applyAsDouble(11), 1e-12);
        var constant = rates(2, new Warmup.Steps(3), new Schedule.Constant(), 11);
        assertEquals(1.5, constant.applyAsDouble(2), 1e-12);
        assertEquals(2, constant.applyAsDouble(10));
    }

    /** 1 − √x: after a quarter of the fall it is halfway, after 9/16 three quarters of the way. */
    @Test
    void staysAndFallsInTheEnd() {
        var wsd = rates(2, new Warmup.Steps(20), new Schedule.WarmupStableDecay(0.16, 0.1), 120);
        assertEquals(2, wsd.applyAsDouble(20));
        assertEquals(2, wsd.applyAsDouble(104), 1e-12);
        assertEquals(1.1, wsd.applyAsDouble(108), 1e-12);
        assertEquals(0.65, wsd.applyAsDouble(113), 1e-12);
        assertEquals(0.2, wsd.applyAsDouble(120), 1e-12);
        var never = rates(2, new Warmup.Steps(0), new Schedule.WarmupStableDecay(0, 0), 10);
        assertEquals(2, never.applyAsDouble(10));
    }

    @Test
    void withoutWarmUpItBeginsAtThePeak() {
        var schedule = rates(1, new Warmup.Steps(0), new Schedule.Cosine(0), 2);
        assertEquals(1, schedule.applyAsDouble(0));
        assertEquals(0.5, schedule.applyAsDouble(1), 1e-12);
        assertEquals(0, schedule.applyAsDouble(2));
    }

    /** A tenth is rate / 10, and a twentieth of the steps is a division of whole numbers, to the last bit. */
    @Test
    void sharesAreThoseOfDivision() {
        for (double peak : new double[] {1e-3, 5e-4, 2e-3, 3e-3, 0.01, 0.02, 0.07}) {
            assertEquals(peak / 10, new Schedule.Cosine(0.1).at(peak, 1), 0);
        }
        for (long steps = 1; steps < 5_000; steps++) {
            assertEquals(steps / 20, new Warmup.Ratio(0.05).steps(steps));
            assertEquals(Math.min(100, steps / 10), new Warmup.Fewer(100, 0.1).steps(steps));
        }
    }

    @Test
    void refusesWhatIsImpossible() {
        assertSentence(() -> rates(0, new Warmup.Steps(1), new Schedule.Constant(), 10), "learning rate 0.0");
        assertSentence(() -> rates(1, new Warmup.Steps(11), new Schedule.Constant(), 10), "warm-up of 11 steps");
        assertSentence(() -> new Warmup.Ratio(1.1), "warm-up ratio 1.1");
        assertSentence(() -> new Schedule.Cosine(-1), "floor of the learning rate -1.0");
    }

    private static void assertSentence(Executable making, String part) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(part), message);
    }
}
