package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.TrainingLog;

class AshaTest {

    private static final Asha THIRDS = Asha.of(Goal.lowest("loss"), 1);

    /** Worked out on paper: the n-th to come is promoted if at most max(1, n / 3) are as good, itself included. */
    @Test
    void promotionsAreThoseOfATableMadeByHand() {
        double[] comes = {5.0, 4.0, 6.0, 4.5, 3.0, 3.5, 3.7, 4.1, 3.6, 3.6, Double.POSITIVE_INFINITY, 1.0};
        boolean[] goesOn = {true, true, false, false, true, true, false, false, true, false, false, true};
        var earlier = new ArrayList<Double>();
        for (int i = 0; i < comes.length; i++) {
            assertEquals(goesOn[i], Asha.promotes(earlier, comes[i], 3), "number " + (i + 1) + ", " + comes[i]);
            earlier.add(comes[i]);
        }
    }

    @Test
    void rungsAreAFactorApart() {
        var asha = Asha.of(Goal.highest("reward"), 50).eta(4);
        assertEquals(List.of(50L, 200L, 800L), List.of(asha.step(0, 0), asha.step(0, 1), asha.step(0, 2)));
        assertThrows(IllegalArgumentException.class, () -> asha.eta(1));
        assertThrows(IllegalArgumentException.class, () -> Asha.of(Goal.lowest("loss"), 0));
    }

    /**
     * Nine steps, rungs at 1 and 3 (that at 9 is the end). Losses 5 and 4 come first and go on; 6 is last of 3; 3 is
     * the best of 4 but has 4.5 at step 3, where it is second of 3; 3.5 is second of 5, of which one goes on; 2 is the
     * best of 6.
     */
    @Test
    void aSweepPrunesAtTheRungs() {
        double[] losses = {5, 4, 6, 3, 3.5, 2};
        var taken = new ArrayList<Integer>();
        var result = Sweep.grid(Hyperparameter.values("i", 0, 1, 2, 3, 4, 5))
                .prune(THIRDS)
                .measure(trial -> {
                    int i = trial.integer("i");
                    trial.progress().start("test", 9);
                    int step = 0;
                    double loss = losses[i];
                    while (step < 9 && trial.progress().stop().isEmpty()) {
                        step++;
                        loss = i == 3 && step == 3 ? 4.5 : loss;
                        trial.progress().step(step, Map.of("loss", loss));
                    }
                    taken.add(step);
                    return Map.of("loss", loss);
                });
        assertEquals(List.of(9, 9, 1, 3, 1, 9), taken);
        assertEquals(
                List.of(
                        "finished",
                        "finished",
                        "pruned: at step 1 loss 6.0 is not among the best 1/3 of 3",
                        "pruned: at step 3 loss 4.5 is not among the best 1/3 of 3",
                        "pruned: at step 1 loss 3.5 is not among the best 1/3 of 5",
                        "finished"),
                result.table().stringColumn("outcome").asList());
        assertEquals(List.of(3.0, 4.5), result.trials().get(3).rungs());
        assertEquals(5, result.lowest("loss").trial().integer("i"));
    }

    @Test
    void aTrainingIsStoppedAfterTheStepAndKeepsItsMetrics() {
        var watcher = new Watcher();
        var result = Sweep.grid(Hyperparameter.values("loss", 1.0, 2.0, Double.NaN, 0.5))
                .progress(watcher)
                .prune(Asha.of(Goal.lowest("loss"), 4).eta(2))
                .run(AshaTest::train);
        var outcomes = result.table().stringColumn("outcome");
        assertEquals("finished", outcomes.get(0));
        assertEquals("pruned: at step 4 loss 2.0 is not among the best 1/2 of 2", outcomes.get(1));
        assertEquals(4.0, result.trials().get(1).metrics().get("step"));
        assertTrue(outcomes.get(2).startsWith("diverged: the loss is not a number at step 1"), outcomes.get(2));
        assertEquals("finished", outcomes.get(3), "nothing is left of the stop before");
        assertEquals(
                List.of("0 not interrupted", "1 not interrupted", "2 not interrupted", "3 not interrupted"),
                watcher.ended,
                "who draws and writes is not disturbed");
        assertEquals(20.0, result.trials().get(3).metrics().get("step"));
    }

    /** Notes in what state the thread is on which it hears of an end. */
    private static final class Watcher implements SweepProgress {
        private final List<String> ended = new ArrayList<>();

        @Override
        public void ended(TrialResult result) {
            ended.add(result.trial().number()
                    + (Thread.currentThread().isInterrupted() ? " interrupted" : " not interrupted"));
        }
    }

    private static Run train(Trial trial) {
        var log = new TrainingLog(
                RunCard.begin("test", null, trial.values(), new Origin(trial.seed(), "", "", Map.of())),
                trial.progress());
        log.take("test", 20, step -> Map.of("loss", trial.real("loss")));
        return new Run(log.finish(), null, null, log.tables());
    }

    @Test
    void aTrialThatComesToARungWithNoNumberHasDiverged() {
        var result = Sweep.grid(Hyperparameter.values("x", 1)).prune(THIRDS).measure(trial -> {
            trial.progress().step(1, Map.of("loss", Double.NaN));
            throw new IllegalStateException("the caller should have been told to stop");
        });
        assertEquals(
                "diverged: loss is NaN at step 1",
                result.trials().getFirst().outcome().text());
    }
}
