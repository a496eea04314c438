package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.MetricsTable;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.text.Tokenizers;

/**
 * Eight processes write runs into one store, and five of them are killed: nothing is lost, and all of it is readable.
 */
class WritersTest {

    private static final int WRITERS = 8;
    private static final int KILLED = 5;
    private static final int RUNS = 6;
    private static final int STEPS = 20;
    /** Lines of a ledger for one run: begun, its steps, saved. */
    private static final int LINES = STEPS + 2;

    @TempDir
    Path folder;

    /** A process that writes runs, and into a ledger of its own what it has been promised is kept. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            var store = RunStore.open(Path.of(arguments[0]));
            var tokenizer = Tokenizers.bytes();
            var model = Transformer.of(Gpt.of(2, 2, 1, 1), tokenizer.size(), 1);
            try (var ledger = new FileOutputStream(arguments[1])) {
                for (int i = 0; i < RUNS; i++) {
                    // the same recipe everywhere: only chance tells their ids apart
                    var card = RunCard.begin("test", null, Map.of("steps", STEPS), new Origin(i, "", "", Map.of()));
                    Table metrics;
                    try (var log = store.begin(card)) {
                        say(ledger, "begun " + card.id());
                        var table = new MetricsTable(log);
                        for (int step = 1; step <= STEPS; step++) {
                            table.add(step, step > 10 ? Map.of("loss", 1.0 / step, "late", 1.0) : Map.of("loss", 1.0));
                            say(ledger, "step " + card.id());
                        }
                        metrics = table.table();
                    }
                    store.save(
                            new Run(card.ended(new Status.Finished()), model, tokenizer, Map.of(Run.METRICS, metrics)));
                    say(ledger, "saved " + card.id());
                }
            }
        }

        private static void say(FileOutputStream ledger, String line) throws IOException {
            ledger.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    @Timeout(90)
    void nothingIsLost() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var store = RunStore.open(folder.resolve("runs"));
        var writers = new ArrayList<Process>();
        var moments = new HashMap<Process, Integer>();
        for (int i = 0; i < WRITERS; i++) {
            var writer = start(ledger(i));
            writers.add(writer);
            moments.put(writer, i < KILLED ? random.nextInt(1, RUNS * LINES) : Integer.MAX_VALUE);
        }
        while (writers.stream().anyMatch(Process::isAlive)) {
            for (int i = 0; i < WRITERS; i++) {
                if (lines(ledger(i)).size() >= moments.get(writers.get(i))) {
                    writers.get(i).toHandle().destroyForcibly();
                }
            }
            // whoever looks meanwhile sees whole runs
            store.table();
            writers.getFirst().waitFor(20, TimeUnit.MILLISECONDS);
        }
        int finished = 0;
        int endedEarly = 0;
        var promised = promised();
        var there = new HashSet<>(store.ids());
        assertEquals(there.size(), store.table().rowCount());
        assertTrue(there.containsAll(promised.keySet()), "seed " + seed);
        // a kill between the card and its line in the ledger
        assertTrue(there.size() <= promised.size() + KILLED, there.size() + " runs, seed " + seed);
        for (var run : promised.entrySet()) {
            var outcome = store.card(run.getKey()).outcome();
            int rows = store.metrics(run.getKey()).rowCount();
            if (outcome.status().isFinished()) {
                finished++;
                assertEquals(STEPS, store.load(run.getKey()).metrics().rowCount());
            } else {
                endedEarly++;
                assertEquals("ended early at step " + rows, outcome.status().text());
                assertTrue(rows + 1 >= run.getValue(), run + " has " + rows + " rows, seed " + seed);
            }
        }
        for (int i = KILLED; i < WRITERS; i++) {
            assertEquals(0, writers.get(i).exitValue());
        }
        assertTrue(finished >= (WRITERS - KILLED) * RUNS && endedEarly <= KILLED, finished + ", " + endedEarly);
    }

    /** How many lines the ledgers have of each run. */
    private Map<String, Integer> promised() throws IOException {
        var promised = new LinkedHashMap<String, Integer>();
        for (int i = 0; i < WRITERS; i++) {
            var begun = lines(ledger(i)).stream()
                    .filter(line -> line.startsWith("begun "))
                    .toList();
            begun.forEach(line -> assertTrue(promised.put(line.substring(6), 0) == null, "one id twice: " + line));
            lines(ledger(i)).forEach(line -> promised.merge(line.substring(line.indexOf(' ') + 1), 1, Integer::sum));
        }
        return promised;
    }

    private Path ledger(int writer) {
        return folder.resolve("ledger-" + writer);
    }

    /** Whole lines. */
    private static List<String> lines(Path ledger) throws IOException {
        var text = Files.exists(ledger) ? Files.readString(ledger) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private Process start(Path ledger) throws IOException {
        var flags = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");
        return AnotherJvm.builder(flags, Writer.class, folder.resolve("runs").toString(), ledger.toString())
                .redirectOutput(
                        ledger.resolveSibling(ledger.getFileName() + ".log").toFile())
                .start();
    }
}
