package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WorkingTimeTest {

    private static final long SECOND = 1_000_000_000;

    private long now = 17;

    /** Steps of 0.4 s, a lid that is closed for an hour, and steps again; then two nights one after the other. */
    @Test
    void timeInWhichNobodyWorkedDoesNotCount() {
        var time = new WorkingTime(() -> now);
        long begun = time.nanos();
        work(time, 50);
        now += 3_600 * SECOND;
        work(time, 50);
        now += 30_000 * SECOND;
        time.nanos();
        now += 40_000 * SECOND;
        work(time, 50);
        assertEquals(60, (time.nanos() - begun) / 1e9, 1);
    }

    /** A step may take as long as it likes: the thread that looks at the clock works beside it. */
    @Test
    void aLongStepCounts() {
        var time = new WorkingTime(() -> now);
        long begun = time.nanos();
        for (int i = 0; i < 100; i++) { // a step of 400 s on a machine so busy that looking at the clock takes 4 s
            now += 4 * SECOND;
            time.nanos();
        }
        assertEquals(400, (time.nanos() - begun) / 1e9, 1e-9);
    }

    private void work(WorkingTime time, int times) {
        for (int i = 0; i < times; i++) {
            now += SECOND * 2 / 5;
            time.nanos();
        }
    }
}
