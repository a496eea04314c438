package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.PreferenceBatches;
import trivium.data.Rows;
import trivium.data.UnpairedBatches;
import trivium.model.Gpt;
import trivium.model.Slices;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.Report;

class PreferenceOptimisationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());

    private static Run start;
    private static Run preferred;

    @BeforeAll
    static void train() {
        start = new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(24, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
        preferred = recipe().run();
    }

    private static PreferenceOptimisation recipe() {
        return PreferenceOptimisation.of(start, comparisons(200))
                .epochs(3)
                .learningRate(3e-3)
                .workers(2);
    }

    /** Whoever wrote more letters "a" is preferred. */
    private static Comparisons comparisons(int count) {
        var random = new SplittableRandom(3);
        return Comparisons.of(Stream.generate(
                        () -> new Comparison(word(random, 3), word(random, 2) + "aaa", word(random, 5)))
                .limit(count)
                .toList());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'b', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }

    @Test
    void itLearnsWhatIsPreferred() {
        assertTrue(preferred.last("validation_rewards/accuracies") > 0.95, preferred.toString());
        assertTrue(preferred.last("validation_loss") < 0.5, "from ln 2 on");
        var margins = preferred.metrics().doubleColumn("rewards/margins");
        assertTrue(margins.getDouble(margins.size() - 1) > 0.5, margins.print());
    }

    /** The policy begins as the reference: nothing is preferred, and the loss is that of a coin. */
    @Test
    void theFirstStepKnowsNothing() {
        var metrics = preferred.metrics();
        assertEquals(Math.log(2), metrics.doubleColumn("loss").getDouble(0), 1e-5);
        for (var reward : List.of("rewards/chosen", "rewards/rejected", "rewards/margins")) {
            assertEquals(0, metrics.doubleColumn(reward).getDouble(0), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void everyLossLearnsIt(PreferenceLoss loss) {
        var run = recipe().loss(loss).run();
        double first = run.metrics().doubleColumn("rewards/margins").getDouble(0);
        assertTrue(
                run.last("validation_rewards/margins") > first + 0.05,
                loss + ": " + run.last("validation_rewards/margins"));
        assertTrue(run.last("rewards/accuracies") > 0.9, loss.toString());
    }

    static Stream<PreferenceLoss> losses() {
        return Stream.of(Dpo.ipo(0.1), Dpo.apoZero(0.1), new SimPo(), new Orpo(0.5), new Cpo());
    }

    /** The checker is asked about answers to validation prompts, and nothing that is learned changes. */
    @Test
    void whatIsEvaluatedApartFromThePreferencesChangesNothing() {
        var heard = new HashSet<String>();
        var questions = Conversations.of(new Conversation("bcd", "aa"), new Conversation("dcb", "a"));
        var run = recipe().evaluate("letters", (prompt, text) -> {
                    heard.add(prompt);
                    return text.chars().filter(c -> c == 'a').count();
                })
                .evaluate("ended", Rewards.ended())
                .evaluate("exact", questions)
                .run();
        assertArrayEquals(
                preferred.model().parameters().values().toArray(),
                run.model().parameters().values().toArray());
        var held = PreferenceBatches.split(
                        comparisons(200),
                        LETTERS,
                        start.template(),
                        24,
                        recipe().preparation().validation())
                .validation()
                .prompts();
        assertEquals(new HashSet<>(held), heard);
        var letters = run.curve("eval/letters").numberColumn("eval/letters");
        assertTrue(letters.getDouble(letters.size() - 1) > letters.getDouble(0) + 0.2, letters.print());
    }

    @Test
    void anEvaluationByARuleIsReadBack(@TempDir Path folder) {
        var store = RunStore.open(folder);
        var kept = new Run(start.card(), start.model(), LETTERS, Map.of());
        store.save(kept);
        var first = PreferenceOptimisation.of(store.load(start.id()), comparisons(60))
                .evaluate("ended", Rewards.ended())
                .evaluate("exact", Conversations.of(new Conversation("bcd", "aa"), new Conversation("dcb", "a")))
                .evaluate("gold", Rewards.length(1, 2))
                .steps(3)
                .keep(store.folder("preferred"))
                .run();
        var again = PastRun.rerun(store, "preferred", Map.of(), RunOptions.NONE);
        for (var metric : List.of("eval/ended", "eval/exact", "eval/gold", "loss")) {
            assertEquals(first.last(metric), again.last(metric), metric);
        }
    }

    /** Of comparisons the answers one by one; the divergence is estimated from answers to other prompts. */
    @Test
    void ktoLearnsFromAnswersOneByOne() {
        var run = recipe().loss(Kto.beta(0.1)).run();
        assertEquals(0.5, run.metrics().doubleColumn("loss").getDouble(0), 1e-4, "σ(0) of each answer");
        assertEquals(0, run.metrics().doubleColumn("kl").getDouble(0), 1e-4);
        assertTrue(run.last("validation_rewards/margins") > 0.3, run.toString());
        assertTrue(run.last("validation_loss") < 0.45, run.toString());
        assertTrue(run.last("kl") >= 0);
        var same = PreferenceOptimisation.of(start, comparisons(200).unpaired())
                .validation(recipe().preparation().validation())
                .with(recipe().optimisation())
                .run();
        assertEquals(run.last("loss"), same.last("loss"));
    }

    /**
     * The mean log-ratio of answers to other prompts, from Σ log π_ref that lie below and above those of the policy.
     */
    @Test
    void theDivergenceOfKtoIsAMeanAndAtLeastNothing() {
        var answers = UnpairedBatches.split(
                        comparisons(50).unpaired(),
                        LETTERS,
                        start.template(),
                        start.model().context(),
                        0.2)
                .train();
        int[] items = {3, 0, 5};
        try (var slices = new Slices(start.model(), 1)) {
            double[] now = Reference.sums(slices, answers.mismatchedBatch(items));
            for (double[] below : new double[][] {{0.5, 2, -1}, {0.5, -4, 1}}) {
                var reference = new double[answers.size()];
                IntStream.range(0, 3).forEach(i -> reference[items[i]] = now[i] - below[i]);
                var set = new PreferenceSet.Unpaired(new Kto(), answers, new double[answers.size()], reference);
                var batch = answers.batch(items);
                var report = new Report();
                var values = new float[batch.rows() * batch.time()];
                set.objective(slices, items).loss(batch, 0, 3, values, new float[values.length], report);
                assertEquals(
                        Math.max(0, Arrays.stream(below).sum() / 3),
                        report.means().get("kl"),
                        1e-5);
            }
        }
    }

    /** Losses differ from pair to pair before anything is learned, and the last batch is smaller than the others. */
    @Test
    void everyValidationPairCountsOnce() {
        var still = recipe().loss(new SimPo()).learningRate(1e-9).steps(1);
        var pairs = comparisons(200).split(still.preparation().validation()).validation();
        assertTrue(pairs.size() % 7 != 0, pairs.toString());
        var together = still.batchSize(1_000).run();
        var inParts = still.batchSize(7).run();
        for (var metric : List.of("validation_loss", "validation_rewards/margins", "validation_rewards/accuracies")) {
            assertEquals(together.last(metric), inParts.last(metric), 1e-5, metric);
        }
    }

    @Test
    void aLossOfPairsNeedsPairs() {
        var unpaired = PreferenceOptimisation.of(start, comparisons(50).unpaired());
        var message = assertThrows(IllegalArgumentException.class, () -> unpaired.loss(new Dpo()))
                .getMessage();
        assertTrue(message.contains("give comparisons, or take a loss of single answers"), message);
    }

    /** What the reference says is asked for once: a training that goes on reads it, unless the file is damaged. */
    @Test
    void theFolderHoldsWhatTheReferenceSaid(@TempDir Path folder) throws IOException {
        var alone = recipe().run();
        var file = folder.resolve("run/reference-train.f64");
        stopped(folder);
        byte[] said = Files.readAllBytes(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        stopped(folder);
        assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(file), "it was read");
        var damaged = said.clone();
        damaged[40] ^= 1;
        Files.write(file, damaged);
        var resumed = recipe().keep(folder.resolve("run"), 1).run();
        assertArrayEquals(said, Files.readAllBytes(file), "it was computed anew");
        assertArrayEquals(
                alone.model().parameters().values().toArray(),
                resumed.model().parameters().values().toArray());
    }

    /** Another loss and another seed on the same data begin with what the reference said before, and learn the same. */
    @Test
    void whatTheReferenceSaidServesOtherTrainingsOnTheSameData() {
        var known = new HashMap<String, double[]>();
        recipe().steps(1).run(known);
        assertEquals(Set.of("train", "validation"), known.keySet());
        var other = recipe().loss(Dpo.ipo(1)).seed(5).steps(4);
        float[] alone = other.run().model().parameters().values().toArray();
        assertArrayEquals(alone, other.run(known).model().parameters().values().toArray());
        // that it is not asked again shows where it would now say something else
        known.replaceAll((_, sums) -> Arrays.stream(sums).map(sum -> -sum).toArray());
        assertFalse(Arrays.equals(
                alone, other.run(known).model().parameters().values().toArray()));
    }

    /** Two more steps, and then something ends the process. */
    private static void stopped(Path folder) {
        var steps = new int[1];
        var crash = new Progress() {
            @Override
            public void step(long step, Map<String, Double> metrics) {
                if (++steps[0] == 3) {
                    throw new IllegalStateException("the process ends here");
                }
            }
        };
        assertThrows(
                IllegalStateException.class,
                () -> recipe().progress(crash).keep(folder.resolve("run"), 1).run());
    }

    @Test
    void aRateThatMovesNothingIsSaid() {
        var notes = recipe().learningRate(1e-9).run().card().origin().notes();
        assertTrue(notes.stream().anyMatch(note -> note.contains("stayed at 0")), notes.toString());
    }

    @Test
    void aDivergedOneIsAdvisedAboutItsBeta() {
        var status =
                recipe().loss(Dpo.beta(1e30)).run().card().outcome().status().text();
        assertTrue(status.contains("diverged") && status.contains("smaller beta"), status);
    }

    @Test
    void aMarginBeyondAnyScoreIsRefused() {
        var two = new Comparison("a", "b", "c");
        for (double margin : new double[] {1e300, -2e6, Double.NaN}) {
            var message = assertThrows(IllegalArgumentException.class, () -> two.withMargin(margin))
                    .getMessage();
            assertTrue(message.contains("at most a million"), message);
        }
        assertEquals(-3, two.withMargin(-3).margin());
    }

    @Test
    void aRateThatIsFarTooHighIsSaidAfterFewStepsToo() {
        var few = recipe().steps(4);
        var notes = few.learningRate(1).run().card().origin().notes();
        assertTrue(notes.stream().anyMatch(note -> note.contains("both collapsed")), notes.toString());
        assertEquals(List.of(), few.run().card().origin().notes());
    }

    /** Two epochs of the same batches: what is learned does not depend on the number of threads. */
    @Test
    void anyNumberOfWorkersLearnsTheSame() {
        var one = recipe().steps(4).workers(1).run();
        var three = recipe().steps(4).workers(3).run();
        assertArrayEquals(
                one.model().parameters().values().toArray(),
                three.model().parameters().values().toArray());
    }

    /** The start's own log-probabilities of the answers, each by itself. */
    @Test
    void logpsAreSumsOverTheAnswer() {
        var all = recipe().batchSize(1_000).steps(1).run().metrics();
        var train = comparisons(200).split(recipe().preparation().validation()).train();
        assertEquals(
                mean(train.list().stream().map(Comparison::chosen).toList(), train.prompts()),
                all.doubleColumn("logps/chosen").getDouble(0),
                1e-3);
        assertEquals(
                mean(train.list().stream().map(Comparison::rejected).toList(), train.prompts()),
                all.doubleColumn("logps/rejected").getDouble(0),
                1e-3);
    }

    private static double mean(List<String> answers, List<String> prompts) {
        double sum = 0;
        try (var slices = new Slices(start.model(), 1)) {
            for (int i = 0; i < answers.size(); i++) {
                var example = start.template().example(LETTERS, prompts.get(i), answers.get(i));
                var batch = Rows.completions(List.of(example));
                var values = new float[batch.time()];
                slices.values(batch, values);
                for (int t = example.promptLength() - 1; t < values.length; t++) {
                    sum += values[t];
                }
            }
        }
        return sum / answers.size();
    }
}
