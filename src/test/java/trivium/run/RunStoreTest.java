package trivium.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.text.Tokenizers;

class RunStoreTest {

    private static final Instant START = Instant.parse("2026-11-21T14:30:12Z");

    @TempDir
    Path folder;

    @Test
    void aRunComesBackAsItWasSaved() {
        var store = RunStore.open(folder);
        var run = run(card("pretrain-1", START, Map.of("steps", 3)));
        var saved = store.save(run);
        var loaded = RunStore.open(folder).load("pretrain-1");

        assertEquals(folder.resolve("pretrain-1"), saved.folder());
        assertEquals(run.card(), loaded.card());
        assertEquals(run.model().toJson(), loaded.model().toJson());
        assertEquals(run.tokenizer().toJson(), loaded.tokenizer().toJson());
        var before = run.model().parameters().values();
        var after = loaded.model().parameters().values();
        assertEquals(before.size(), after.size());
        for (long i = 0; i < before.size(); i += 97) {
            assertEquals(before.get(i), after.get(i));
        }
        assertEquals(
                List.copyOf(run.tables().keySet()), List.copyOf(loaded.tables().keySet()));
        run.tables().forEach((name, table) -> assertSame(table, loaded.table(name)));
    }

    @Test
    void aNameForPeopleIsKeptAndShownInTables() throws Exception {
        var store = RunStore.open(folder);
        var run = store.save(run(card("pretrain-1", START, Map.of("steps", 3))).named("lr 3e-3"));
        store.save(run(card("pretrain-2", START.plusSeconds(9), Map.of("steps", 4))));
        assertEquals("pretrain-1", run.id(), "the folder's name stays");
        assertEquals("lr 3e-3", RunStore.open(folder).load("pretrain-1").label());

        store.name("pretrain-2", "lr 1e-3");
        var named = store.load("pretrain-2");
        assertEquals("lr 1e-3", named.label());
        assertEquals(4L, named.card().recipe().get("steps"), "the rest of the card stays");
        assertEquals(2, named.tables().size());
        assertEquals(
                List.of("lr 3e-3", "lr 1e-3"),
                store.table().stringColumn("name").asList());
        assertEquals(
                List.of("part", "name", "lr 3e-3", "lr 1e-3"),
                store.diff("pretrain-1", "pretrain-2").table().columnNames());
        assertTrue(named.toString().startsWith("lr 1e-3: pretrain-2, finished"), named.toString());
        assertEquals(
                List.of("lr 1e-3"),
                store.chain("pretrain-2").table().stringColumn("name").asList());

        // a card from before there were names, and a name that no card should have
        var file = folder.resolve("pretrain-1").resolve("run.json");
        var text = Files.readString(file);
        Files.writeString(file, text.replace(",\n    \"name\": \"lr 3e-3\"", ""));
        assertEquals("pretrain-1", store.card("pretrain-1").label());
        Files.writeString(file, text.replace("lr 3e-3", "a\\nb"));
        assertThrows(IllegalArgumentException.class, () -> store.card("pretrain-1"));
    }

    @Test
    void everyKindOfSettingSurvivesTheFile() {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("learning_rate", 1e-3f);
        recipe.put("steps", 2_000);
        recipe.put("shuffle", true);
        recipe.put("name", "a \"quoted\" <name>, ␣");
        recipe.put("nothing", null);
        recipe.put("widths", List.of(64, 128));
        recipe.put("optimizer", Map.of("beta", 0.9));
        recipe.put("class", Thread.State.NEW);
        var store = RunStore.open(folder);
        var card = card("pretrain-1", START, recipe);
        store.begin(card).close();
        var read = store.card("pretrain-1");
        assertEquals(card, read);
        assertEquals(List.copyOf(recipe.keySet()), List.copyOf(read.recipe().keySet()), "the order is kept");
        assertEquals(0.001, read.recipe().get("learning_rate"));
        assertEquals(2_000L, read.recipe().get("steps"));
        assertEquals("NEW", read.recipe().get("class"));
    }

    @Test
    void theTableOfRunsHasARowForEachOldestFirst() {
        var store = RunStore.open(folder);
        store.save(run(card("second", START.plusSeconds(5), Map.of("width", 128, "schedule", Map.of("warmup", 10)))));
        store.save(run(card("first", START, Map.of("width", 64, "data", "stories"))));
        var unfinished = card("third", START.plusSeconds(9), Map.of()).with(Outcome.running(START.plusSeconds(9)));
        try (var log = store.begin(unfinished)) {
            log.add(1, Map.of("loss", 4.0));
            assertEquals("running", store.table().stringColumn("outcome").get(2));
        }

        var table = store.table();
        assertEquals(
                List.of("first", "second", "third"), table.stringColumn("id").asList());
        assertEquals("ended early at step 1", table.stringColumn("outcome").get(2));
        assertEquals(
                "ended early at step 1", store.card("third").outcome().status().text());
        assertArrayEquals(
                new double[] {64, 128, Double.NaN}, table.doubleColumn("width").asDoubleArray());
        assertEquals(10, table.doubleColumn("schedule.warmup").get(1));
        assertArrayEquals(
                new double[] {1.5, 1.5, 4.0}, table.doubleColumn("loss").asDoubleArray());
        assertEquals(1.75, table.doubleColumn("validation_loss").get(0), "the newest value that was measured");
    }

    @Test
    void saysWhatThereIsWhenARunIsNotThere() {
        var store = RunStore.open(folder);
        store.begin(card("here", START, Map.of())).close();
        var error = assertThrows(IllegalArgumentException.class, () -> store.load("there"));
        assertTrue(
                error.getMessage().contains("\"there\"") && error.getMessage().contains("[here]"), error.getMessage());
    }

    @Test
    void aCardThatWasCutOffIsNamed() throws Exception {
        var store = RunStore.open(folder);
        store.begin(card("broken", START, Map.of())).close();
        var file = folder.resolve("broken/run.json");
        Files.writeString(file, Files.readString(file).substring(0, 40));
        var error = assertThrows(IllegalArgumentException.class, () -> store.card("broken"));
        assertTrue(error.getMessage().contains("run.json"), error.getMessage());
        store.begin(card("whole", START, Map.of())).close();
        assertEquals(List.of("whole"), store.ids(), "one damaged card does not hide the other runs");
    }

    @Test
    void cardsFromBeforeThereWereNotesHaveNone() throws Exception {
        var store = RunStore.open(folder);
        var card = card("old", START, Map.of());
        store.begin(card).close();
        var file = folder.resolve("old").resolve("run.json");
        var json = Files.readString(file);
        var without = json.replaceFirst(",\\s*\"notes\": \\[[^]]*]", "");
        assertFalse(without.contains("notes"), without);
        assertTrue(json.contains("2 of 9 were left out"), json);
        Files.writeString(file, without);
        assertEquals(List.of(), store.card("old").origin().notes());
    }

    @Test
    void anIdMustNameAFolder() {
        assertThrows(IllegalArgumentException.class, () -> card("../elsewhere", START, Map.of()));
        assertThrows(IllegalArgumentException.class, () -> card("", START, Map.of()));
        var begun = RunCard.begin("align", null, Map.of("kl", 0.04), new Origin(1, "", "", Map.of()));
        assertTrue(begun.id().matches("align-\\d{8}-\\d{6}-[0-9a-f]{8}"), begun.id());
        assertFalse(begun.outcome().status().isFinished());
    }

    @Test
    void metricsAreFoundByName() {
        var run = run(card("pretrain-1", START, Map.of()));
        assertEquals(1.5, run.last("loss"));
        assertEquals(1.75, run.last("validation_loss"));
        assertEquals(1, run.curve("validation_loss").rowCount());
        var error = assertThrows(IllegalArgumentException.class, () -> run.last("reward"));
        assertTrue(error.getMessage().contains("loss, validation_loss"), error.getMessage());
    }

    private static RunCard card(String id, Instant started, Map<String, Object> recipe) {
        var origin = new Origin(42, "sha256:00ff", "", Map.of("java", "25"), List.of("2 of 9 were left out"));
        return new RunCard(
                id,
                "pretrain",
                null,
                recipe,
                new Outcome(new Status.Finished(), started, started.plusMillis(2_500), 2.5),
                origin);
    }

    private static Run run(RunCard card) {
        var metrics = new MetricsTable();
        metrics.add(1, Map.of("loss", 3.0));
        metrics.add(2, Map.of("validation_loss", 1.75));
        metrics.add(3, Map.of("loss", 1.5));
        var completions = Table.create(
                "completions",
                IntColumn.create("step", new int[] {1, 2, 3, 4}),
                StringColumn.create(
                        "text", " one, two ", "a \"quote\"\nand a second line", "␣⏎ é \\ ' ; \t", "x".repeat(9_000)),
                StringColumn.create("digits", "007", "1e3", "", "NA"),
                DoubleColumn.create("reward", new double[] {0.1, Double.NaN, 1e-300, -1.0 / 3}),
                BooleanColumn.create("finished", true, false, true, true));
        var tables = new LinkedHashMap<String, Table>();
        tables.put(Run.METRICS, metrics.table());
        tables.put("completions", completions);
        var tokenizer = Tokenizers.bytes();
        return new Run(card, Transformer.of(Gpt.tiny(), tokenizer.size(), 1), tokenizer, tables);
    }

    private static void assertSame(Table expected, Table actual) {
        assertEquals(expected.columnNames(), actual.columnNames());
        assertEquals(Arrays.asList(expected.typeArray()), Arrays.asList(actual.typeArray()));
        for (int column = 0; column < expected.columnCount(); column++) {
            for (int row = 0; row < expected.rowCount(); row++) {
                assertEquals(
                        expected.get(row, column),
                        actual.get(row, column),
                        expected.name() + " row " + row + " "
                                + expected.column(column).name());
            }
        }
    }
}
