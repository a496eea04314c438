package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.generate.Generation.Finish;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** What is made of learned judges: ensembles, and scores without the part that length explains. */
class JudgesTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = List.of("ab", "ab", "cd", "ef", "fa");
    private static final List<String> TEXTS = List.of("a", "bcd", "aaaaaaa", "fedcba", "ee");

    private static Run start;
    private static RewardModel one;
    private static RewardModel two;
    private static RewardModel three;

    @BeforeAll
    static void train() {
        start = new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(24, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
        one = judge(1);
        two = judge(2);
        three = judge(3);
    }

    private static RewardModel judge(long seed) {
        return RewardModelling.of(start, comparisons(120))
                .epochs(3)
                .learningRate(5e-3)
                .workers(1)
                .seed(seed)
                .run();
    }

    /** Chosen answers have more a, and are longer as a rule. */
    private static Comparisons comparisons(int count) {
        var random = new SplittableRandom(3);
        return Comparisons.of(IntStream.range(0, count)
                .mapToObj(_ -> new Comparison(
                        word(random, 3),
                        word(random, random.nextInt(2, 9)) + "aa",
                        word(random, random.nextInt(2, 8)).replace('a', 'e')))
                .toList());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }

    /** Coste et al. 2024, section 3, from the scores of each judge. */
    @Test
    void anEnsembleAggregatesTheScoresOfItsJudges() {
        var ensemble = RewardEnsemble.of(one, two, three);
        double[] mean = ensemble.scores(PROMPTS, TEXTS);
        double[] worst = ensemble.worst().scores(PROMPTS, TEXTS);
        double[] deviation = ensemble.lessDeviation(0.5).scores(PROMPTS, TEXTS);
        double[] variance = ensemble.lessVariance(2).scores(PROMPTS, TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            double a = one.score(PROMPTS.get(i), TEXTS.get(i));
            double b = two.score(PROMPTS.get(i), TEXTS.get(i));
            double c = three.score(PROMPTS.get(i), TEXTS.get(i));
            double middle = (a + b + c) / 3;
            double spread = (a * a + b * b + c * c) / 3 - middle * middle;
            assertTrue(spread > 1e-4, "they differ");
            assertEquals(middle, mean[i], 1e-4);
            assertEquals(Math.min(a, Math.min(b, c)), worst[i], 1e-4);
            assertEquals(middle - 0.5 * Math.sqrt(spread), deviation[i], 1e-4);
            assertEquals(middle - 2 * spread, variance[i], 1e-3);
        }
        var pairs = comparisons(30);
        long right = pairs.list().stream()
                .filter(each ->
                        ensemble.score(each.prompt(), each.chosen()) > ensemble.score(each.prompt(), each.rejected()))
                .count();
        assertEquals(right, ensemble.accuracy(pairs).hits());
        assertThrows(IllegalArgumentException.class, () -> RewardEnsemble.of(one));
        assertThrows(IllegalArgumentException.class, () -> ensemble.lessDeviation(-1));
    }

    @Test
    void aSlopeBelowZeroIsAdded() {
        var sentence = new LengthControlledReward(one, -0.5, 75.62).toString();
        assertTrue(sentence.endsWith(" plus 0.5000 a token beyond 75.62"), sentence);
    }

    /** Each judge sees no end that was not written, whoever asks it. */
    @Test
    void whatWasCutOffIsToldToTheJudges() {
        var cut = Collections.nCopies(TEXTS.size(), Finish.LENGTH);
        double[] first = one.scores(PROMPTS, TEXTS, cut);
        double[] second = two.scores(PROMPTS, TEXTS, cut);
        double[] whole = one.scores(PROMPTS, TEXTS);
        double[] together = RewardEnsemble.of(one, two).scores(PROMPTS, TEXTS, cut);
        var controlled = one.lengthControlled(comparisons(60));
        double[] less = controlled.scores(PROMPTS, TEXTS, cut);
        double[] named = Reward.of("judge", one).scores(PROMPTS, TEXTS, cut);
        for (int i = 0; i < first.length; i++) {
            assertTrue(Math.abs(first[i] - whole[i]) > 1e-3, "its end tells something");
            assertEquals((first[i] + second[i]) / 2, together[i], 1e-5);
            double beyond = TEXTS.get(i).length() - controlled.meanTokens(); // a letter is a token
            assertEquals(first[i] - controlled.slope() * beyond, less[i], 1e-5);
            assertEquals(first[i], named[i], 1e-5);
        }
    }

    /** Residuals of least squares: no line through them has a slope, and those of equally long answers do not move. */
    @Test
    void withoutLengthNoLineThroughTheScoresHasASlope() {
        var comparisons = comparisons(60);
        var controlled = one.lengthControlled(comparisons);
        assertTrue(Math.abs(controlled.slope()) > 0.01, controlled.toString());
        var prompts = comparisons.list().stream()
                .flatMap(each -> Stream.of(each.prompt(), each.prompt()))
                .toList();
        var answers = comparisons.list().stream()
                .flatMap(each -> Stream.of(each.chosen(), each.rejected()))
                .toList();
        double[] scores = controlled.scores(prompts, answers);
        double mean = DoubleStream.of(scores).average().orElseThrow();
        double length = answers.stream().mapToInt(String::length).average().orElseThrow();
        double along = IntStream.range(0, scores.length)
                .mapToDouble(i -> (answers.get(i).length() - length) * (scores[i] - mean))
                .sum();
        assertEquals(0, along / scores.length, 1e-4);
        assertEquals(length, controlled.meanTokens(), 1e-9, "a letter is a token");
        assertEquals(
                one.score("ab", "abc") - one.score("ab", "cde"),
                controlled.score("ab", "abc") - controlled.score("ab", "cde"),
                1e-4);
        var alike = Comparisons.of(new Comparison("a", "bb", "cc"), new Comparison("b", "dd", "ee"));
        var message = assertThrows(IllegalArgumentException.class, () -> one.lengthControlled(alike))
                .getMessage();
        assertTrue(message.startsWith("all 4 answers of comparisons have 2 tokens"), message);
    }

    /** The raw scores that the training wrote down of its validation pairs. */
    @Test
    void marginsAreDifferencesOfRawScores() {
        var table = one.run().table(RewardModel.VALIDATION);
        double share = RewardModelling.of(start, comparisons(120)).preparation().validation();
        double[] expected = table.doubleColumn("chosen")
                .subtract(table.doubleColumn("rejected"))
                .asDoubleArray();
        assertArrayEquals(expected, one.margins(comparisons(120).split(share).validation()), 1e-4);
    }

    @Test
    void alignmentsWithThemAreTrainedAgain(@TempDir Path folder) {
        var store = RunStore.open(folder);
        store.save(start);
        Stream.of(one, two).forEach(store::save);
        var prompts = IntStream.range(0, 12)
                .mapToObj(i -> "ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6))
                .toList();
        var run = PolicyOptimisation.of(start, prompts)
                .reward("likes", RewardEnsemble.of(one, two).lessDeviation(0.7), 1)
                .reward("brief", one.lengthControlled(comparisons(60)), 0.5)
                .algorithm(Grpo.numGenerations(2))
                .batchSize(2)
                .steps(2)
                .heldOut(2)
                .maxTokens(4)
                .keep(store.folder("aligned"))
                .run();
        var again = PastRun.rerun(store, "aligned", Map.of(), RunOptions.NONE);
        assertEquals(
                run.metrics().doubleColumn("reward").asList(),
                again.metrics().doubleColumn("reward").asList());
        assertArrayEquals(
                run.model().parameters().values().toArray(),
                again.model().parameters().values().toArray());
        assertEquals(run.card().recipe(), again.card().recipe());
    }
}
