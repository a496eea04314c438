package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** What is damaged in a store is one sentence that names the file, and stands in nobody else's way. */
class DamagedRunsTest {

    private static final Instant START = Instant.parse("2026-11-21T14:30:12Z");
    private static final Tokenizer WORDS = Tokenizers.bpe(List.of("the cat sat on the mat, the cat sat"), 264);

    @TempDir
    Path folder;

    private RunStore store;

    @BeforeEach
    void twoRuns() {
        store = RunStore.open(folder.resolve("store"));
        store.save(run("cat", Map.of("samples", notes("samples"))));
        store.save(run("dog", Map.of()));
    }

    private static Run run(String id, Map<String, Table> more) {
        var metrics = new MetricsTable();
        metrics.add(1, Map.of("loss", 3.0));
        metrics.add(2, Map.of("loss", 2.5));
        var tables = new LinkedHashMap<String, Table>();
        tables.put(Run.METRICS, metrics.table());
        tables.putAll(more);
        var card = new RunCard(
                id,
                "pretrain",
                null,
                Map.of("rate", 0.1),
                new Outcome(new Status.Finished(), START, START.plusSeconds(2), 2),
                new Origin(1, "00ff", "", Map.of()));
        return new Run(card, Transformer.of(Gpt.of(4, 4, 1, 2), WORDS.size(), 1), WORDS, tables);
    }

    private static Table notes(String name) {
        return Table.create(
                name, LongColumn.create("step", 1, 2), StringColumn.create("text", "one", "two,\n\"three\""));
    }

    private Path file(String name) {
        return store.folder("cat").resolve(name);
    }

    private void change(String name, UnaryOperator<String> change) throws IOException {
        var text = Files.readString(file(name));
        var changed = change.apply(text);
        assertFalse(changed.equals(text), "nothing of " + name + " was changed");
        Files.writeString(file(name), changed);
    }

    /** One line, not long, with the file's name. */
    private static void assertSentence(String sentence, String... parts) {
        assertTrue(sentence.lines().count() == 1 && sentence.length() < 500, sentence);
        for (var part : parts) {
            assertTrue(sentence.contains(part), sentence + " lacks: " + part);
        }
    }

    /** A pipe never comes to an end; whoever reads it waits for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"model.json", "model.safetensors", "tokenizer.json", "metrics.csv", "samples.csv"})
    void aPipeIsNoFile(String name) throws IOException, InterruptedException {
        Files.delete(file(name));
        assertEquals(
                0, new ProcessBuilder("mkfifo", file(name).toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            var thrown = assertThrows(RuntimeException.class, () -> store.load("cat"));
            assertSentence(thrown.getMessage(), file(name).toString(), "is a pipe or a device");
            assertTrue(store.ids().contains("dog"));
            store.table();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "byte 0xFF",
                "a folder",
                "a link to itself",
                "a pipe",
                "another id",
                "empty",
                "cut",
                "outcome",
                "status",
                "finished",
                "started",
                "origin",
                "environment",
                "id",
                "kind",
                "recipe",
                "seed",
                "tables",
                "twice"
            })
    void oneDamagedCardHidesNoOtherRun(String damage) throws IOException, InterruptedException {
        var card = file("run.json");
        switch (damage) {
            case "byte 0xFF" -> Files.write(card, new byte[] {(byte) 0xFF});
            case "a folder" -> {
                Files.delete(card);
                Files.createDirectory(card);
            }
            case "a link to itself" -> {
                Files.delete(card);
                Files.createSymbolicLink(card, card);
            }
            case "a pipe" -> {
                Files.delete(card);
                assertEquals(
                        0, new ProcessBuilder("mkfifo", card.toString()).start().waitFor());
            }
            case "another id" -> change("run.json", text -> text.replace("\"id\": \"cat\"", "\"id\": \"dog\""));
            case "empty" -> Files.writeString(card, "");
            case "cut" -> change("run.json", text -> text.substring(0, 200));
            case "twice" -> change("run.json", text -> text.replace("\"kind\":", "\"kind\": \"align\",\n\"kind\":"));
            default -> change("run.json", text -> text.replace("\"" + damage + "\"", "\"other\""));
        }
        assertEquals(List.of("dog"), store.ids());
        assertEquals(List.of("dog"), store.table().stringColumn("id").asList());
        assertEquals(List.of("cat"), List.copyOf(store.damaged().keySet()));
        assertSentence(store.damaged().get("cat"), card.toString());
        var thrown = assertThrows(RuntimeException.class, () -> store.load("cat"));
        assertSentence(thrown.getMessage(), card.toString());
    }

    @Test
    void settingsAndMetricsThatDifferInCapitalsOnlyAreColumnsOfTheirOwn() throws IOException {
        change("run.json", text -> text.replace("\"rate\": 0.1", "\"rate\": 0.1,\n\"RATE\": 0.2"));
        change("metrics.csv", text -> text.replace("step,loss", "step,Rate"));
        var table = store.table();
        assertEquals(List.of("cat", "dog"), table.stringColumn("id").asList());
        assertEquals(0.1, table.doubleColumn("rate").get(0));
        assertEquals(0.2, table.doubleColumn("RATE (2)").get(0));
        assertEquals(2.5, table.doubleColumn("Rate (3)").get(0));
    }

    @Test
    void headersThatDifferInCapitalsOnlyAreNamed() throws IOException {
        Files.writeString(file("metrics.csv"), "step,loss,Loss\n1,2,3\n");
        var thrown = assertThrows(IllegalArgumentException.class, () -> store.metrics("cat"));
        assertSentence(thrown.getMessage(), "metrics.csv", "\"Loss\"", "\"loss\"");
        assertEquals(List.of("cat", "dog"), store.ids());
        var metrics = new MetricsTable();
        metrics.add(1, Map.of("loss", 1.0));
        var late = assertThrows(IllegalArgumentException.class, () -> metrics.add(2, Map.of("LOSS", 1.0)));
        assertSentence(late.getMessage(), "LOSS", "loss");
    }

    @ParameterizedTest
    @CsvSource({"metrics.csv", "samples.csv"})
    void aDamagedTableIsOneSentence(String name) throws IOException {
        var whole = Files.readString(file(name));
        for (var damaged : List.of(
                "", whole.replace(",", ""), whole + "7,8,9,10\n", whole.replace("1", "one"), whole + "\"", "\"\n")) {
            Files.writeString(file(name), damaged);
            var thrown = assertThrows(IllegalArgumentException.class, () -> store.load("cat"), damaged);
            assertSentence(thrown.getMessage(), file(name).toString());
        }
        Files.write(file(name), new byte[] {(byte) 0xFF});
        var thrown = assertThrows(IllegalArgumentException.class, () -> store.load("cat"));
        assertSentence(thrown.getMessage(), file(name).toString(), "UTF-8");
    }

    @Test
    void noNameLeadsOutOfTheStore() throws IOException {
        store.save(run("x", Map.of()));
        for (var id : List.of("../store/x", "..", "/x", "x/../x", "")) {
            var thrown = assertThrows(IllegalArgumentException.class, () -> store.load(id), id);
            assertSentence(thrown.getMessage(), "run id");
            assertFalse(store.has(id), id);
        }
        change("run.json", text -> text.replace("\"samples\"", "\"../../x\""));
        Files.writeString(folder.resolve("x.csv"), Files.readString(file("samples.csv")));
        var read = assertThrows(IllegalArgumentException.class, () -> store.load("cat"));
        assertSentence(read.getMessage(), "run.json", "../../x");

        Files.delete(folder.resolve("x.csv"));
        var run = run("y", Map.of("../../x", notes("../../x")));
        var written = assertThrows(IllegalArgumentException.class, () -> store.save(run));
        assertSentence(written.getMessage(), "../../x");
        assertFalse(Files.exists(folder.resolve("x.csv")), "written outside of the store");
        assertFalse(Files.exists(store.folder("y")), "nothing is half written");

        change(
                "run.json",
                text -> text.replace("\"../../x\"", "\"samples\"")
                        .replace("\"parent\": null", "\"parent\": \"../dog\""));
        assertSentence(
                assertThrows(IllegalArgumentException.class, () -> store.card("cat"))
                        .getMessage(),
                "run.json",
                "../dog");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "tokenizer.json", "model.json"})
    void everyBitOfModelAndTokenizerIsAsItWasSaved(String name) throws IOException {
        var whole = Files.readAllBytes(file(name));
        for (int at : new int[] {whole.length - 1, whole.length / 2, whole.length / 3}) {
            var damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file(name), damaged);
            var thrown = assertThrows(IllegalArgumentException.class, () -> store.load("cat"));
            assertSentence(thrown.getMessage(), file(name).toString(), "SHA-256");
        }
        Files.write(file(name), whole);
        assertEquals("cat", store.load("cat").id());
    }

    @Test
    void foldersFromBeforeThereWereChecksumsAreLoaded() throws IOException {
        change("run.json", text -> text.replaceFirst("(?s),\\s*\"files\": \\{[^}]*}", ""));
        assertFalse(Files.readString(file("run.json")).contains("files"));
        assertEquals("cat", store.load("cat").id());
    }

    @Test
    void cardsThatNameEachOtherMakeNoEndlessChain() throws IOException {
        change("run.json", text -> text.replace("\"parent\": null", "\"parent\": \"cat\""));
        assertEquals(List.of("cat"), store.chain("cat").runs());
    }

    /** Somebody tidies up while a training goes on: it ends, and says what it can. */
    @ParameterizedTest
    @ValueSource(strings = {"run.json", "metrics.csv", "everything"})
    void whatIsDeletedWhileATrainingGoesOnIsWrittenAgainAtItsEnd(String what) {
        var place = folder.resolve("store").resolve("kept");
        var card = RunCard.begin("test", null, Map.of("rate", 0.9), new Origin(1, "00ff", "", Map.of()));
        var run = Training.run(card, RunOptions.NONE.keep(place, 2), log -> {
            log.take("deleting", 6, step -> {
                if (step == 3) {
                    delete(what.equals("everything") ? place : place.resolve(what));
                    assertTrue(store.ids().containsAll(List.of("cat", "dog")));
                }
                return step == 4 ? Map.of("loss", 1.0, "seen", 2.0) : Map.of("loss", 1.0);
            });
            return new Run(log.finish(), run("kept", Map.of()).model(), WORDS, log.tables());
        });
        assertEquals("finished", run.card().outcome().status().text());
        assertEquals(6, store.load("kept").metrics().rowCount());
    }

    private static void delete(Path place) {
        try (var all = Files.walk(place)) {
            for (var each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
