package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.text.CharacterTokenizer;

/**
 * What every {@link TrialBackend} promises; a sweep relies on nothing else. Whoever writes another one extends this
 * class, answers {@link #site}, and is done when it is green.
 */
@Timeout(240)
public abstract class TrialBackendContract {

    /** A site that runs so many trials side by side. */
    protected abstract TrialBackend site(int trials);

    /** Some number that depends on everything a trial is told; and failures of every kind. */
    private static Map<String, Double> luck(Trial trial) {
        if (trial.number() == 3) {
            throw new IllegalStateException("no luck with " + trial.text("norm"));
        }
        var random = new SplittableRandom(trial.seed() + trial.number());
        double loss = trial.real("rate") * (trial.flag("bias") ? 1 : 2) + random.nextDouble();
        return Map.of("loss", trial.number() == 5 ? Double.NaN : loss);
    }

    @Test
    void trialsComeToWhatTheyComeToHere() {
        var sweep = Sweep.grid(
                        Hyperparameter.logRange("rate", 1e-4, 1, 3),
                        Hyperparameter.values("norm", "layer", "rms"),
                        Hyperparameter.values("bias", true, false))
                .seed(7);
        var there = sweep.on(site(2)).measure(TrialBackendContract::luck);
        assertEquals(table(sweep.measure(TrialBackendContract::luck)), table(there));
        assertEquals("failed: no luck with rms", outcomes(there).get(3));
        assertEquals("diverged: loss is NaN", outcomes(there).get(5));
    }

    private static Run pretrained(Trial trial) {
        var corpus = new Corpus("rhyme", List.of("one two three four five, once I caught a fish alive. ".repeat(8)));
        return Pretraining.of(
                        Gpt.small().layers(1).context(8).width(16).heads(2), CharacterTokenizer.of(corpus), corpus)
                .steps(trial.integer("steps"))
                .seed(trial.seed())
                .progress(trial.progress())
                .workers(1)
                .run();
    }

    @Test
    void runsComeBackToTheStore(@TempDir Path here, @TempDir Path there) {
        var sweep = Sweep.grid(Hyperparameter.values("steps", 2, 3)).seeds(1, 2);
        var expected = sweep.run(RunStore.open(here), TrialBackendContract::pretrained);
        var result = sweep.on(site(2)).run(RunStore.open(there), TrialBackendContract::pretrained);
        assertEquals(
                expected.table().column("loss").asList(),
                result.table().column("loss").asList());
        var ids = RunStore.open(here).ids();
        assertEquals(4, ids.size());
        assertEquals(
                ids.stream().sorted().toList(),
                RunStore.open(there).ids().stream().sorted().toList());
        for (var id : ids) {
            assertEquals(
                    weights(RunStore.open(here).load(id)),
                    weights(RunStore.open(there).load(id)),
                    id);
        }
    }

    private static String weights(Run run) {
        return Arrays.toString(run.model().parameters().values().toArray());
    }

    private static Map<String, Double> climb(Trial trial) {
        trial.progress().start("test", 4);
        for (int step = 1; step <= 4; step++) {
            trial.progress().step(step, Map.of("loss", trial.real("loss") - step, "steps", (double) step));
            if (trial.progress().stop().isPresent()) {
                throw new CancellationException("pruned");
            }
        }
        trial.progress().finish("done");
        return Map.of("loss", trial.real("loss") - 4);
    }

    @Test
    void whatATrialTellsIsHeardAndMayStopIt() {
        var heard = new ArrayList<String>();
        var sweep = Sweep.grid(Hyperparameter.values("loss", 11.0, 13.0, 12.5, 10.5))
                .prune(Asha.of(Goal.lowest("loss"), 2).eta(2))
                .progress(new Listening(heard));
        var there = sweep.on(site(1)).measure(TrialBackendContract::climb);
        assertEquals(
                List.of(
                        "finished",
                        "pruned: at step 2 loss 11.0 is not among the best 1/2 of 2",
                        "pruned: at step 2 loss 10.5 is not among the best 1/2 of 3",
                        "finished"),
                outcomes(there));
        assertEquals(2.0, there.trials().get(1).metrics().get("steps"), "what it had told by then");
        assertEquals(
                List.of("0 1/4", "0 2/4", "0 3/4", "0 4/4", "1 1/4", "1 2/4", "2 1/4", "2 2/4"), heard.subList(0, 8));
    }

    /** Hears of the steps of trials only. */
    private static class Listening implements SweepProgress {

        private final List<String> heard;

        Listening(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
            heard.add(trial + " " + done + "/" + total);
        }
    }

    @Test
    void whatSomebodyEnqueuesBeginsBeforeWhatWaits() {
        var begun = new ArrayList<Integer>();
        var listener = new Listening(new ArrayList<>()) {
            private RunningSweep sweep;

            @Override
            public boolean acts(RunningSweep started) {
                sweep = started;
                return true;
            }

            @Override
            public void begun(Trial trial) {
                begun.add(trial.number());
            }

            @Override
            public void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
                if (trial == 0 && done == 1) {
                    sweep.enqueue(Map.of("loss", 7.0));
                }
            }
        };
        var there = Sweep.grid(Hyperparameter.values("loss", 11.0, 13.0, 12.5))
                .on(site(1))
                .progress(listener)
                .measure(TrialBackendContract::climb);
        assertEquals(List.of(0, 3, 1, 2), begun);
        assertEquals(3.0, there.trials().get(3).metrics().get("loss"));
    }

    private static Map<String, Double> stuck(Trial trial) throws InterruptedException {
        trial.progress().step(1, Map.of("x", 1.0));
        while (trial.number() > 1) {
            Thread.sleep(10);
        }
        return Map.of("loss", (double) trial.number());
    }

    @Test
    void interruptedItKeepsWhatHasFinished() throws Exception {
        var news = new CountDownLatch(4); // two trials have ended, and two more say that they have begun
        var place = site(2);
        var sweep = new FutureTask<>(() -> Sweep.grid(Hyperparameter.values("x", 0, 1, 2, 3, 4, 5))
                .on(place)
                .progress(new Listening(new ArrayList<>()) {
                    @Override
                    public void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
                        if (trial > 1) {
                            news.countDown();
                        }
                    }

                    @Override
                    public void ended(TrialResult result) {
                        if (result.isFinished()) {
                            news.countDown();
                        }
                    }
                })
                .measure(TrialBackendContract::stuck));
        var caller = Thread.ofPlatform().start(sweep);
        while (!sweep.isDone() && !news.await(10, TimeUnit.MILLISECONDS)) {}
        caller.interrupt();
        var result = sweep.get();
        assertEquals("interrupted after 2 of 6 trials", result.outcome().text());
        assertEquals(List.of("finished", "finished"), outcomes(result).subList(0, 2));
        assertFalse(outcomes(result).subList(2, outcomes(result).size()).contains("finished"));
    }

    private static List<String> outcomes(SweepResult result) {
        return result.trials().stream().map(trial -> trial.outcome().text()).toList();
    }

    private static String table(SweepResult result) {
        var table = result.table();
        table.removeColumns("trial_seconds");
        return table.write().toString("csv");
    }
}
