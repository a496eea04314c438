package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class TrainingLogTest {

    private final TrainingLog log =
            new TrainingLog(RunCard.begin("test", null, Map.of(), Origin.here(0, "")), Progress.SILENT);

    @Test
    void aStepWhoseLookWasInterruptedCounts() {
        log.take("test", 10, new Trainer() {
            @Override
            public Map<String, Double> step(long step) {
                return Map.of("loss", (double) step);
            }

            @Override
            public void evaluate(long done, Map<String, Double> metrics) {
                if (done == 4) {
                    throw new CancellationException("interrupted");
                }
            }
        });
        var outcome = log.finish().outcome();
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals(4, log.tables().get(Run.METRICS).rowCount());
        assertTrue(outcome.toString().contains("4"), outcome.toString());
    }

    @Test
    void aLossThatIsNoNumberEndsTheRunAndSaysSo() {
        log.take("test", 10, step -> Map.of("loss", step == 2 ? Double.NaN : 1.0));
        var outcome = log.finish().outcome();
        assertEquals(3, log.tables().get(Run.METRICS).rowCount());
        assertTrue(outcome.toString().contains("not a number at step 3"), outcome.toString());
    }

    /** Nobody is interrupted, so what follows the steps is done as after any training. */
    @Test
    void aListenerStopsATrainingByItsAnswer() {
        var heard = new long[1];
        var listener = new Progress() {
            @Override
            public void step(long done, Map<String, Double> metrics) {
                heard[0] = done;
            }

            @Override
            public Optional<String> stop() {
                return heard[0] == 3 ? Optional.of("others are ahead") : Optional.empty();
            }
        };
        var stopped = new TrainingLog(RunCard.begin("test", null, Map.of(), Origin.here(0, "")), listener);
        stopped.take("test", 10, step -> Map.of("loss", (double) step));
        assertEquals(Optional.of("judged"), stopped.afterwards(() -> "judged"));
        var outcome = stopped.finish().outcome();
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(3, stopped.tables().get(Run.METRICS).rowCount());
        assertEquals("stopped: others are ahead", outcome.status().text());
        assertTrue(outcome.status().hasEnded() && !outcome.status().isFinished());
    }

    /** A listener that shows how time passes must hear the end of what never began. */
    @Test
    void workThatFailsWhileItIsPreparedIsOver() {
        var heard = new ArrayList<String>();
        var options = RunOptions.NONE.progress(new Progress() {
            @Override
            public void prepare() {
                heard.add("prepare");
            }

            @Override
            public void start(String title, long total) {
                heard.add("start");
            }

            @Override
            public void step(long done, Map<String, Double> metrics) {
                heard.add("step");
            }

            @Override
            public void finish(String outcome) {
                heard.add(outcome);
            }
        });
        var card = RunCard.begin("test", null, Map.of(), Origin.here(0, ""));
        assertThrows(
                IllegalArgumentException.class,
                () -> Training.run(card, options, _ -> {
                    throw new IllegalArgumentException("no text");
                }));
        assertThrows(
                CancellationException.class,
                () -> Training.run(card, options, _ -> {
                    throw new CancellationException();
                }));
        assertEquals(List.of("prepare", "failed: no text", "prepare", "interrupted"), heard);
    }
}
