package trivium.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Tracker;
import trivium.text.Tokenizers;

/** What a tracker may and may not do to a training. */
class TrackingTest {

    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    private final Progress listener = new Progress() {
        @Override
        public void note(String text) {
            notes.add(text);
        }
    };

    private Run pretrained(RunOptions options) {
        return Pretraining.of(
                        Llama.of(8, 16, 1, 2, 2),
                        Tokenizers.bytes(),
                        Corpus.of("the cat sat on the mat. ".repeat(20), "the dog lay on the log. ".repeat(20)))
                .steps(6)
                .batchSize(2)
                .validation(0.5)
                .with(options)
                .run();
    }

    @Test
    void aTrackedTrainingIsTheSameToTheLastBit() {
        var plain = pretrained(RunOptions.NONE);
        var tracked = pretrained(RunOptions.NONE.track(TensorBoard.in(folder)).track(MLflow.in(folder)));
        assertEquals(values(plain), values(tracked));
        assertEquals(plain.card().recipe(), tracked.card().recipe());
        assertEquals(plain.card().origin(), tracked.card().origin());
    }

    private static List<Float> values(Run run) {
        var values = run.model().parameters().values();
        var list = new ArrayList<Float>();
        for (long i = 0; i < values.size(); i++) {
            list.add(values.get(i));
        }
        return list;
    }

    /** Rows wait about a second; a training of ten minutes does not wait for its end to be seen. */
    @Test
    @Timeout(60)
    void stepsCanBeReadWhileTheTrainingGoesOn() {
        TrackedTraining.run(
                RunOptions.NONE.track(TensorBoard.in(folder)).track(MLflow.in(folder.resolve("mlruns"))), step -> {
                    while (step == 3 && !isThere(step)) {
                        Thread.onSpinWait();
                    }
                    return TrackedTraining.measured(step);
                });
    }

    private boolean isThere(long done) {
        try (var files = Files.walk(folder)) {
            boolean flow = false;
            boolean board = false;
            for (var file : files.filter(Files::isRegularFile).toList()) {
                flow |= file.endsWith("metrics/loss") && Files.readString(file).contains(" " + done + "\n");
                board |= file.toString().contains("tfevents")
                        && Files.readString(file, StandardCharsets.ISO_8859_1).contains("loss");
            }
            return flow && board;
        } catch (IOException | UncheckedIOException e) {
            return false; // a file that is moved into place while this looks
        }
    }

    @Test
    void aDiskThatRefusesIsASentenceAndTheTrainingGoesOn() throws IOException {
        var full = new Tracker() {
            @Override
            public Session begin(RunCard card, long done) {
                return new Session() {
                    @Override
                    public void write(List<Row> rows) throws IOException {
                        throw new IOException("No space left on device");
                    }

                    @Override
                    public void finish(RunCard card) {
                        throw new AssertionError("a tracker that failed hears no more");
                    }
                };
            }

            @Override
            public String toString() {
                return "a full disk";
            }
        };
        Files.writeString(folder.resolve("file"), "no folder");
        var options = RunOptions.NONE
                .progress(listener)
                .track(full)
                .track(TensorBoard.in(folder.resolve("file")))
                .track(MLflow.in(folder.resolve("file")))
                .track(MLflow.in(folder.resolve("good")));
        var run = TrackedTraining.run(options, -1);
        assertTrue(run.card().outcome().status().isFinished());
        assertEquals(List.of(), run.card().origin().notes());
        assertEquals(3, notes.size(), notes.toString());
        notes.sort(null);
        assertTrue(
                notes.getLast()
                        .equals("from step 1 on the run is not tracked by a full disk: No space left on device; the"
                                + " training itself goes on as without it"),
                notes.getLast());
        assertTrue(Files.exists(folder.resolve("good/0/meta.yaml")), "one tracker's failure is not another's");
    }

    @Test
    void aTrainingThatFailsIsNotLeftRunning() throws IOException {
        assertThrows(
                TrackedTraining.Killed.class, () -> TrackedTraining.run(RunOptions.NONE.track(MLflow.in(folder)), 0));
        try (var files = Files.walk(folder.resolve("0"))) {
            var meta = files.filter(file ->
                            file.endsWith("meta.yaml") && !file.getParent().endsWith("0"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(Files.readString(meta).contains("\nstatus: 4\n"));
        }
    }
}
