package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trivium.Trivium;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.generate.Generation.Finish;
import trivium.measure.RewardAccuracy;
import trivium.measure.Summary;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.tensor.Floats;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class RewardModelTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final Comparisons COMPARISONS = comparisons(300);

    private static Run start;
    private static RewardModel judge;

    @BeforeAll
    static void train() {
        start = new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(24, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
        judge = recipe().run();
    }

    private static RewardModelling recipe() {
        return recipe(COMPARISONS);
    }

    private static RewardModelling recipe(Comparisons comparisons) {
        return RewardModelling.of(start, comparisons)
                .validation(0.1)
                .epochs(6)
                .learningRate(5e-3)
                .workers(2);
    }

    @Test
    void itLearnsWhatTheAnnotatorsLike() {
        assertTrue(judge.run().last("validation_accuracy") > 0.9, judge.run().toString());
        assertTrue(judge.run().last("validation_loss") < Math.log(2) / 2, "from ln 2 on");
        // Texts it has never seen, by the rule that made the comparisons.
        var fresh = comparisons(900).list().subList(600, 900);
        var prompts = fresh.stream().map(Comparison::prompt).toList();
        double[] chosen =
                judge.scores(prompts, fresh.stream().map(Comparison::chosen).toList());
        double[] rejected =
                judge.scores(prompts, fresh.stream().map(Comparison::rejected).toList());
        assertTrue(RewardAccuracy.of(chosen, rejected).value() > 0.9);
    }

    @Test
    void trainingAnswersHaveMeanZeroAndDeviationOne() {
        var train = COMPARISONS.split(0.1).train();
        var prompts = train.list().stream()
                .flatMap(c -> Collections.nCopies(2, c.prompt()).stream())
                .toList();
        var answers = train.list().stream()
                .flatMap(c -> List.of(c.chosen(), c.rejected()).stream())
                .toList();
        var summary = Summary.of(judge.scores(prompts, answers));
        assertEquals(0, summary.mean(), 1e-4);
        assertEquals(1, summary.standardDeviation(), 1e-4);
    }

    @Test
    void manyAreScoredAsOneByOne() {
        var prompts = COMPARISONS.prompts().subList(0, 70);
        var answers = COMPARISONS.list().subList(0, 70).stream()
                .map(Comparison::chosen)
                .toList();
        double[] together = judge.scores(prompts, answers);
        for (int i = 0; i < 70; i += 13) {
            assertEquals(judge.score(prompts.get(i), answers.get(i)), together[i], 1e-4);
        }
    }

    /** The model's own output at a token, without the batches that the judge reads it through. */
    private static double score(int[] ids, int at) {
        var normalisation = judge.run().table(RewardModel.NORMALISATION);
        double raw = judge.run()
                .model()
                .pass(1, ids.length)
                .outputs(ids, 0, 1, ids.length)
                .get(at);
        return (raw - normalisation.doubleColumn("mean").get(0))
                / normalisation.doubleColumn("standard_deviation").get(0);
    }

    @Test
    void aJudgeSeesNoEndThatWasNeverWritten() {
        int[] ids = ChatTemplate.DEFAULT.example(LETTERS, "ab", "cadb").ids();
        var prompts = List.of("ab", "ab", "ab");
        var texts = List.of("cadb", "cadb", "cadb");
        double[] scores = judge.scores(prompts, texts, List.of(Finish.STOP, Finish.LENGTH, Finish.CONTEXT));
        assertEquals(score(ids, ids.length - 1), scores[0], 1e-4, "read at the end token");
        assertEquals(score(ids, ids.length - 2), scores[1], 1e-4, "read at the last token that was written");
        assertEquals(scores[1], scores[2], 1e-6);
        assertTrue(Math.abs(scores[0] - scores[1]) > 0.01, "they differ");
        assertEquals(scores[0], judge.score("ab", "cadb"), 1e-4, "a text of which nothing is said has ended");
    }

    @Test
    void ofATextThatDoesNotFitTheBeginningIsJudged() {
        // <|user|> ab <|assistant|> leaves 20 of the context's 24 tokens.
        int[] ids = Arrays.copyOf(
                ChatTemplate.DEFAULT.example(LETTERS, "ab", "c".repeat(26)).ids(), 24);
        assertEquals(score(ids, 23), judge.score("ab", "c".repeat(20) + "aaaaaa"), 1e-4);
        assertEquals(score(ids, 23), judge.score("ab", "c".repeat(20)), 1e-4, "the end token is beyond it");
        assertThrows(IllegalArgumentException.class, () -> judge.score("a".repeat(40), "c"));
    }

    /** Counted by hand from the judge's own scores of the validation pairs. */
    @Test
    void itsAccuracyGoesByPrompts() {
        var validation = COMPARISONS.split(0.1).validation();
        var share = judge.validation();
        long right = validation.list().stream()
                .filter(c -> judge.score(c.prompt(), c.chosen()) > judge.score(c.prompt(), c.rejected()))
                .count();
        assertEquals(right, share.hits());
        assertEquals(validation.size(), share.of());
        assertEquals(
                validation.prompts(),
                judge.run().table(RewardModel.VALIDATION).stringColumn("prompt").asList());
        assertEquals(share, judge.accuracy(validation));
        var twice = new ArrayList<>(validation.list());
        twice.addAll(validation.list());
        var doubled = judge.accuracy(Comparisons.of(twice));
        assertEquals(2 * share.of(), doubled.of());
        assertTrue(doubled.independent() < 1.1 * share.independent(), "copies tell nothing new: " + doubled);
        assertTrue(judge.toString().endsWith("right on " + share), judge.toString());
    }

    @Test
    void fewValidationPairsAreSaid() {
        var run = RewardModelling.of(start, comparisons(12)).epochs(1).run().run();
        assertTrue(
                run.card().origin().notes().stream()
                        .anyMatch(note -> note.contains("the reward model's accuracy on them may be chance")),
                run.card().origin().notes().toString());
        assertEquals(
                0.3,
                RewardModelling.of(start, comparisons(12)).preparation().validation(),
                "of few, more are held out");
        assertEquals(
                0.1,
                RewardModelling.of(start, comparisons(30_000)).preparation().validation(),
                0.04);
    }

    @Test
    void savedAndLoadedItJudgesTheSame(@TempDir Path folder) {
        var store = RunStore.open(folder);
        store.save(judge);
        assertEquals(
                Trivium.report(judge.run()).contents(), Trivium.report(judge).contents());
        try (var loaded = new RewardModel(store.load(judge.run().id()))) {
            assertEquals(judge.score("ab", "cad"), loaded.score("ab", "cad"), 1e-9);
        }
    }

    /** Each kept a thread and its buffers until it was closed, which nobody did: 60 judges, 59 threads. */
    @Test
    @Timeout(120)
    void judgesThatNobodyClosesKeepNeitherThreadsNorBuffers() throws InterruptedException {
        judge.score("ab", "cad"); // now the helpers are there
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long before = settled();
        double expected = judge.score("ab", "cad");
        judge.close();
        var judges = new ArrayList<RewardModel>();
        for (int i = 0; i < 60; i++) {
            judges.add(new RewardModel(judge.run()));
            assertEquals(expected, judges.getLast().score("ab", "cad"));
        }
        long used = Floats.heldBytes();
        assertEquals(threads, ManagementFactory.getThreadMXBean().getThreadCount(), 2);
        assertTrue(used > before, used + " bytes of buffers were made");
        assertTrue(settled() <= before, "they went back, although the judges are still there");
        for (var kept : judges) {
            assertEquals(expected, kept.score("ab", "cad"), "and judge as before");
        }
    }

    /** Bytes of native memory held after garbage collection, once what it found has gone back. */
    private static long settled() throws InterruptedException {
        long held = Long.MAX_VALUE;
        for (int quiet = 0; quiet < 3; ) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
            quiet = Floats.heldBytes() < held ? 0 : quiet + 1;
            held = Floats.heldBytes();
        }
        return held;
    }

    @Test
    void theSameSeedGivesTheSameJudge() {
        var short1 = recipe().epochs(1).workers(1).run();
        var short2 = recipe().epochs(1).workers(2).run();
        assertArrayEquals(
                short1.run().model().parameters().values().toArray(),
                short2.run().model().parameters().values().toArray());
    }

    @Test
    void comparisonsThatAreTooLongAreCountedInItsRun() {
        var list = new ArrayList<>(comparisons(60).list());
        list.set(0, new Comparison("abc", "a".repeat(30), "b"));
        list.set(9, new Comparison("abd", "a", "b".repeat(30)));
        var run =
                RewardModelling.of(start, Comparisons.of(list)).epochs(1).run().run();
        var sentence = "2 of 60 comparisons, longer than the context of 24 tokens, were left out";
        assertTrue(run.card().origin().notes().contains(sentence));
        assertFalse(judge.run().card().origin().notes().toString().contains("left out"));
    }

    /** Nothing of the share that would validate fits; a share of the others validates then. */
    @Test
    void comparisonsThatFitValidate() {
        var all = comparisons(60).split(0.05);
        var list = new ArrayList<>(all.train().list());
        all.validation().forEach(each -> list.add(new Comparison(each.prompt(), "a".repeat(30), "b")));
        var run = RewardModelling.of(start, Comparisons.of(list))
                .epochs(1)
                .validation(0.05)
                .run()
                .run();
        assertTrue(run.last("validation_loss") > 0);
        var leftOut = run.card().origin().notes().stream().filter(note -> note.contains("left out"));
        assertEquals(1, leftOut.count());
        var none = Comparisons.of(new Comparison("a", "b".repeat(40), "c"), new Comparison("b", "c".repeat(30), "d"));
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> RewardModelling.of(start, none).run())
                .getMessage();
        assertTrue(message.startsWith("none of the 2 comparisons fits a context of 24 tokens, but two"), message);
    }

    @Test
    void textsThatWereCutAreCounted() {
        var counting = new RewardModel(judge.run());
        counting.scores(List.of("ab", "ab", "ab"), List.of("c".repeat(19), "c".repeat(20), "c".repeat(99)));
        assertEquals(2, counting.cut());
        counting.score("ab", "c".repeat(25));
        assertEquals(3, counting.cut());
        counting.close();
    }

    /** Every pair by at least 4, where scores may not leave 0: each setting moves what it is there to move. */
    @Test
    void marginsWidenDifferencesAndCentringHoldsScoresAtZero() {
        double plain = Math.abs(judge.run().last("mean_reward"));
        double apart = judge.run().last("margin");
        var wide = Comparisons.of(
                COMPARISONS.list().stream().map(each -> each.withMargin(4)).toList());
        var widened = recipe(wide).run().run();
        assertTrue(widened.last("margin") > apart + 2, widened.last("margin") + " from " + apart);
        var ignoring = recipe(wide).margins(false).run().run();
        assertArrayEquals(
                judge.run().model().parameters().values().toArray(),
                ignoring.model().parameters().values().toArray());
        var centred = recipe().centerRewardsCoefficient(1).run().run();
        assertTrue(Math.abs(centred.last("mean_reward")) < plain / 2, centred.last("mean_reward") + " from " + plain);
        assertThrows(IllegalArgumentException.class, () -> recipe().centerRewardsCoefficient(-1));
    }

    @Test
    void aJudgeWithMarginsAndCentringIsTrainedAgain(@TempDir Path folder) {
        var store = RunStore.open(folder);
        store.save(start);
        var first = recipe(Comparisons.of(COMPARISONS.list().subList(0, 40).stream()
                        .map(each -> each.withMargin(each.chosen().length() / 8.0))
                        .toList()))
                .epochs(1)
                .centerRewardsCoefficient(0.01)
                .keep(store.folder("judge"))
                .run()
                .run();
        var second = PastRun.rerun(store, "judge", Map.of(), RunOptions.NONE);
        assertEquals(0.01, second.card().recipe().get("center_rewards_coefficient"));
        assertArrayEquals(
                first.model().parameters().values().toArray(),
                second.model().parameters().values().toArray());
    }

    @Test
    void aLanguageModelIsNoJudge() {
        var failure = assertThrows(IllegalArgumentException.class, () -> new RewardModel(start));
        assertTrue(failure.getMessage().contains("reward model"), failure.getMessage());
    }

    /** Of two answers, the one with more a is liked. */
    private static Comparisons comparisons(int count) {
        var random = new SplittableRandom(3);
        return Comparisons.of(IntStream.range(0, count)
                .mapToObj(i -> new Comparison(
                        word(random, 3), word(random, 6) + "aa", word(random, 6).replace('a', 'e')))
                .toList());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }
}
