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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.RewardModel;
import trivium.align.Rloo;
import trivium.generate.Sampling;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;

/**
 * A chain of runs and a sweep that commit aedaae5 trained, before phase three had more than GRPO and RLOO, with the
 * numbers that it printed of them (numbers.csv: newest metrics, log-probabilities of "abc def", greedy answers to
 * "abc").
 */
class FirstFormatTwoRunsTest {

    private static final Path PLACE = Path.of("src/test/resources/trivium/format2");
    private static final Reward SHORT = Reward.of("short", (_, answer) -> -answer.length());

    @TempDir
    Path folder;

    private RunStore store;

    record Printed(String run, String what, String value) {}

    @BeforeEach
    void copy() throws IOException {
        try (var files = Files.walk(PLACE)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                var copy = folder.resolve(PLACE.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        store = RunStore.open(folder.resolve("store"));
    }

    private static List<Printed> printed(String run) throws IOException {
        return Files.readAllLines(PLACE.resolve("numbers.csv")).stream()
                .map(line -> line.split(",", 3))
                .map(cells -> new Printed(cells[0], cells[1], cells[2]))
                .filter(each -> each.run().equals(run))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "base-best", "tuned", "judge", "grpo", "rloo"})
    void theNumbersAreThoseThatWerePrinted(String id) throws IOException {
        assertEquals(Map.of(), store.damaged());
        var run = store.load(id);
        double[] logProbs = id.equals("judge")
                ? new double[0]
                : Trivium.scores(run, List.of("abc def")).doubleColumn("log_p").asDoubleArray();
        int token = 0;
        for (var each : printed(id)) {
            switch (each.what()) {
                case "log_p" -> assertEquals(Double.parseDouble(each.value()), logProbs[token++], 1e-5);
                case "answer" -> assertEquals(each.value(), answer(run));
                case "score" ->
                    assertEquals(Double.parseDouble(each.value()), new RewardModel(run).score("abc", "def"), 1e-5);
                default -> assertEquals(Double.parseDouble(each.value()), run.last(each.what()), each.toString());
            }
        }
        assertEquals(logProbs.length, token);
    }

    /** Its tokens, with spaces between. */
    private static String answer(Run run) {
        var text = Trivium.answers(run, List.of("abc"), Sampling.greedy().maxTokens(8))
                .getFirst();
        return IntStream.of(run.tokenizer().encode(text))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    @Test
    void aReportIsMadeOfTheWholeChain() throws IOException {
        var page = Files.readString(Trivium.report(store, "grpo")
                .save(folder.resolve("page.md"))
                .file()
                .orElseThrow());
        assertTrue(page.contains("judge = rewardModel(tuned, judgePast.comparisons())"), page);
        assertTrue(page.contains("// the recipe of grpo cannot be read: its recipe should have"), page);
        assertEquals(5, store.table().rowCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "tuned", "judge"})
    void itIsTrainedAgain(String id) throws IOException {
        var run = PastRun.rerun(store, id, Map.of(), RunOptions.NONE);
        for (var each : printed(id)) {
            if (run.has(each.what())) {
                assertEquals(Double.parseDouble(each.value()), run.last(each.what()), 1e-5, each.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"grpo, loss_type", "rloo, epsilon"})
    void anAlignmentIsRefusedInOneSentence(String id, String lacking) {
        var refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> PastRun.rerun(store, id, Map.of("gold", SHORT), RunOptions.NONE))
                .getMessage();
        assertTrue(refused.startsWith("cannot train " + id + " again: its recipe should have"), refused);
        assertTrue(
                refused.endsWith("\"" + lacking + "\", but has none: the version that wrote it had other settings"),
                refused);
        assertFalse(refused.contains("\n"), refused);
        var inItsFolder = PolicyOptimisation.of(
                        store.load("tuned"), PastRun.of(store, id).prompts())
                .reward(new RewardModel(store.load("judge")))
                .algorithm(id.equals("rloo") ? Rloo.numGenerations(3) : Grpo.numGenerations(3))
                .heldOut(2)
                .steps(3)
                .seed(8)
                .keep(store.folder(id));
        var other =
                assertThrows(IllegalArgumentException.class, inItsFolder::run).getMessage();
        assertTrue(other.contains(id) && !other.contains("\n"), other);
    }

    @Test
    void aSweepGoesOnWhereItEnded() throws IOException {
        var kept = Sweep.grid(Hyperparameter.values("learning_rate", 0.01, 0.02))
                .seed(3)
                .keep(folder.resolve("sweep"))
                .run(_ -> {
                    throw new AssertionError("a trial that has ended is not run again");
                });
        double[] losses = kept.table().doubleColumn("loss").asDoubleArray();
        var printed = printed("sweep");
        assertEquals(2, losses.length);
        for (int i = 0; i < 2; i++) {
            assertEquals(Double.parseDouble(printed.get(i).value()), losses[i]);
        }
    }
}
