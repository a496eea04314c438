package trivium.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.run.RunOptions;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.track.EventReader.Message;

class TensorBoardTest {

    private static final Path WRITTEN_BY_TENSORBOARD =
            Path.of("src/test/resources/trivium/track/events.out.tfevents.tensorboard");

    @TempDir
    Path folder;

    /** What reads our files in the tests below is right about a file that TensorBoard wrote. */
    @Test
    void aFileOfTensorBoardsIsReadAndItsFramesAreOurs() throws IOException {
        var events = EventReader.events(WRITTEN_BY_TENSORBOARD);
        assertEquals("brain.Event:2", events.getFirst().text(3));
        var scalars = EventReader.scalars(events);
        assertEquals(List.of("1 loss 5.5", "1 eval/reward -1.0", "2 loss 2.75"), scalars.subList(0, 3));
        assertEquals("70000 eval/reward -70000.0", scalars.getLast());
        assertEquals(
                "**grüße**", EventReader.tagged(events, "card").getFirst().at(8).text(8));
        assertEquals(1, events.getLast().at(7).number(1));
        EventFile.append(folder.resolve("copy"), EventReader.frames(WRITTEN_BY_TENSORBOARD));
        assertArrayEquals(Files.readAllBytes(WRITTEN_BY_TENSORBOARD), Files.readAllBytes(folder.resolve("copy")));
    }

    @Test
    void aRunIsReadBack() throws IOException {
        var run = TrackedTraining.run(RunOptions.NONE.track(TensorBoard.in(folder)), -1);
        var events = EventReader.folder(folder.resolve(run.card().id()));
        assertEquals("brain.Event:2", events.getFirst().text(3));
        assertEquals(expected("loss", 1, 10), scalars(events, "loss"));
        assertEquals(
                "loss (nats/token): the objective on the step's batch, before the update; of an alignment it does not"
                        + " fall as the policy improves",
                EventReader.tagged(events, "loss").getFirst().at(9).text(3));
        var settings = EventReader.tagged(events, "_hparams_/session_start_info")
                .getFirst()
                .at(9, 1, 2, 3);
        assertEquals(
                List.of(
                        "freeze embedding, a/b|c",
                        "learning_rate 0.003",
                        "optimizer.name AdamW",
                        "optimizer.nesterov true",
                        "seed 7.0"),
                settings.messages(1).stream()
                        .map(entry -> entry.text(1) + " " + value(entry.at(2)))
                        .toList());
        assertEquals(
                1,
                EventReader.tagged(events, EventEnd.TAG)
                        .getLast()
                        .at(9, 1, 2, 4)
                        .number(1),
                "success");
        var cards = EventReader.tagged(events, "card");
        assertTrue(cards.getFirst().at(8).text(8).contains("| optimizer.name | AdamW |"));
        assertTrue(cards.getFirst().at(8).text(8).contains("a/b\\|c"));
        assertTrue(cards.getLast().at(8).text(8).contains("finished in"));
    }

    private static String value(Message value) {
        return value.has(2) ? String.valueOf(value.number(2)) : value.has(4) ? "true" : value.text(3);
    }

    /** Its own words, so that a tag that is misspelt here and there alike shows. */
    private static final class EventEnd {
        static final String TAG = "_hparams_/session_end_info";
    }

    private static List<String> scalars(List<Message> events, String tag) {
        return EventReader.scalars(events).stream()
                .filter(scalar -> scalar.contains(" " + tag + " "))
                .toList();
    }

    private static List<String> expected(String tag, long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(step -> step + " " + tag + " "
                        + TrackedTraining.measured(step - 1).get(tag).floatValue())
                .toList();
    }

    /** A process that is killed leaves steps behind its checkpoint, and perhaps half of a frame. */
    @Test
    void aRunThatGoesOnHasEachStepOnce() throws IOException {
        var kept = RunOptions.NONE.keep(folder.resolve("kept"), 4).track(TensorBoard.in(folder.resolve("board")));
        assertThrows(TrackedTraining.Killed.class, () -> TrackedTraining.run(kept, 6));
        var place = folder.resolve("board/kept");
        assertEquals(expected("loss", 1, 6), scalars(EventReader.folder(place), "loss"));
        try (var files = Files.list(place)) {
            Files.write(files.findFirst().orElseThrow(), new byte[] {9, 0, 0, 0, 0}, StandardOpenOption.APPEND);
        }
        assertThrows(TrackedTraining.Killed.class, () -> TrackedTraining.run(kept, 5));
        TrackedTraining.run(kept, -1);
        var events = EventReader.folder(place);
        assertEquals(expected("loss", 1, 10), scalars(events, "loss"));
        assertEquals(
                List.of(5.0),
                events.stream()
                        .filter(event -> event.at(7).number(1) == 1)
                        .map(event -> event.number(2))
                        .toList(),
                "a board that is open forgets what it read of step 5 and later");
        assertEquals(1, EventReader.tagged(events, EventEnd.TAG).size(), "the end of a run that went on is not one");
    }

    /** Two runs that are kept under one name in different folders. */
    @Test
    void aRunLeavesAnotherOfItsNameAlone() throws IOException {
        var board = TensorBoard.in(folder.resolve("board"));
        TrackedTraining.run(RunOptions.NONE.keep(folder.resolve("a/base"), 4).track(board), -1);
        TrackedTraining.run(RunOptions.NONE.keep(folder.resolve("b/base"), 4).track(board), -1);
        try (var runs = Files.list(folder.resolve("board"))) {
            for (var run : runs.toList()) {
                assertEquals(expected("loss", 1, 10), scalars(EventReader.folder(run), "loss"));
            }
        }
    }

    @Test
    void aRunThatIsOverIsWrittenAtOnceAndOnce() throws IOException {
        var run = TrackedTraining.run(RunOptions.NONE, -1);
        TensorBoard.in(folder).add(run);
        TensorBoard.in(folder).add(run);
        var events = EventReader.folder(folder.resolve(run.card().id()));
        assertEquals(expected("loss", 1, 10), scalars(events, "loss"));
    }

    @Test
    void trialsOfASweepAreRuns() throws IOException {
        var result = Sweep.grid(Hyperparameter.values("width", 1.0, 2.0))
                .track(TensorBoard.in(folder))
                .measure(trial -> {
                    if (trial.number() == 1) {
                        trial.progress().step(1, Map.of("loss", 9.0));
                        trial.progress().step(2, Map.of("loss", 8.0));
                    }
                    return Map.of("loss", trial.real("width") / 2);
                });
        assertEquals(2, result.trials().size());
        try (var runs = Files.list(folder)) {
            var trials = runs.sorted().toList();
            assertTrue(trials.getFirst().toString().endsWith("-trial-0000"), trials.toString());
            assertEquals(List.of("1 loss 0.5"), EventReader.scalars(EventReader.folder(trials.getFirst())));
            assertEquals(
                    List.of("1 loss 9.0", "2 loss 8.0"), EventReader.scalars(EventReader.folder(trials.getLast())));
            var settings = EventReader.tagged(EventReader.folder(trials.getLast()), "_hparams_/session_start_info")
                    .getFirst()
                    .at(9, 1, 2, 3);
            assertEquals(
                    2.0, settings.messages(1).getLast().at(2).number(2), "the width, behind the seed in its order");
        }
    }
}
