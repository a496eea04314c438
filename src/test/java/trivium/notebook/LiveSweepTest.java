package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import trivium.run.Progress;
import trivium.run.Status;
import trivium.sweep.Asha;
import trivium.sweep.Goal;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.Trial;
import trivium.sweep.TrialResult;

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
                () -> now,
                _ -> () -> {},
                Optional.empty());
    }

    @Test
    void theBestStandsFirstAndReasonsLast() {
        Sweep.grid(Hyperparameter.values("x", "one", "<two>", "three"))
                .progress(live())
                .measure(trial -> {
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
                "sweep: finished (of 3 trials 1 failed (trial 0: no & room))\n"
                        + "trial 2: x three  loss 5.5  finished\n"
                        + "trial 1: x <two>  loss 7  finished\n"
                        + "trial 0: x one  failed: no & room",
                shown.getLast().text());
        var html = shown.getLast().html();
        assertTrue(html.contains("&lt;two&gt;") && html.contains("no &amp; room"), html);
        assertTrue(html.indexOf("x three") < html.indexOf("x one"), html);
        assertEquals(2, html.split("<img", -1).length - 1, "a line of each trial that took steps");
    }

    @Test
    void whatIsConfirmedIsMarked() {
        var result = Sweep.grid(Hyperparameter.values("x", 1, 2))
                .goal(Goal.lowest("loss"))
                .confirm(1, 2)
                .progress(live())
                .measure(trial -> Map.of("loss", trial.real("x") + trial.seed()));
        assertEquals(
                "sweep: finished\n"
                        + "trial 0: x 1  loss 1  finished\n"
                        + "trial 1: x 2  loss 2  finished\n"
                        + "trial 2: x 1  loss 2  fresh seed 1, finished\n"
                        + "trial 3: x 1  loss 3  fresh seed 2, finished",
                shown.getLast().text());
        var cell = RunView.sweep(result).text();
        assertTrue(cell.contains("the best with fresh seeds") && cell.contains("2.5"), cell);
    }

    /** Trial 0 has the lowest loss, trial 1 the highest reward, trial 2 the lowest validation loss. */
    private static Map<String, Double> measured(Trial trial) {
        double[][] numbers = {{1, 5, 3}, {3, 9, 2}, {2, 1, 1}};
        double[] mine = numbers[trial.number()];
        return Map.of("loss", mine[0], "reward", mine[1], "validation_loss", mine[2]);
    }

    private String first() {
        return line(1);
    }

    private String line(int i) {
        return shown.getLast().text().lines().skip(i).findFirst().orElseThrow();
    }

    @Test
    void trialsAreRankedByWhatTheSweepIsAfter() {
        var hyperparameter = Hyperparameter.values("x", 0, 1, 2);
        var sweep = Sweep.grid(hyperparameter).progress(live());
        sweep.measure(LiveSweepTest::measured);
        assertTrue(first().startsWith("trial 2") && first().contains("validation_loss 1"), first());

        sweep.goal(Goal.highest("reward")).measure(LiveSweepTest::measured);
        assertTrue(first().startsWith("trial 1") && first().contains("reward 9"), first());
        assertTrue(
                shown.getLast().html().contains(">highest reward<"),
                shown.getLast().html());

        sweep.goal(Goal.highest("loss")).measure(LiveSweepTest::measured);
        assertTrue(first().startsWith("trial 1") && first().contains("loss 3"), first());

        sweep.prune(Asha.of(Goal.lowest("loss"), 1)).measure(LiveSweepTest::measured);
        assertTrue(first().startsWith("trial 0") && first().contains("loss 1"), first());

        var goal = Goal.highest("reward");
        var result = Sweep.tpe(goal, 3, Hyperparameter.range("x", 0, 1, 9))
                .progress(live())
                .measure(LiveSweepTest::measured);
        assertTrue(first().startsWith("trial 1") && first().contains("reward 9"), first());
        assertEquals(1, result.best(goal).trial().number());
    }

    @Test
    void itDrawsATrialOnItsWayButNotAtEveryStep() {
        Sweep.grid(Hyperparameter.values("x", 1)).progress(live()).measure(trial -> {
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

    private static final long SECOND = 1_000_000_000;

    private static Trial trial(int number) {
        return new Trial(number, 0, Map.of("x", number), Progress.SILENT);
    }

    private static TrialResult ended(int number, Status outcome) {
        return new TrialResult(trial(number), Map.of(), outcome, 10, List.of());
    }

    /** Trials of 10 seconds, of which the first was stopped after one. */
    @Test
    void theTimeLeftIsThatOfTrialsThatNobodyStopped() {
        var live = live();
        live.start("sweep", 6);
        live.begun(trial(0));
        now += SECOND;
        live.ended(ended(0, new Status.Stopped("by hand")));
        live.step(1, Map.of());
        for (int i = 1; i < 3; i++) {
            live.begun(trial(i));
            now += 10 * SECOND;
            assertEquals(i > 1, line(0).contains("left"), "at first there is nothing to judge by");
            live.ended(ended(i, new Status.Finished()));
            live.step(i + 1, Map.of());
        }
        live.begun(trial(3));
        live.begun(trial(4));
        now += 7 * SECOND;
        live.step(3, Map.of());
        // of three trials two have done 7 of 10 seconds each, and 35 seconds of trials took 28
        assertEquals("sweep  3 / 6  28 s, 13 s left", line(0));
    }

    /** A trial that an earlier process ran has taken no time in this one. */
    @Test
    void theTimeLeftIsThatOfTrialsThatRanHere() {
        var live = live();
        live.start("sweep", 4);
        live.ended(ended(0, new Status.Finished()));
        live.step(1, Map.of());
        live.ended(ended(1, new Status.Finished()));
        live.step(2, Map.of());
        live.begun(trial(2));
        now += 10 * SECOND;
        live.ended(ended(2, new Status.Finished()));
        now += SECOND / 2;
        live.step(3, Map.of());
        assertEquals("sweep  3 / 4  11 s, 11 s left", line(0)); // 10 seconds of 10.5
    }
}
