package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.figure.Figures;
import trivium.model.Gpt;
import trivium.notebook.Views;
import trivium.pretrain.Pretraining;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.Runs;
import trivium.text.Tokenizer;

/** Recipes that repeat themselves over seeds. */
class SeedsTest {

    private static final Corpus CORPUS = Corpus.of("the cat sat on the mat. the rat saw the cat. ".repeat(30));
    private static final Tokenizer CHARACTERS = Tokenizer.characters(CORPUS);

    private static Pretraining recipe() {
        return Pretraining.of(Gpt.of(16, 16, 1, 2), CHARACTERS, CORPUS)
                .steps(6)
                .batchSize(4)
                .evaluations(3)
                .validation(0.1)
                .workers(1)
                .seed(7);
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    /** Listens to titles, and interrupts at a step of the second training. */
    private static final class Listener implements Progress {

        private final List<String> titles = new ArrayList<>();
        private final int stopAt;

        private Listener(int stopAt) {
            this.stopAt = stopAt;
        }

        @Override
        public void start(String title, long total) {
            titles.add(title);
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (titles.size() == 2 && done == stopAt) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void eachRunIsTheRecipeWithThatSeed() {
        var listener = new Listener(-1);
        var runs = recipe().progress(listener).seeds(3);
        assertEquals(List.of(7L, 8L, 9L), runs.seeds());
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(
                    weights(recipe().seed(7 + i).run()), weights(runs.list().get(i)));
        }
        assertEquals("pre-training, seed 8 (2 of 3)", listener.titles.get(1));
        var losses = runs.values("validation_loss");
        double mean = (losses[0] + losses[1] + losses[2]) / 3;
        assertEquals(
                mean,
                runs.table()
                        .where(runs.table().stringColumn("metric").isEqualTo("validation_loss"))
                        .doubleColumn("mean")
                        .get(0),
                1e-12);
    }

    /** Killed in the second of three: the same call goes on there, and ends as if nothing had happened. */
    @Test
    void aKeptSeriesGoesOnWhereItWas(@TempDir Path folder) throws Exception {
        var kept = folder.resolve("small");
        var stopped = recipe().progress(new Listener(3)).keep(kept, 1).seeds(3);
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals(2, stopped.count());
        assertThrows(IllegalStateException.class, stopped::requireFinished);
        assertEquals(1, stopped.finished().count());
        var all = recipe().keep(kept, 1).seeds(3);
        var alone = recipe().seeds(3);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(weights(alone.list().get(i)), weights(all.list().get(i)), "seed " + (7 + i));
        }
        var folders = new TreeSet<String>();
        try (var found = Files.list(kept)) {
            found.forEach(each -> folders.add(each.getFileName().toString()));
        }
        assertEquals(new TreeSet<>(List.of("small-seed-7", "small-seed-8", "small-seed-9")), folders);
    }

    /** Every recipe has it, reward models and preferences too. */
    @Test
    void everyPhaseRepeatsItself() {
        var base = recipe().run();
        var lessons = Conversations.of(List.of(
                new Conversation("the cat", "sat"),
                new Conversation("the rat", "saw"),
                new Conversation("the mat", "sat")));
        var pairs = Comparisons.of(List.of(
                new Comparison("the cat", "sat", "mat"),
                new Comparison("the rat", "saw", "mat"),
                new Comparison("the mat", "sat", "cat")));
        var tuned = Trivium.finetune(base, lessons)
                .steps(2)
                .batchSize(2)
                .progress(Progress.SILENT)
                .seeds(2);
        var judges = Trivium.rewardModel(tuned.list().getFirst(), pairs)
                .steps(2)
                .batchSize(2)
                .progress(Progress.SILENT)
                .seeds(2);
        assertEquals(2, tuned.count());
        assertEquals("reward-model", judges.label());
        assertEquals(
                List.of("prompt", "seed 0", "seed 1"),
                Trivium.compare(List.of("the cat"), tuned).table().columnNames());
    }

    @Test
    void figuresTablesAndCellsTakeASeries() {
        var narrow = recipe().seeds(2).named("narrow");
        var wide = Pretraining.of(Gpt.of(16, 32, 1, 2), CHARACTERS, CORPUS)
                .steps(6)
                .batchSize(4)
                .evaluations(3)
                .validation(0.1)
                .workers(1)
                .seeds(2)
                .named("wide");
        var behind = Figures.overSeeds("validation_loss", narrow, wide).table();
        assertEquals(
                List.of("narrow", "wide"),
                behind.stringColumn("run").unique().asList().stream().sorted().toList());
        var last = behind.where(behind.stringColumn("run").isEqualTo("wide"));
        var summary = wide.summary("validation_loss");
        assertEquals(summary.mean(), last.doubleColumn("mean").get(last.rowCount() - 1), 1e-12);
        assertEquals(summary.interval().high(), last.doubleColumn("high").get(last.rowCount() - 1), 1e-3);
        assertTrue(
                Views.of(wide).orElseThrow().text().startsWith("wide, 2 seeds"),
                Views.of(wide).orElseThrow().text());
        assertTrue(Trivium.report(narrow, wide).contents().size() > 2);
    }

    @Test
    void runsOfOneSeedAreNoSeries() {
        var run = recipe().run();
        assertEquals(
                "two runs of a series have the seed 7: expected runs that differ in their seed",
                assertThrows(IllegalArgumentException.class, () -> new Runs(List.of(run, run)))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> recipe().seeds(0));
    }
}
