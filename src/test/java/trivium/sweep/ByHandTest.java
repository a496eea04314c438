package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does to a sweep while it runs: trials are stopped, settings added, and all stopped. */
@Timeout(60)
class ByHandTest {

    @TempDir
    Path folder;

    /** Does something to the sweep at each step of a trial. */
    private static final class Hand implements SweepProgress {

        private final BiConsumer<RunningSweep, String> does;
        private RunningSweep sweep;

        Hand(BiConsumer<RunningSweep, String> does) {
            this.does = does;
        }

        @Override
        public boolean acts(RunningSweep started) {
            sweep = started;
            return true;
        }

        @Override
        public void begun(Trial trial) {}

        @Override
        public void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
            does.accept(sweep, trial + " at " + done);
        }

        @Override
        public void ended(TrialResult result) {}

        @Override
        public void start(String title, long total) {}

        @Override
        public void step(long done, Map<String, Double> metrics) {}

        @Override
        public void finish(String outcome) {}
    }

    private static Sweep sweep() {
        return Sweep.grid(Hyperparameter.values("x", 1, 2, 3)).seeds(7, 8);
    }

    /** Ten steps, whose loss falls by x each, as long as nobody wants it to stop. */
    private static Map<String, Double> train(Trial trial) {
        trial.progress().start("training", 10);
        for (int step = 1; step <= 10; step++) {
            double loss = 100 - step * trial.real("x");
            trial.progress().step(step, Map.of("loss", loss));
            if (trial.progress().stop().isPresent()) {
                return Map.of("loss", loss);
            }
        }
        return Map.of("loss", 100 - 10 * trial.real("x"));
    }

    private static List<String> rows(SweepResult result) {
        return result.trials().stream().map(TrialResult::toString).toList();
    }

    @Test
    void aTrialThatIsStoppedKeepsWhatItReachedAlsoWhereTheSweepGoesOnLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("2 at 4")) {
                assertTrue(sweep.stop(2));
                assertFalse(sweep.stop(5), "it has not begun");
            }
        });
        var alone = rows(sweep().measure(ByHandTest::train));
        var stopped = rows(sweep().progress(hand).keep(folder).measure(ByHandTest::train));
        assertEquals("trial 2: x 2: loss 92, stopped: by hand", stopped.get(2));
        for (int i : new int[] {0, 1, 3, 4, 5}) {
            assertEquals(alone.get(i), stopped.get(i));
        }
        var again = sweep().keep(folder).measure(_ -> fail("it has run"));
        assertEquals(stopped, rows(again));
    }

    @Test
    void aSettingThatIsEnqueuedIsTriedWithEachSeedAndKnownToTheSweepLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("0 at 1")) {
                assertEquals(2, sweep.enqueue(Map.of("x", 2.5)));
            }
        });
        var alone = rows(sweep().measure(ByHandTest::train));
        var result = sweep().progress(hand).keep(folder).measure(ByHandTest::train);
        assertEquals(alone, rows(result).subList(0, 6));
        assertEquals(
                List.of("trial 6: x 2.5: loss 75, finished", "trial 7: x 2.5: loss 75, finished"),
                rows(result).subList(6, 8));
        assertEquals(8, result.trials().getLast().trial().seed());
        assertEquals(rows(result), rows(sweep().keep(folder).measure(_ -> fail("it has run"))));
    }

    @Test
    void aSearchThatLearnsDoesNotLearnFromWhatIsEnqueued() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("1 at 1")) {
                sweep.enqueue(Map.of("x", 3.0));
            }
        });
        var tpe = Sweep.tpe(Goal.lowest("loss"), 12, Hyperparameter.range("x", 1.0, 9.0, 17));
        var alone = rows(tpe.measure(ByHandTest::train)).stream()
                .map(row -> row.replaceFirst("trial \\d+", ""))
                .toList();
        var result = tpe.progress(hand).keep(folder).measure(ByHandTest::train);
        var others = result.trials().stream()
                .filter(each -> !each.trial().values().equals(Map.of("x", 3.0)))
                .map(each -> each.toString().replaceFirst("trial \\d+", ""))
                .toList();
        assertEquals(13, result.trials().size());
        assertEquals(alone, others);
        assertEquals(rows(result), rows(tpe.keep(folder).measure(_ -> fail("it has run"))));
    }

    @Test
    void allStopAndTheSweepKeepsWhatItHasAndGoesOnLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("2 at 4")) {
                sweep.stopAll();
                assertThrows(IllegalStateException.class, () -> sweep.enqueue(Map.of("x", 2.5)));
            }
        });
        var result = sweep().progress(hand).keep(folder).measure(ByHandTest::train);
        assertEquals("stopped: by hand, after 3 trials", result.outcome().text());
        assertEquals("trial 2: x 2: loss 92, stopped: by hand", rows(result).getLast());
        var later = sweep().keep(folder).measure(ByHandTest::train);
        assertEquals(rows(result), rows(later).subList(0, 3));
        assertEquals(6, later.trials().size());
        assertTrue(later.outcome().isFinished());
    }
}
