package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.figure.Figures;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.report.Report;
import trivium.run.PastRun;
import trivium.run.RunDifference;
import trivium.run.RunOptions;
import trivium.run.RunStore;

/** Folders that were written before run.json had a format: all but the recipe is read, and that is refused. */
class OldRunsTest {

    @TempDir
    Path folder;

    private RunStore store;

    @BeforeEach
    void copy() throws IOException {
        var place = Path.of("src/test/resources/trivium/format1");
        try (var files = Files.walk(place)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                var copy = folder.resolve(place.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        store = RunStore.open(folder);
    }

    @Test
    void modelTokenizerMetricsAndCardAreRead() {
        var run = store.load("base");
        assertEquals("abc", run.tokenizer().decode(run.tokenizer().encode("abc")));
        assertEquals(16, run.model().context());
        assertEquals(4, run.metrics().rowCount());
        assertEquals(2L, run.card().recipe().get("rows"));
        assertEquals("base-best", run.best().id());
        assertEquals(List.of("base", "aligned"), store.ids());
        assertEquals(Map.of(), store.damaged());
        var table = store.table();
        assertEquals(2, table.rowCount());
        assertEquals(0.001, table.doubleColumn("learning_rate").getDouble(0));
        assertEquals(
                "Loss of the pre-training: validation loss ends at 2.49",
                Figures.loss(run).title());
        var difference = store.diff("base", "aligned");
        assertFalse(difference.isSame());
        var names = difference.lines().stream().map(RunDifference.Line::name).toList();
        assertFalse(
                names.contains("width") || names.contains("model") || names.contains("vocabulary"), names.toString());
        assertTrue(names.contains("learning_rate"), names.toString());
    }

    @Test
    void aNameOrACopyDoesNotMakeANewFormatOfIt() {
        store.name("base", "the first");
        assertRefused(() -> PastRun.rerun(store, "base", Map.of(), RunOptions.NONE));
        var other = RunStore.open(folder.resolve("copies"));
        other.save(store.load("base"));
        assertRefused(() -> PastRun.rerun(other, "base", Map.of(), RunOptions.NONE));
    }

    @Test
    void recipesAreRefusedInOneSentence() throws IOException {
        for (var id : List.of("base", "base-best", "aligned")) {
            assertRefused(() -> PastRun.rerun(store, id, Map.of(), RunOptions.NONE));
        }
        var base = store.load("base");
        var recipe = Pretraining.of(Llama.of(16, 8, 1, 2, 2), base.tokenizer(), Corpus.of("abc ".repeat(50)));
        assertRefused(() -> recipe.keep(store.folder("base")).run());
        var page = Files.readString(new Report("Old", List.of(base))
                .save(folder.resolve("old.md"))
                .file()
                .orElseThrow());
        assertTrue(page.contains("// the recipe of base cannot be read: its recipe should have"), page);
    }

    /** A folder that a later version wrote is not guessed at. */
    @Test
    void aLaterFormatIsRefused() throws IOException {
        var file = store.folder("base").resolve("run.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"format\": 3,"));
        var message = assertThrows(IllegalArgumentException.class, () -> store.load("base"))
                .getMessage();
        assertTrue(message.contains("run.json has format 3") && message.contains("later version"), message);
    }

    private static void assertRefused(Executable using) {
        var message = assertThrows(IllegalArgumentException.class, using).getMessage();
        assertTrue(message.contains("earlier version") && message.contains("format 1"), message);
        assertFalse(message.contains("\n"), message);
    }
}
