package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.measure.Summary;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.pretrain.Pretraining;
import trivium.run.Fingerprint;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** The state of the best evaluation is kept beside the last, whatever ends the process, and training may end for it. */
class KeepBestTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final int STEPS = 40;

    @TempDir
    Path folder;

    /**
     * Letters at random, few of them: what is learned after the frequencies is learned by heart, and validation turns.
     */
    private static Pretraining recipe() {
        var random = new SplittableRandom(3);
        var text = Stream.generate(() -> word(random, 30)).limit(12).toList();
        return Pretraining.of(Gpt.of(16, 16, 1, 2), LETTERS, Corpus.of(text))
                .steps(STEPS)
                .batchSize(4)
                .learningRate(0.03)
                .validation(0.3)
                .evaluations(20)
                .samples("ab")
                .workers(1)
                .seed(5);
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).collect(Collectors.joining());
    }

    private static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(16, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    private static List<String> numbers(Table table) {
        return table.columns().stream()
                .filter(column -> !column.name().equals("seconds"))
                .map(column -> column.name() + column.asList())
                .toList();
    }

    private static void assertSame(Run expected, Run actual, String why) {
        assertArrayEquals(weights(expected), weights(actual), why);
        assertArrayEquals(weights(expected.best()), weights(actual.best()), why);
        assertEquals(expected.tables().keySet(), actual.tables().keySet(), why);
        expected.tables().forEach((name, table) -> assertEquals(numbers(table), numbers(actual.table(name)), why));
        assertEquals(expected.card().outcome().best(), actual.card().outcome().best(), why);
        assertEquals(
                expected.card().outcome().status().text(),
                actual.card().outcome().status().text(),
                why);
    }

    /** The step of the lowest validation loss, by looking at all of them. */
    private static long turn(Run run) {
        var curve = run.curve("validation_loss");
        int best = 0;
        for (int row = 1; row < curve.rowCount(); row++) {
            var losses = curve.doubleColumn("validation_loss");
            best = losses.getDouble(row) < losses.getDouble(best) ? row : best;
        }
        return curve.longColumn("step").getLong(best);
    }

    @Test
    void theBestStateIsThatOfATrainingThatEndedThere() {
        var run = recipe().keepBest("validation_loss").run();
        long turn = turn(run);
        assertTrue(turn > 2 && turn < STEPS - 4, "the subject of this test: validation turned at step " + turn);
        assertEquals(turn, run.card().outcome().best().step());
        var until = recipe().keepBest("validation_loss")
                .progress(new Stop(turn, false))
                .run();
        assertTrue(Thread.interrupted());
        assertArrayEquals(weights(until), weights(run.best()));
        assertEquals(numbers(until.metrics()), numbers(run.best().metrics()));
        assertEquals(numbers(until.table("samples")), numbers(run.best().table("samples")));
        assertArrayEquals(weights(recipe().run()), weights(run), "the last state is what it was");
        assertEquals(run.id() + "-best", run.best().id());
        assertTrue(run.toString().contains("best validation loss")
                && run.toString().contains("at step " + turn));
        assertThrows(IllegalArgumentException.class, () -> recipe().run().best());
    }

    @Test
    void noBetterLooksInARowEndTheTraining() {
        var whole = recipe().keepBest("validation_loss").run();
        var curve = whole.curve("validation_loss");
        // The first evaluation after which the last two are no better than the best before them.
        double[] losses = curve.doubleColumn("validation_loss").asDoubleArray();
        int last = IntStream.range(2, losses.length)
                .filter(i -> {
                    double before = IntStream.range(0, i - 1)
                            .mapToDouble(k -> losses[k])
                            .min()
                            .orElseThrow();
                    return losses[i - 1] >= before && losses[i] >= before;
                })
                .findFirst()
                .orElseThrow();
        long end = curve.longColumn("step").getLong(last);
        long best = curve.longColumn("step").getLong(last - 2);
        assertTrue(end < STEPS - 4, "the subject of this test");

        var run = recipe().earlyStopping("validation_loss", 2).run();
        assertEquals(
                "finished: stopped early at step " + end + " of " + STEPS
                        + ", as 2 evaluations in a row had no better validation loss than step " + best,
                run.card().outcome().status().text());
        assertTrue(run.card().outcome().status().isFinished());
        assertEquals(best, turnOf(run));
        assertEquals(
                whole.metrics().first((int) end).doubleColumn("loss").asList(),
                run.metrics().doubleColumn("loss").asList());
        assertEquals(
                STEPS,
                recipe().earlyStopping("validation_loss", 30).run().metrics().rowCount());
    }

    @Test
    void crashedAnywhereItEndsAsOneLeftAlone() throws IOException {
        var whole = recipe().keepBest("validation_loss").run();
        long turn = turn(whole);
        for (long crash : new long[] {3, turn - 1, turn, turn + 1, turn + 5, STEPS}) {
            for (long every : new long[] {1, 5}) {
                var why = "crashed at " + crash + ", a checkpoint every " + every;
                var place = folder.resolve("crash-" + crash + "-" + every);
                var kept = recipe().keepBest("validation_loss").keep(place, every);
                assertThrows(
                        IllegalStateException.class,
                        () -> kept.progress(new Stop(crash, true)).run());
                assertSame(whole, kept.run(), why);
                var loaded = RunStore.open(folder).load(place.getFileName().toString());
                assertSame(whole, loaded, why);
                try (var files = Files.list(place)) {
                    assertEquals(
                            List.of(
                                    ".lock",
                                    "best.safetensors",
                                    "data.jsonl.gz",
                                    "metrics.csv",
                                    "model.json",
                                    "model.safetensors",
                                    "run.json",
                                    "samples.csv",
                                    "template.json",
                                    "tokenizer.json"),
                            files.map(file -> file.getFileName().toString())
                                    .sorted()
                                    .toList());
                }
            }
        }
    }

    @Test
    void interruptedAgainAndAgainItEndsAsOneLeftAlone() throws IOException {
        var whole = recipe().earlyStopping("validation_loss", 3).run();
        long turn = turn(whole);
        var place = folder.resolve("run");
        var kept = recipe().earlyStopping("validation_loss", 3).keep(place, 7);
        for (long stop : new long[] {1, turn, turn + 1, turn + 3}) {
            var run = kept.progress(new Stop(stop, false)).run();
            assertTrue(Thread.interrupted());
            assertEquals(
                    "interrupted at step " + stop, run.card().outcome().status().text());
        }
        try (var files = Files.list(place.resolve("checkpoint"))) {
            assertEquals(
                    new TreeSet<>(List.of(
                            "best-" + turn + ".safetensors", "checkpoint.json", "step-" + (turn + 3) + ".safetensors")),
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new)));
        }
        assertArrayEquals(
                weights(whole.best()), weights(RunStore.open(folder).load("run").best()), "while it is interrupted");
        assertSame(whole, kept.run(), "gone on with");
        assertSame(whole, kept.run(), "answered at once");
    }

    @Test
    void aDamagedBestStateIsRefused() throws IOException {
        var place = folder.resolve("run");
        var kept = recipe().keepBest("validation_loss").keep(place);
        kept.progress(new Stop(6, false)).run();
        assertTrue(Thread.interrupted());
        Path best;
        try (var files = Files.list(place.resolve("checkpoint"))) {
            best = files.filter(file -> file.getFileName().toString().startsWith("best-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(best);
        bytes[bytes.length / 2] ^= 1;
        Files.write(best, bytes);
        assertSentence(kept::run, best.getFileName() + ": it was cut off or damaged");
        Files.delete(best);
        assertSentence(kept::run, best.getFileName() + ": it is not there");
    }

    @Test
    void whatBeganWithTheBestStateIsTrainedAgainFromIt() {
        var store = RunStore.open(folder);
        var base = recipe().keepBest("bits_per_byte").keep(store.folder("base")).run();
        var random = new SplittableRandom(4);
        var questions = Stream.generate(() -> word(random, 4))
                .limit(40)
                .map(word -> new Conversation(word, word.substring(2)))
                .toList();
        var tuned = FineTuning.of(base.best(), Conversations.of(questions))
                .epochs(2)
                .keepBest("validation_loss")
                .keep(store.folder("tuned"))
                .run();
        assertEquals("base-best", tuned.card().parent());
        assertEquals(Fingerprint.of(base.best()), Fingerprint.of(store.load("base-best")));
        var again = PastRun.rerun(store, "tuned", Map.of(), RunOptions.NONE);
        assertArrayEquals(weights(tuned), weights(again));
        assertArrayEquals(weights(tuned.best()), weights(again.best()));
        assertEquals(turnOf(base), store.load("base").best().metrics().rowCount());
        assertSentence(
                () -> recipe().keepBest("validation_loss")
                        .keep(store.folder("base"))
                        .run(),
                "keep_best was");
    }

    /** The best look at held-out prompts, by a count of letters that is made here and not by the trainer. */
    @Test
    void anAlignmentKeepsItsBestLook() {
        var store = RunStore.open(folder);
        var prompts = IntStream.range(0, 12)
                .mapToObj(i -> "ab".repeat(i + 1).substring(i))
                .toList();
        Reward letters = Reward.of("letters", (prompt, completion) -> completion.length());
        var recipe = PolicyOptimisation.of(store.save(start()), prompts)
                .reward(letters)
                .maxTokens(6)
                .batchSize(2)
                .steps(12)
                .evaluations(6)
                .learningRate(0.02);
        var run = recipe.keepBest("eval/reward").keep(store.folder("aligned")).run();
        var samples = run.table("samples");
        var means = new TreeMap<Long, Double>();
        samples.longColumn("step")
                .asSet()
                .forEach(step -> means.put(
                        step,
                        samples.where(samples.longColumn("step").isEqualTo(step)).stringColumn("text").asList().stream()
                                .mapToInt(String::length)
                                .average()
                                .orElseThrow()));
        double best = means.values().stream().max(Double::compare).orElseThrow();
        assertEquals(best, means.get(turnOf(run)));
        assertArrayEquals(weights(recipe.run()), weights(run), "what is kept changes nothing that is learned");
        assertArrayEquals(weights(run.best()), weights(store.load("aligned-best")));
        assertArrayEquals(weights(run.best()), weights(run.named("kept").best()));
        var again = PastRun.rerun(store, "aligned", Map.of("reward", letters), RunOptions.NONE);
        assertArrayEquals(weights(run.best()), weights(again.best()));
        assertSentence(() -> recipe.evaluations(0).keepBest("eval/reward").run(), "this training takes no evaluations");
    }

    private static long turnOf(Run run) {
        return run.card().outcome().best().step();
    }

    /** Scores of the best state have a mean and a deviation of their own. */
    @Test
    void aJudgeAtItsBestIsNormalisedByItsOwnScores() {
        var random = new SplittableRandom(5);
        var list = Stream.generate(() -> new Comparison(word(random, 3), word(random, 4), word(random, 4)))
                .limit(60)
                .toList();
        var comparisons = Comparisons.of(list);
        try (var judge = RewardModelling.of(start(), comparisons)
                        .epochs(6)
                        .learningRate(0.02)
                        .validation(0.3)
                        .keepBest("validation_loss")
                        .run();
                var best = judge.best()) {
            assertTrue(turnOf(judge.run()) < judge.run().metrics().rowCount(), "the subject of this test");
            var train = comparisons.split(0.3).train().list();
            double[] scores = IntStream.range(0, 2 * train.size())
                    .mapToDouble(i -> {
                        var pair = train.get(i / 2);
                        return best.score(pair.prompt(), i % 2 == 0 ? pair.chosen() : pair.rejected());
                    })
                    .toArray();
            var summary = Summary.of(scores);
            assertEquals(0, summary.mean(), 1e-4);
            assertEquals(1, summary.standardDeviation(), 1e-4);
            assertFalse(Fingerprint.of(judge.run()).equals(Fingerprint.of(best.run())));
            // and the validation scores are those that its loss was computed from
            var pairs = best.run().table("validation_scores");
            double loss = IntStream.range(0, pairs.rowCount())
                    .mapToDouble(i ->
                            Math.log1p(Math.exp(pairs.doubleColumn("rejected").getDouble(i)
                                    - pairs.doubleColumn("chosen").getDouble(i))))
                    .average()
                    .orElseThrow();
            assertEquals(judge.run().card().outcome().best().value(), loss, 1e-9);
        }
    }

    @Test
    void aMetricThatNoLookMeasuresIsRefusedBeforeTheFirstStep() {
        assertSentence(
                () -> recipe().keepBest("val_loss").run(),
                "\"val_loss\", which no evaluation measures; evaluations of this training measure validation_loss, bits_per_byte");
        assertSentence(() -> recipe().keepBest("loss").run(), "\"loss\"");
        assertSentence(() -> recipe().earlyStopping("validation_loss", 0), "0 evaluations of patience");
    }

    private static void assertSentence(Executable making, String part) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(part) && !message.contains("\n"), message);
    }
}
