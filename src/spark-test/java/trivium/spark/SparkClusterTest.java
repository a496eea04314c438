package trivium.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.sweep.Hyperparameter;
import trivium.sweep.RunTrial;
import trivium.sweep.Sweep;
import trivium.sweep.SweepProgress;
import trivium.sweep.SweepResult;
import trivium.sweep.TrialResult;
import trivium.sweep.TrialTask;
import trivium.text.CharacterTokenizer;

/** A real master and two real workers, of which one dies in mid-sweep. */
@Timeout(300)
class SparkClusterTest {

    private static final int TRIALS = 6;

    @TempDir
    Path folder;

    @Test
    void aWorkerDiesAndNothingIsLostOrRunTwice() throws Exception {
        var corpus = new Corpus("rhyme", List.of("one two three four five, once I caught a fish alive. ".repeat(8)));
        var letters = CharacterTokenizer.of(corpus);
        var begun = folder.resolve("begun");
        var started = begun.toString(); // a path is not serialisable, text is
        RunTrial trainer = trial -> {
            write(started, trial.number());
            return Pretraining.of(Gpt.small().layers(1).context(8).width(16).heads(2), letters, corpus)
                    .steps(20)
                    .learningRate(trial.real("rate"))
                    .seed(trial.seed())
                    .progress(new Slowly(trial.progress()))
                    .workers(1)
                    .run();
        };
        var sweep = Sweep.grid(Hyperparameter.logRange("rate", 1e-4, 1e-2, 3)).seeds(1, 2);
        var expected = sweep.run(RunStore.open(folder.resolve("here")), trainer);
        Files.delete(begun);
        var there = RunStore.open(folder.resolve("there"));

        var kept = sweep.keep(folder.resolve("sweep"));
        try (var machines = Machines.start(folder.resolve("spark"), 2)) {
            var stranger = assertThrows(
                    IllegalArgumentException.class,
                    () -> machines.withoutSecret()
                            .secret(folder.resolve("guessed"))
                            .open(new TrialTask.Measuring(_ -> Map.of("x", 1.0)), false));
            assertTrue(stranger.getMessage().contains("does not answer"), stranger.getMessage());
            var killer = new Killer(machines);
            var result = kept.on(machines.site()).progress(killer).run(there, trainer);
            assertEquals("finished", result.outcome().text());
            assertEquals(table(expected), table(result));
            var times = times(begun);
            assertTrue(killer.victim.get() >= 0, "one was killed");
            for (int trial = 0; trial < TRIALS; trial++) {
                assertEquals(trial == killer.victim.get() ? 2 : 1, times.get(trial), "trial " + trial + " of " + times);
            }
        }
        assertEquals(losses(folder.resolve("here")), losses(folder.resolve("there")));

        // all have ended, so nobody asks for the cluster, which is gone
        var again = kept.on(Spark.master("spark://127.0.0.1:1")).run(there, trainer);
        assertEquals(table(expected), table(again));
    }

    private static void write(String file, int number) {
        try {
            Files.writeString(
                    Path.of(file),
                    number + " " + ProcessHandle.current().pid() + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<Integer, Integer> times(Path file) throws IOException {
        var times = new TreeMap<Integer, Integer>();
        for (var line : Files.readAllLines(file)) {
            times.merge(Integer.parseInt(line.substring(0, line.indexOf(' '))), 1, Integer::sum);
        }
        return times;
    }

    /** Tells which process a trial is in, and takes its time, so that it can be killed in the middle. */
    private record Slowly(Progress told) implements Progress {

        private static final long MILLISECONDS = 50;

        @Override
        public void start(String title, long total) {
            told.start(title, total);
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            told.step(done, Map.of("process", (double) ProcessHandle.current().pid()));
            try {
                Thread.sleep(MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Optional<String> stop() {
            return told.stop();
        }

        @Override
        public void finish(String outcome) {
            told.finish(outcome);
        }
    }

    /** Kills the worker of the first trial that is in its middle when two have ended. */
    private static final class Killer implements SweepProgress {

        private final Machines machines;
        private final AtomicLong victim = new AtomicLong(-1);
        private final HashSet<Integer> ended = new HashSet<>();

        Killer(Machines machines) {
            this.machines = machines;
        }

        @Override
        public synchronized void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
            if (ended.size() >= 2 && done > 1 && done < total && victim.compareAndSet(-1, trial)) {
                machines.kill(metrics.get("process").longValue());
            }
        }

        @Override
        public synchronized void ended(TrialResult result) {
            ended.add(result.trial().number());
        }
    }

    /** Without what a clock says. */
    private static String table(SweepResult result) {
        var table = result.table();
        for (var name : List.copyOf(table.columnNames())) {
            if (name.contains("second")) {
                table.removeColumns(name);
            }
        }
        return table.write().toString("csv");
    }

    private static Map<String, Double> losses(Path store) {
        var losses = new TreeMap<String, Double>();
        var runs = RunStore.open(store);
        for (var id : runs.ids()) {
            Run run = runs.load(id);
            losses.put(id, run.last("loss"));
        }
        assertEquals(TRIALS, losses.size());
        return losses;
    }
}
