package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class JournalTest {

    private final Journal journal =
            new Journal(RunCard.begin("test", null, Map.of(), Origin.here(0, "")), Progress.SILENT);

    @Test
    void aStepWhoseLookWasInterruptedCounts() {
        journal.take("test", 10, new Stepwise() {
            @Override
            public Map<String, Double> step(long step) {
                return Map.of("loss", (double) step);
            }

            @Override
            public void look(long done, Map<String, Double> metrics) {
                if (done == 4) {
                    throw new CancellationException("interrupted");
                }
            }
        });
        var outcome = journal.finish().outcome();
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals(4, journal.tables().get(Run.METRICS).rowCount());
        assertTrue(outcome.toString().contains("4"), outcome.toString());
    }

    @Test
    void aLossThatIsNoNumberEndsTheRunAndSaysSo() {
        journal.take("test", 10, step -> Map.of("loss", step == 2 ? Double.NaN : 1.0));
        var outcome = journal.finish().outcome();
        assertEquals(3, journal.tables().get(Run.METRICS).rowCount());
        assertTrue(outcome.toString().contains("not a number at step 3"), outcome.toString());
    }
}
