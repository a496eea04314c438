package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;

@Timeout(60)
class SweepTest {

    @Test
    void aGridTriesEveryCombinationOnce() {
        var seen = new ArrayList<String>();
        var result = Sweep.grid(
                        Hyperparameter.values("width", 64, 128),
                        Hyperparameter.values("norm", "layer", "rms"),
                        Hyperparameter.range("rate", 0, 1, 3))
                .measure(trial -> {
                    seen.add(trial.integer("width") + trial.text("norm") + trial.real("rate"));
                    return Map.of("loss", 1.0);
                });
        var expected = new ArrayList<String>();
        for (int width : new int[] {64, 128}) {
            for (var norm : List.of("layer", "rms")) {
                for (double rate : new double[] {0, 0.5, 1}) {
                    expected.add(width + norm + rate);
                }
            }
        }
        assertEquals(expected, seen);
        assertEquals(12, result.table().rowCount());
    }

    @Test
    void onManyThreadsTheTableIsTheSame() {
        TrialFunction trainer = trial -> {
            var random = new SplittableRandom(trial.seed() + trial.number());
            Thread.sleep(random.nextInt(6)); // so that trials end in another order than they began
            return Map.of("loss", trial.real("rate") * random.nextDouble());
        };
        var sweep =
                Sweep.random(24, Hyperparameter.logRange("rate", 1e-4, 1e-2, 5)).seed(7);
        assertEquals(csv(sweep.measure(trainer)), csv(sweep.parallel(5).measure(trainer)));
    }

    @Test
    void trialsRunSideBySide() {
        var barrier = new CyclicBarrier(3);
        var result = Sweep.grid(Hyperparameter.values("x", 1, 2, 3)).parallel(3).measure(trial -> {
            barrier.await(20, TimeUnit.SECONDS); // passes only when all three are here
            return Map.of("y", 1.0);
        });
        assertEquals(
                3,
                result.table()
                        .where(result.table().stringColumn("outcome").isEqualTo("finished"))
                        .rowCount());
    }

    @Test
    void aTrialThatFailsOrDivergesIsARowWithAReason() {
        var result = Sweep.grid(Hyperparameter.integers("x", 1, 6)).measure(trial -> switch (trial.integer("x")) {
            case 1 -> throw new IllegalStateException("no room");
            case 2 -> Map.of("loss", Double.NaN);
            case 3 -> Map.of("loss", 0.5);
            case 5 -> throw new AssertionError("what cannot be");
            case 6 -> null;
            default -> Map.of("loss", 0.25 + trial.real("no such hyperparameter"));
        });
        var outcomes = result.table().stringColumn("outcome");
        assertEquals("failed: no room", outcomes.get(0));
        assertEquals("diverged: loss is NaN", outcomes.get(1));
        assertEquals("finished", outcomes.get(2));
        assertTrue(outcomes.get(3).contains("no such hyperparameter"), outcomes.get(3));
        assertEquals("failed: what cannot be", outcomes.get(4));
        assertEquals("failed: it answered no metrics", outcomes.get(5));
        assertEquals(3, result.lowest("loss").trial().integer("x"));
        assertEquals(3, result.highest("loss").trial().integer("x"));
        assertThrows(IllegalArgumentException.class, () -> result.lowest("reward"));
    }

    @Test
    void aSweepOfWhichNothingFinishedSaysHowManyFailedAndWhy() {
        var result = Sweep.grid(Hyperparameter.integers("x", 1, 5)).measure(trial -> switch (trial.integer("x")) {
            case 2, 4 -> Map.of("loss", Double.NaN);
            case 3 -> throw new IllegalStateException("another\nreason");
            default -> throw new IllegalArgumentException("learning rate -1.0: expected a number above 0");
        });
        var said = "none of the 5 trials finished: 3 failed (trial 0: learning rate -1.0: expected a number above 0),"
                + " 2 diverged (trial 1: loss is NaN)";
        assertEquals("failed: " + said, result.outcome().text());
        var refusal = assertThrows(IllegalArgumentException.class, () -> result.lowest("validation_loss"));
        assertEquals(said, refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> result.highest("validation_loss"));
        assertEquals("5 trials, failed: " + said, result.toString());
    }

    @Test
    void aSweepThatFinishedSaysWhichTrialsDidNot() {
        var result = Sweep.grid(Hyperparameter.integers("x", 1, 3))
                .measure(trial -> Map.of("loss", trial.integer("x") == 2 ? Double.NaN : 1.0));
        assertEquals("finished", result.outcome().text());
        assertEquals("3 trials, finished (of 3 trials 1 diverged (trial 1: loss is NaN))", result.toString());
        assertEquals(
                "trial 0: x 1: loss 1, finished", result.trials().getFirst().toString());
        var refusal = assertThrows(IllegalArgumentException.class, () -> result.lowest("reward"));
        assertEquals(
                "no finished trial has a metric \"reward\"; there are [loss] (of 3 trials 1 diverged (trial 1: loss is NaN))",
                refusal.getMessage());
    }

    @Test
    void interruptedItStopsAndKeepsWhatHasFinished() throws Exception {
        var stuck = new CountDownLatch(1);
        var stopped = ConcurrentHashMap.<Integer>newKeySet();
        var results = new ArrayList<SweepResult>();
        var caller = Thread.ofPlatform()
                .start(() -> results.add(Sweep.grid(Hyperparameter.values("x", 0, 1, 2, 3, 4, 5))
                        .parallel(2)
                        .measure(trial -> {
                            if (trial.number() < 2) {
                                return Map.of("loss", (double) trial.number());
                            }
                            stuck.countDown();
                            while (!Thread.interrupted()) {
                                Thread.onSpinWait();
                            }
                            stopped.add(trial.number());
                            throw new CancellationException("interrupted");
                        })));
        stuck.await();
        caller.interrupt();
        caller.join();
        var result = results.getFirst();
        assertEquals("interrupted after 2 of 6 trials", result.outcome().text());
        var finished = result.trials().stream().filter(TrialResult::isFinished).toList();
        assertEquals(
                List.of(0, 1),
                finished.stream().map(trial -> trial.trial().number()).toList());
        assertFalse(stopped.isEmpty());
        assertFalse(stopped.contains(4) || stopped.contains(5), "waiting trials never began");
        assertEquals(1, result.highest("loss").trial().number());
    }

    @Test
    void ofARunItKeepsTheNewestMetricsAndHowItEnded() {
        var result = Sweep.grid(Hyperparameter.values("steps", 2, 3)).run(trial -> {
            var metrics = new MetricsTable();
            metrics.add(1, Map.of("loss", 4.0, "validation_loss", 5.0));
            metrics.add(2, Map.of("loss", 1.0 * trial.integer("steps")));
            var card = RunCard.begin("pretrain", null, trial.values(), new Origin(trial.seed(), "", "", Map.of()));
            card = trial.integer("steps") == 2
                    ? card.ended(new Status.Finished())
                    : card.ended(new Status.InterruptedAtStep(2));
            return new Run(card, null, null, Map.of(Run.METRICS, metrics.table()));
        });
        assertEquals(
                Map.of("step", 2.0, "loss", 2.0, "validation_loss", 5.0),
                result.trials().get(0).metrics());
        assertEquals(
                List.of("finished", "interrupted at step 2"),
                result.table().stringColumn("outcome").asList());
        assertEquals(2, result.lowest("loss").trial().integer("steps"));
        assertEquals(2, result.highest("loss").trial().integer("steps"), "a trial that was cut off is not the best");
    }

    @Test
    void everyTrialHasTheSweepsSeedUnlessTheSeedIsAHyperparameter() {
        var seeds = new HashSet<Long>();
        Sweep.grid(Hyperparameter.values("x", 1, 2, 3)).seed(42).measure(trial -> {
            seeds.add(trial.seed());
            return Map.of();
        });
        assertEquals(new HashSet<>(List.of(42L)), seeds);
        Sweep.grid(Hyperparameter.values("seed", 1, 2)).seed(42).measure(trial -> {
            seeds.add(trial.seed());
            return Map.of();
        });
        assertEquals(new HashSet<>(List.of(42L, 1L, 2L)), seeds);
    }

    @Test
    void aSearchOfYourOwnSeesWhatTheRoundsBeforeFound() {
        // walks downhill: every round tries the best so far and its neighbours
        Search downhill = (round, finished) -> {
            if (round == 0) {
                return List.of(Map.of("x", 10.0));
            }
            double best = finished.lowest("loss").trial().real("x");
            return round > 12 ? List.of() : List.of(Map.of("x", best - 1), Map.of("x", best + 1));
        };
        TrialFunction bowl = trial -> Map.of("loss", Math.pow(trial.real("x") - 3, 2));
        var result = Sweep.of(downhill).parallel(2).measure(bowl);
        assertEquals(3.0, result.lowest("loss").trial().real("x"));
        assertEquals(csv(Sweep.of(downhill).measure(bowl)), csv(result));
    }

    @Test
    void progressHearsOfEveryTrial() {
        var heard = new ArrayList<String>();
        Sweep.grid(Hyperparameter.values("x", 1, 2))
                .progress(new Progress() {
                    @Override
                    public void start(String title, long total) {
                        heard.add("start " + total);
                    }

                    @Override
                    public void step(long done, Map<String, Double> metrics) {
                        heard.add(done + " " + metrics.get("loss"));
                    }

                    @Override
                    public void finish(String outcome) {
                        heard.add(outcome);
                    }
                })
                .measure(trial -> Map.of("loss", trial.real("x")));
        assertEquals(List.of("start 2", "1 1.0", "2 2.0", "finished"), heard);
    }

    @Test
    void everySettingIsRunWithEverySeedAndAveraged() {
        // means and standard deviations by hand: 1, 2, 6 have mean 3 and sd sqrt(7); 10 and 14 have 12 and sqrt(8)
        double[][] losses = {{1, 2, 6}, {10, Double.NaN, 14}};
        var result = Sweep.grid(Hyperparameter.values("x", 0, 1))
                .repeat(3)
                .parallel(2)
                .measure(trial -> Map.of("loss", losses[trial.integer("x")][(int) trial.seed()]));
        assertEquals(
                "[0, 1, 2, 0, 1, 2]", result.table().column("seed").asList().toString());
        var rows = result.overSeeds().trials();
        assertEquals(2, rows.size());
        assertEquals(3, rows.get(0).metrics().get("loss"), 1e-12);
        assertEquals(Math.sqrt(7), rows.get(0).metrics().get("loss_sd"), 1e-12);
        assertEquals(3, rows.get(0).metrics().get("seeds"));
        assertTrue(rows.get(0).isFinished());
        assertEquals("diverged: loss is NaN", rows.get(1).outcome().text());
        assertEquals(12, rows.get(1).metrics().get("loss"), 1e-12);
        assertEquals(Math.sqrt(8), rows.get(1).metrics().get("loss_sd"), 1e-12);
    }

    @Test
    void aBudgetEndsASweepBeforeItsSearch() {
        var sweep = Sweep.random(20, Hyperparameter.range("x", 0, 1, 2));
        TrialFunction reads = trial -> Map.of("tokens", 100.0);
        var five = sweep.budget(Budget.NONE.trials(5)).parallel(2).measure(reads);
        assertEquals(5, five.trials().size());
        assertEquals(
                "stopped after 5 trials: the budget of 5 trials is spent",
                five.outcome().text());
        assertEquals(
                csv(five),
                csv(new SweepResult(sweep.measure(reads).trials().subList(0, 5), new Status.Running())),
                "the first ones, as without a budget");
        var tokens = sweep.budget(Budget.NONE.tokens(250)).measure(reads);
        assertEquals(
                "stopped after 3 trials: the budget of 250 tokens is spent",
                tokens.outcome().text());
        var minutes = sweep.budget(Budget.NONE.minutes(1e-9)).measure(reads);
        assertEquals(0, minutes.trials().size());
        assertEquals(
                "finished",
                sweep.budget(Budget.NONE.trials(20)).measure(reads).outcome().text());
    }

    /** A search after a metric that nobody measures is blind, and says so when the first trial is over. */
    @Test
    void aMisspelledGoalStopsTheSweepAfterItsFirstTrial() {
        var x = Hyperparameter.range("x", 0, 1, 3);
        var misspelled = Goal.lowest("los");
        var loss = Goal.lowest("loss");
        for (var sweep : List.of(
                Sweep.tpe(misspelled, 20, x),
                Sweep.of(CmaEs.of(misspelled, 20, x)),
                Sweep.grid(x).goal(loss, misspelled),
                Sweep.tpe(misspelled, 20, x).goal(loss),
                Sweep.grid(x).prune(Asha.of(misspelled, 1)),
                Sweep.grid(x).goal(loss).prune(PercentilePruner.median(misspelled, 1)),
                Sweep.grid(x).prune(Asha.of(misspelled, 1)).confirm(1, 2))) {
            var ran = new AtomicInteger();
            var refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> sweep.measure(trial -> {
                        ran.incrementAndGet();
                        trial.progress().step(1, Map.of("loss", 2.0));
                        Thread.sleep(trial.number() == 0 ? 0 : 5_000);
                        return Map.of("loss", 1.0);
                    }));
            assertTrue(
                    refusal.getMessage().endsWith("lowest los, which trial 0 finished without; there are [loss]"),
                    refusal.getMessage());
            assertTrue(ran.get() <= 2, ran + " trials ran");
        }
        // what a pruner compares need not be measured in the end, and one trial may lack what another has
        var told = Sweep.grid(x).goal(loss).prune(Asha.of(misspelled, 1)).measure(trial -> {
            trial.progress().step(1, Map.of("los", 2.0));
            return trial.number() == 1 ? Map.of("reward", 1.0) : Map.of("loss", 1.0);
        });
        assertEquals(3, told.trials().size());
        var seconds = Sweep.grid(x).goal(Goal.lowest("trial_seconds"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> seconds.measure(_ -> Map.of("loss", 1.0)))
                .getMessage()
                .startsWith("\"trial_seconds\" is no goal, for it is the wall clock"));
    }

    /** Trial 1 is twice the same thing, so there are two numbers and not three. */
    @Test
    void aSeedThatWasTriedTwiceCountsOnce() {
        var setting = Map.<String, Object>of("rate", 0.5);
        Search twice = (round, _) -> round == 0 ? List.of(setting, setting) : List.of();
        var result = Sweep.of(twice)
                .seeds(3, 4)
                .measure(trial -> Map.of("loss", (double) trial.seed(), "rate", 100.0 * trial.seed()));
        var table = result.overSeeds().table();
        assertEquals(2, table.doubleColumn("seeds").getDouble(0));
        assertEquals(Math.sqrt(0.5), table.doubleColumn("loss_sd").getDouble(0), 1e-12);
        assertEquals(0.5, table.doubleColumn("rate").getDouble(0));
        assertFalse(table.containsColumn("rate_low"), "an interval of the metric beside the setting");
    }

    @Test
    void twoHyperparametersOfOneNameAreRefused() {
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> Sweep.grid(Hyperparameter.values("x", 1), Hyperparameter.range("x", 0, 1, 2)));
        assertTrue(error.getMessage().contains("\"x\""), error.getMessage());
    }

    private static String csv(SweepResult result) {
        Table table = result.table();
        table.removeColumns("trial_seconds");
        return table.write().toString("csv");
    }
}
