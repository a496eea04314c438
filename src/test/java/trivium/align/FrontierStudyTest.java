package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Corpus;
import trivium.generate.Sampling;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** A whole study on a small model. */
class FrontierStudyTest {

    private static final Reward SHORT = Reward.of("short", (_, answer) -> -answer.length());
    private static final Reward VOWELS = Reward.of(
            "vowels",
            (_, answer) -> answer.chars().filter(c -> c == 'a' || c == 'e').count());
    private static final List<String> PROMPTS =
            List.of("ab", "cd", "ef", "fa", "bd", "ce", "ac", "df", "eb", "ba", "dc", "fe");

    @TempDir
    Path folder;

    private static Run base;

    @BeforeAll
    static void pretrain() {
        var letters = Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
        base = Pretraining.of(Gpt.of(24, 16, 1, 2), letters, Corpus.of("abc def fed cab. ".repeat(40)))
                .steps(3)
                .batchSize(4)
                .run();
    }

    private static FrontierStudy study(Reward gold) {
        var pairs = Comparisons.of(PROMPTS.stream()
                .map(prompt -> new Comparison(prompt, prompt, prompt + prompt))
                .toList());
        return FrontierStudy.of(base, new FrontierStudy.Task(SHORT, gold, PROMPTS, pairs))
                .algorithms(
                        new FrontierStudy.BestOf(4),
                        new FrontierStudy.FromRollouts("PPO", beta -> new Ppo().beta(beta)),
                        new FrontierStudy.FromRollouts(
                                "GRPO", beta -> Grpo.numGenerations(3).beta(beta)),
                        new FrontierStudy.FromComparisons("DPO", Dpo::beta))
                .betas(0.1)
                .seeds(1, 2)
                .steps(2);
    }

    private static Table only(Table table, String algorithm, long seed) {
        return table.where(table.stringColumn("algorithm")
                .isEqualTo(algorithm)
                .and(table.longColumn("seed").isEqualTo(seed)));
    }

    private static void assertSame(Table expected, Table actual) {
        assertEquals(expected.print(1_000), actual.print(1_000));
    }

    @Test
    void everyAlgorithmHasTheReferenceAndWhatItCameTo() {
        var table = study(VOWELS).run();
        for (long seed = 1; seed <= 2; seed++) {
            assertEquals(
                    List.of(0L, 1L, 2L),
                    only(table, "PPO", seed).longColumn("step").asList());
            assertEquals(
                    List.of(0L, 1L, 2L),
                    only(table, "GRPO", seed).longColumn("step").asList());
            assertEquals(0, only(table, "DPO", seed).doubleColumn("kl").getDouble(0), 1e-4);
            var chosen = only(table, "best-of-n", seed);
            assertEquals(
                    List.of(0.0, BestOfN.klBound(2), BestOfN.klBound(4)),
                    chosen.doubleColumn("kl").asList());
            assertEquals(List.of(0L, 1L, 3L), chosen.longColumn("step").asList(), "further draws");
            // the expectation over which of the four are drawn is what best-of-n says itself
            var drawn = BestOfN.draw(
                    base,
                    PROMPTS.subList(8, 12),
                    SHORT,
                    4,
                    Sampling.atTemperature(1).maxTokens(128).seed(seed));
            for (int k : new int[] {1, 2, 4}) {
                assertEquals(
                        drawn.curve().doubleColumn("reward").getDouble(k - 1),
                        chosen.doubleColumn("reward").getDouble(k == 4 ? 2 : k - 1),
                        1e-9);
            }
        }
        var first = only(table, "GRPO", 1);
        assertTrue(first.doubleColumn("gold").getDouble(0) >= 0
                && first.doubleColumn("reward").getDouble(0) <= 0);
    }

    /** The control: what is optimised is what is wanted. */
    @Test
    void whereGoldIsTheRewardBothAreTheSame() {
        var table = study(SHORT).run();
        IntStream.range(0, table.rowCount())
                .forEach(row -> assertEquals(
                        table.doubleColumn("reward").getDouble(row),
                        table.doubleColumn("gold").getDouble(row),
                        1e-9));
    }

    @Test
    void anInterruptedStudyGoesOnAndKeepsEachRunUnderItsName() throws Exception {
        var whole = study(VOWELS).run();
        var stopped = study(VOWELS).keep(folder).progress(new Interrupting(3)).run();
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertTrue(stopped.rowCount() < whole.rowCount(), stopped.toString());
        assertEquals(
                Set.of("best-of-n", "PPO", "GRPO"),
                stopped.stringColumn("algorithm").asSet());
        var finished = contents();
        assertEquals(Set.of("best-of-4-1.json", "ppo-0.1-1", "grpo-0.1-1"), names());
        assertSame(whole, study(VOWELS).keep(folder).run());
        var now = contents();
        finished.forEach((file, time) -> assertEquals(time, now.get(file), file + " was written again"));
        assertEquals(
                Set.of(
                        "best-of-4-1.json",
                        "ppo-0.1-1",
                        "grpo-0.1-1",
                        "dpo-0.1-1",
                        "best-of-4-2.json",
                        "ppo-0.1-2",
                        "grpo-0.1-2",
                        "dpo-0.1-2"),
                names());
    }

    /** What the best of n earn is read where it was asked of the same model and rewards, and nowhere else. */
    @Test
    void theBestOfNAreDrawnAgainForAnotherReward() {
        var heard = new AtomicInteger();
        Reward counted = Reward.of("counted", (_, answer) -> {
            heard.incrementAndGet();
            return answer.length();
        });
        var best =
                study(counted).algorithms(new FrontierStudy.BestOf(4)).seeds(1).keep(folder);
        var first = best.run();
        int once = heard.get();
        assertSame(first, best.run());
        assertEquals(once, heard.get(), "it was read");
        var other = study(VOWELS).algorithms(new FrontierStudy.BestOf(4)).seeds(1);
        assertSame(other.run(), other.keep(folder).run());
        best.run();
        assertEquals(2 * once, heard.get(), "another gold reward stood there");
    }

    private Set<String> names() throws IOException {
        try (var kept = Files.list(folder)) {
            return Set.copyOf(kept.map(path -> path.getFileName().toString()).toList());
        }
    }

    /** When each file was written. */
    private Map<Path, FileTime> contents() throws IOException {
        var times = new HashMap<Path, FileTime>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    /** A name with a slash would keep runs outside of the study's folder; one that comes twice would mix two curves. */
    @Test
    void whatWouldMixOrMislayRunsIsRefused() {
        var study = study(SHORT);
        for (var name : new String[] {"../up", "a/b", "a\\b", "..", "", null}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> study.algorithms(new FrontierStudy.FromComparisons(name, Dpo::beta)),
                    name);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> study.algorithms(
                        new FrontierStudy.FromComparisons("DPO", Dpo::beta),
                        new FrontierStudy.FromComparisons("dpo", Dpo::ipo)));
        assertThrows(IllegalArgumentException.class, () -> study.betas(0.1, 0.1));
        assertThrows(IllegalArgumentException.class, () -> study.betas(-0.1));
        assertThrows(IllegalArgumentException.class, () -> study.seeds(1, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> study(null));
    }

    /** Interrupts when so many trainings are finished. */
    private record Interrupting(int after) implements Progress {
        @Override
        public void start(String title, long total) {
            assertEquals(8, total);
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == after) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void finish(String outcome) {
            assertTrue(outcome.startsWith("interrupted after 3 of 8"), outcome);
        }
    }
}
