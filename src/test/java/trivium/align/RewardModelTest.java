package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.measure.RewardAccuracy;
import trivium.measure.Summary;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
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
        return RewardModelling.of(start, COMPARISONS)
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

    @Test
    void aTextThatDoesNotFitIsJudgedAsIfItEndedThere() {
        // <|user|> ab <|assistant|> and <|end|> leave 19 of the context's 24 tokens.
        assertEquals(judge.score("ab", "c".repeat(19)), judge.score("ab", "c".repeat(19) + "aaaaaa"), 1e-6);
        assertThrows(IllegalArgumentException.class, () -> judge.score("a".repeat(40), "c"));
    }

    @Test
    void savedAndLoadedItJudgesTheSame(@TempDir Path folder) {
        var store = RunStore.open(folder);
        store.save(judge.run());
        try (var loaded = new RewardModel(store.load(judge.run().id()))) {
            assertEquals(judge.score("ab", "cad"), loaded.score("ab", "cad"), 1e-9);
        }
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
        assertEquals(
                List.of("2 of 60 comparisons, longer than the context of 24 tokens, were left out"),
                run.card().origin().notes());
        assertEquals(List.of(), judge.run().card().origin().notes());
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
