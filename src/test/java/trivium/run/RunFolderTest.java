package trivium.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.Gpt;
import trivium.model.Safetensors;
import trivium.model.Safetensors.Entry;
import trivium.model.Transformer;
import trivium.tensor.Floats;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.Stateful;

/** What a kept training's folder holds, what is made of it, and what is refused. */
class RunFolderTest {

    private static final Tokenizer BYTES = Tokenizers.bytes();
    private static final int STEPS = 10;
    private static final int EVERY = 4;

    @TempDir
    Path folder;

    /** x ← 0.9 x + the number of the update, twice a step; evaluations after even steps. */
    private static final class Recursion implements Trainer, Stateful {
        private final TrainingLog log;
        private final long interruptedEvaluation;
        private final long interruptedStep;
        private final Floats x = Floats.zeros(3);
        private long updates;

        Recursion(TrainingLog log, long interruptedEvaluation, long interruptedStep) {
            this.log = log;
            this.interruptedEvaluation = interruptedEvaluation;
            this.interruptedStep = interruptedStep;
        }

        @Override
        public Map<String, Double> step(long step) {
            update();
            if (step + 1 == interruptedStep) {
                throw new CancellationException("between two updates");
            }
            update();
            return Map.of("loss", 1.0 / (step + 1), "tokens", log.latest("tokens") + 7);
        }

        private void update() {
            updates++;
            for (int i = 0; i < 3; i++) {
                x.set(i, 0.9f * x.get(i) + updates + i);
            }
        }

        @Override
        public void evaluate(long done, Map<String, Double> metrics) {
            if (done % 2 == 0) {
                metrics.put("seen", (double) x.get(0));
                if (done == interruptedEvaluation) {
                    throw new CancellationException("interrupted");
                }
                log.note(Table.create(
                        "notes", LongColumn.create("step", done), StringColumn.create("text", "at, \"" + x.get(1))));
            }
        }

        @Override
        public Map<String, Stateful> state() {
            return Map.of(MODEL, this);
        }

        @Override
        public Map<String, Entry> tensors() {
            return Map.of("x", new Entry(List.of(3), x));
        }

        @Override
        public long updates() {
            return updates;
        }

        @Override
        public void updates(long made) {
            updates = made;
        }
    }

    private record Result(float[] x, Run run) {}

    private Result train(String name, long interruptedEvaluation, long interruptedStep) {
        var work = new Recursion[1];
        var run = Training.run(card(Map.of("rate", 0.9)), options(name), log -> {
            work[0] = new Recursion(log, interruptedEvaluation, interruptedStep);
            log.take("recursion", STEPS, work[0]);
            return run(log);
        });
        Thread.interrupted();
        return new Result(work[0] == null ? null : work[0].x.toArray(), run);
    }

    private RunOptions options(String name) {
        return name == null ? RunOptions.NONE : RunOptions.NONE.keep(folder.resolve(name), EVERY);
    }

    private static RunCard card(Map<String, Object> recipe) {
        return RunCard.begin("test", null, recipe, new Origin(1, "00ff", "", Map.of()));
    }

    private static Run run(TrainingLog log) {
        var model = Transformer.of(Gpt.of(2, 2, 1, 1), BYTES.size(), 1);
        return new Run(log.finish(), model, BYTES, log.tables());
    }

    private static void assertSame(Result expected, Result actual) {
        assertArrayEquals(expected.x, actual.x);
        assertEquals(
                expected.run.table("notes").write().toString("csv"),
                actual.run.table("notes").write().toString("csv"));
        for (var metric : List.of("step", "loss", "tokens", "seen")) {
            assertEquals(
                    expected.run.metrics().column(metric).asList(),
                    actual.run.metrics().column(metric).asList(),
                    metric);
        }
    }

    private Path checkpoint(String name) {
        return folder.resolve(name).resolve("checkpoint");
    }

    @Test
    void aLookThatWasInterruptedIsTakenAgain() {
        var alone = train(null, 0, 0);
        for (long evaluation : new long[] {2, 4, 6, 10}) {
            var stopped = train("evaluation-" + evaluation, evaluation, 0);
            assertEquals(
                    "interrupted at step " + evaluation,
                    stopped.run.card().outcome().status().text());
            assertEquals(evaluation, stopped.run.metrics().rowCount());
            train("evaluation-" + evaluation, evaluation, 0); // and interrupted again
            assertSame(alone, train("evaluation-" + evaluation, 0, 0));
        }
    }

    /** The numbers are then between two steps, and the last checkpoint's are not. */
    @Test
    void aStepStoppedBetweenItsUpdatesIsTakenAgainFromTheLastCheckpoint() {
        train("run", 0, 7);
        assertEquals(
                4,
                Checkpoint.find(folder.resolve("run")).orElseThrow().position().step());
        assertSame(train(null, 0, 0), train("run", 0, 0));
    }

    /** A process may be killed before its first checkpoint, and begun again on another day. */
    @Test
    void timeBetweenTwoProcessesDoesNotCount() throws IOException {
        assertThrows(
                IllegalStateException.class,
                () -> Training.run(card(Map.of("rate", 0.9)), options("run"), log -> {
                    log.take("recursion", STEPS, step -> {
                        throw new IllegalStateException("killed");
                    });
                    return run(log);
                }));
        var card = folder.resolve("run/run.json");
        Files.writeString(
                card,
                Files.readString(card)
                        .replaceAll("(\"started\": *)\"[^\"]*\"", "$1\"2026-01-01T00:00:00Z\"")
                        .replaceAll("(\"ended\": *)\"[^\"]*\"", "$1\"2026-01-01T00:01:00Z\""));
        var outcome = train("run", 0, 0).run.card().outcome();
        assertTrue(outcome.started().toString().startsWith("2026-01-01"), outcome.toString());
        assertTrue(outcome.seconds() < 600, outcome.seconds() + " s");
    }

    @Test
    void whatComesAfterTheStepsIsMadeUpForIfItWasInterrupted() {
        var stopped = Training.run(card(Map.of("rate", 0.9)), options("run"), log -> {
            log.take("recursion", STEPS, new Recursion(log, 0, 0));
            var after = log.afterwards(() -> {
                throw new CancellationException("interrupted");
            });
            assertTrue(after.isEmpty());
            return run(log);
        });
        assertTrue(Thread.interrupted());
        assertEquals("interrupted at step 10", stopped.card().outcome().status().text());
        assertSame(train(null, 0, 0), train("run", 0, 0));
    }

    @Test
    void aTrainingThatDivergedIsNotTriedAgain() {
        var diverging = new Trainer() {
            private int asked;

            @Override
            public Map<String, Double> step(long step) {
                asked++;
                return Map.of("loss", step == 5 ? Double.NaN : 1.0);
            }
        };
        for (int i = 0; i < 2; i++) {
            var run = Training.run(card(Map.of()), options("run"), log -> {
                log.take("diverging", STEPS, diverging);
                return run(log);
            });
            assertTrue(run.card().outcome().status().text().startsWith("diverged: the loss is not a number at step 6"));
            assertEquals(6, diverging.asked);
        }
    }

    @Test
    void secondsGoOn() {
        train("run", 6, 0);
        double before = RunStore.open(folder).load("run").last("seconds");
        var resumed = train("run", 0, 0).run;
        var seconds = resumed.metrics().doubleColumn("seconds");
        for (int i = 1; i < STEPS; i++) {
            assertTrue(seconds.get(i) >= seconds.get(i - 1), seconds.asList().toString());
        }
        assertTrue(resumed.card().outcome().seconds() >= before);
    }

    @Test
    void damagedFilesAreRefusedInASentence() throws IOException {
        train("run", 6, 0);
        var weights = checkpoint("run").resolve("step-6.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(weights, Arrays.copyOf(whole, length));
            assertRefused("step-6.safetensors", "cut off or damaged", "to begin anew");
        }
        for (int i = 0; i < whole.length; i += 5) {
            var flipped = whole.clone();
            flipped[i] ^= 1;
            Files.write(weights, flipped);
            assertRefused("step-6.safetensors", "cut off or damaged");
        }
        Files.delete(weights);
        assertRefused("step-6.safetensors", "not there");
        Files.write(weights, whole);

        var json = checkpoint("run").resolve("checkpoint.json");
        var text = Files.readString(json);
        for (int length = 0; length < text.length() - 2; length += 11) {
            Files.writeString(json, text.substring(0, length));
            assertRefused("checkpoint.json");
        }
        for (var nonsense : List.of(
                "[]",
                "{}",
                "7",
                "{\"format\": 1}",
                text.replace("\"format\": 1", "\"format\": 2"),
                text.replace("\"tables\"", "\"other\""),
                text.replace("\"step-", "\"../step-"))) {
            Files.writeString(json, nonsense);
            assertRefused("checkpoint.json");
        }
        Files.writeString(json, text);
        assertSame(train(null, 0, 0), train("run", 0, 0));
    }

    /** Checkpoints from before states had names have one number of updates, the model's. */
    @Test
    void aCheckpointWithOneNumberOfUpdatesGoesOn() throws IOException {
        train("run", 6, 0);
        var json = checkpoint("run").resolve("checkpoint.json");
        var text = Files.readString(json);
        var older = text.replaceAll("\"updates\": \\{\\s*\"model\": 12\\s*\\}", "\"updates\": 12");
        assertNotEquals(text, older);
        Files.writeString(json, text.replace("\"model\": 12", "\"model\": -12"));
        assertRefused("checkpoint.json", "updates of the model are -12");
        Files.writeString(json, text.replace("\"model\": 12", "\"value\": 12"));
        assertRefused("checkpoint.json", "the state of [value]", "that of [model]");
        Files.writeString(json, older);
        assertSame(train(null, 0, 0), train("run", 0, 0));
    }

    @Test
    void anotherModelsNumbersAreRefused() throws IOException {
        train("run", 6, 0);
        var weights = checkpoint("run").resolve("step-6.safetensors");
        var json = checkpoint("run").resolve("checkpoint.json");
        var text = Files.readString(json);
        var before = Fingerprint.of(weights);
        Safetensors.write(weights, Map.of("y", new Entry(List.of(3), Floats.zeros(3))));
        Files.writeString(json, text.replace(before, Fingerprint.of(weights)));
        assertRefused("has no tensor \"x\"");
        Safetensors.write(weights, Map.of("x", new Entry(List.of(1, 3), Floats.zeros(3))));
        Files.writeString(json, text.replace(before, Fingerprint.of(weights)));
        assertRefused("x has shape [1, 3], not [3]");
    }

    @Test
    void metricsThatMissAStepAreRefused() throws IOException {
        train("run", 6, 0);
        var metrics = folder.resolve("run").resolve("metrics.csv");
        var lines = Files.readAllLines(metrics);
        Files.write(metrics, lines.subList(0, 4));
        assertRefused("metrics.csv", "not for step 4");
        Files.delete(metrics);
        assertRefused("metrics.csv", "not for step 1");
    }

    @Test
    void aCheckpointOfAnotherRunIsRefused() throws IOException {
        train("run", 6, 0);
        Training.run(card(Map.of("rate", 0.8)), options("other"), log -> {
            log.take("recursion", STEPS, new Recursion(log, 6, 0));
            return run(log);
        });
        Thread.interrupted();
        var json = Path.of("checkpoint", "checkpoint.json");
        Files.writeString(
                folder.resolve("run").resolve(json),
                Files.readString(folder.resolve("other").resolve(json)));
        assertRefused("rate was 0.8 there and is 0.9 here");
    }

    @Test
    void onlyAFolderOfItsOwnWillDo() throws IOException {
        Files.createDirectories(folder.resolve("full"));
        Files.writeString(folder.resolve("full").resolve("thesis.txt"), "chapter 1");
        assertSentence(() -> train("full", 0, 0), "has files, but no run");
        assertEquals(Set.of(".lock", "thesis.txt"), names(folder.resolve("full")));
        assertSentence(() -> train("my run", 0, 0), "\"my run\" cannot name a folder");
        assertSentence(() -> RunOptions.NONE.keep(folder, 0), "0 steps between checkpoints");
        Training.run(card(Map.of("rate", 0.9)), options("busy"), log -> {
            assertSentence(() -> train("busy", 0, 0), "is in use");
            return run(log);
        });
    }

    @Test
    void oneCheckpointIsKeptAndNoneAfterTheEnd() throws IOException {
        train("run", 6, 0);
        Files.writeString(checkpoint("run").resolve("step-9.safetensors.part"), "half of one that a kill left");
        train("run", 8, 0);
        assertEquals(Set.of("checkpoint.json", "step-8.safetensors"), names(checkpoint("run")));
        assertEquals(
                "interrupted at step 8",
                RunStore.open(folder).card("run").outcome().status().text());
        train("run", 0, 0);
        assertFalse(Files.exists(checkpoint("run")));
        assertTrue(RunStore.open(folder).card("run").outcome().status().isFinished());
    }

    private static Set<String> names(Path place) throws IOException {
        try (var files = Files.list(place)) {
            return new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private void assertRefused(String... parts) {
        assertSentence(() -> train("run", 0, 0), parts);
    }

    private static void assertSentence(Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertFalse(message.contains("\n"), message);
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
