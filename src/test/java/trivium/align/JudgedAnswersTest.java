package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** Answers of small models, and what models make of answers, token by token. */
class JudgedAnswersTest {

    private static final List<String> PROMPTS = List.of("ab", "cd", "ef", "fa", "bd", "ce", "ac", "df");
    private static final Map<String, Reward> JUDGES = Map.of("letters", (_, answer) -> answer.length());

    private static Run base;
    private static Run other;

    @BeforeAll
    static void pretrain() {
        base = trained(3);
        other = trained(6);
    }

    private static Run trained(int steps) {
        var letters = Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
        return Pretraining.of(Gpt.of(24, 16, 1, 2), letters, Corpus.of("abc def fed cab. ".repeat(40)))
                .learningRate(1e-2)
                .steps(steps)
                .batchSize(4)
                .run()
                .named(steps + " steps");
    }

    private static Table rows(Table table, String run) {
        return table.where(table.stringColumn("run").isEqualTo(run));
    }

    @Test
    void everyRunAnswersTheSamePromptsAndTheFirstIsAtNoDistance() {
        var table = JudgedAnswers.table(PROMPTS, JUDGES, base, other);
        var first = rows(table, "3 steps");
        var second = rows(table, "6 steps");
        assertEquals(PROMPTS, first.stringColumn("prompt").asList());
        assertEquals(PROMPTS, second.stringColumn("prompt").asList());
        for (double kl : first.doubleColumn("kl")) {
            assertEquals(0, kl, 1e-4);
        }
        assertTrue(second.doubleColumn("kl").mean() > 0.01, second.toString());
        assertArrayEquals(
                second.stringColumn("text").asList().stream()
                        .mapToDouble(String::length)
                        .toArray(),
                second.doubleColumn("letters").asDoubleArray());
        assertThrows(IllegalArgumentException.class, () -> JudgedAnswers.table(PROMPTS, JUDGES, base, base));
        assertThrows(
                IllegalArgumentException.class,
                () -> JudgedAnswers.table(PROMPTS, Map.of("length", (_, answer) -> answer.length()), base, other));
    }

    /**
     * What a model drew with which probability, it says again when it reads it; and the difference is the divergence.
     */
    @Test
    void theTokensOfAnAnswerHaveTheLogProbabilitiesWithWhichTheyWereDrawn() {
        var sampling = Sampling.atTemperature(1).maxTokens(12).seed(3);
        var asked = IntStream.range(0, 40).mapToObj(i -> PROMPTS.get(i % 8)).toList();
        var completions = Completions.of(other.model(), other.tokenizer());
        var drawn = completions.replies(asked, other.template(), sampling);
        var texts = completions.texts(drawn);
        var judged = JudgedAnswers.of(other, base, asked, Map.of(), sampling);
        assertEquals(texts, judged.texts());
        var ended = IntStream.range(0, asked.size())
                .filter(i -> !drawn.get(i).finish().isCut() && !texts.get(i).isEmpty())
                // a special token that is drawn within an answer is not text
                .filter(i -> Arrays.equals(
                        other.tokenizer().encode(texts.get(i)), drawn.get(i).said()))
                .toArray();
        assertTrue(ended.length > 3, ended.length + " ended");
        var said = new ArrayList<Conversation>();
        for (int i : ended) {
            said.add(new Conversation(asked.get(i), texts.get(i)));
        }
        var moved = LogProbShift.table(base, other, new Conversations("said", said));
        for (int k = 0; k < ended.length; k++) {
            var rows = moved.where(moved.intColumn("text").isEqualTo(k));
            var logProbs = drawn.get(ended[k]).logProbs();
            assertEquals(logProbs.length, rows.rowCount());
            for (int t = 0; t < logProbs.length; t++) {
                assertEquals(t + 1, rows.intColumn("position").get(t));
                assertEquals(logProbs[t], rows.doubleColumn("after").getDouble(t), 1e-4);
            }
            double kl = rows.doubleColumn("after").sum()
                    - rows.doubleColumn("before").sum();
            assertEquals(judged.kl()[ended[k]], kl, 1e-3);
        }
    }

    @Test
    void bothAnswersOfAPairAreScoredUnderTheirNames() {
        var pairs = Comparisons.of(
                new Comparison("ab", "cd", "e"), new Comparison("cd", "fe", "abc"), new Comparison("ef", "a", "b"));
        var moved = LogProbShift.table(base, other, pairs);
        var second = moved.where(moved.intColumn("text").isEqualTo(1));
        var rejected = second.where(second.stringColumn("group").isEqualTo("rejected"));
        assertEquals(
                List.of("a", "b", "c", "<|end|>"),
                rejected.stringColumn("token").asList());
        var many = LogProbShift.table(base, other, Comparisons.of(Collections.nCopies(20, pairs.get(0))));
        assertEquals(
                IntStream.range(0, 20).boxed().collect(Collectors.toSet()),
                many.intColumn("text").asSet(),
                "also over several batches");
        var alone = LogProbShift.table(base, other, Conversations.of(new Conversation("cd", "abc")));
        assertArrayEquals(
                alone.doubleColumn("after").asDoubleArray(),
                rejected.doubleColumn("after").asDoubleArray(),
                1e-5);
    }
}
