package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trivium.sweep.Knob;
import trivium.sweep.Sweep;

class LiveSweepTest {

    private final List<Html> shown = new ArrayList<>();
    private long now;

    private LiveSweep live() {
        return new LiveSweep(
                html -> {
                    shown.add(html);
                    return "id";
                },
                (_, html) -> shown.add(html),
                () -> now);
    }

    @Test
    void theBestStandsFirstAndReasonsLast() {
        Sweep.grid(Knob.values("x", "one", "<two>", "three")).progress(live()).measure(trial -> {
            if (trial.number() == 0) {
                throw new IllegalStateException("no & room");
            }
            trial.progress().start("training", 4);
            trial.progress().step(1, Map.of("loss", 9.0));
            now += 600_000_000;
            trial.progress().step(2, Map.of("loss", 8.0));
            return Map.of("loss", trial.number() == 1 ? 7.0 : 5.5);
        });
        assertEquals(
                "sweep: finished\n"
                        + "trial 2: x three  loss 5.5  finished\n"
                        + "trial 1: x <two>  loss 7  finished\n"
                        + "trial 0: x one  failed: no & room",
                shown.getLast().text());
        var html = shown.getLast().html();
        assertTrue(html.contains("&lt;two&gt;") && html.contains("no &amp; room"), html);
        assertTrue(html.indexOf("x three") < html.indexOf("x one"), html);
        assertEquals(2, html.split("<polyline", -1).length - 1, "a line of each trial that took steps");
    }

    @Test
    void itDrawsATrialOnItsWayButNotAtEveryStep() {
        Sweep.grid(Knob.values("x", 1)).progress(live()).measure(trial -> {
            trial.progress().start("training", 100);
            for (int step = 1; step <= 100; step++) {
                now += 20_000_000;
                trial.progress().step(step, Map.of("loss", 1.0 / step));
            }
            return Map.of();
        });
        assertEquals(1 + 4 + 1, shown.size(), "the start, two a second for two seconds, the end");
        assertTrue(shown.get(2).text().contains("50 %"), shown.get(2).text());
        assertFalse(shown.get(2).text().contains("finished"), shown.get(2).text());
    }
}
