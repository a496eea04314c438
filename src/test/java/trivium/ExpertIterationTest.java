package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import trivium.align.BestOfN;
import trivium.align.ExpertIteration;
import trivium.align.MajorityVote;
import trivium.align.Reward;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Choosing among a model's own completions, and learning from the choice. */
class ExpertIterationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final Reward LIKED = (_, completion) ->
            completion.chars().map(c -> c == 'a' || c == 'b' ? 1 : 0).sum();
    private static final Sampling SAMPLING =
            Sampling.atTemperature(1).maxTokens(8).seed(3);

    /** Answers with three or so random letters. */
    private final Run start = FineTuning.of(
                    Pretraining.of(Llama.of(24, 16, 1, 2, 2), LETTERS, Corpus.of("abcdefabcdef".repeat(20)))
                            .steps(1)
                            .batchSize(2)
                            .run(),
                    Conversations.of(IntStream.range(0, 200)
                            .mapToObj(i -> new Conversation(word(i, 3), word(i + 999, 3)))
                            .toList()))
            .steps(60)
            .batchSize(32)
            .learningRate(2e-2)
            .run();

    private final List<String> prompts =
            IntStream.range(0, 80).mapToObj(i -> word(i + 50_000, 3)).toList();

    private static String word(int seed, int length) {
        return new SplittableRandom(seed)
                .ints(length, 'a', 'g')
                .mapToObj(c -> "" + (char) c)
                .reduce("", String::concat);
    }

    private static Run learn(Run run, Conversations chosen) {
        return FineTuning.of(run, chosen)
                .steps(25)
                .batchSize(32)
                .learningRate(1e-2)
                .run();
    }

    @Test
    void whatIsChosenIsLearnedAndTheControlStaysWhereItWas() {
        var weights = start.model().parameters().values().toArray();
        var sizes = new ArrayList<Integer>();
        var result = ExpertIteration.of(start, prompts, LIKED, (run, chosen) -> {
                    sizes.add(chosen.size());
                    return learn(run, chosen);
                })
                .n(8)
                .rounds(2)
                .sampling(SAMPLING)
                .heldOut(30)
                .run();
        var table = result.table();
        assertEquals(List.of(0, 1, 1, 2, 2), table.intColumn("round").asList());
        assertEquals(sizes.subList(0, 2), List.of(sizes.get(0), sizes.get(0)), "as many in both");
        double[] reward = table.doubleColumn("reward").asDoubleArray();
        assertTrue(reward[3] > reward[0] + 0.7, "learned " + reward[0] + " to " + reward[3]);
        assertTrue(reward[3] > table.doubleColumn("high").get(4), "apart from the control's " + reward[4]);
        assertTrue(Math.abs(reward[4] - reward[0]) < 0.7, "the control: " + reward[0] + " to " + reward[4]);
        double[] chosen = table.doubleColumn("chosen_reward").asDoubleArray();
        assertTrue(chosen[1] > chosen[2] + 0.7, "chosen " + chosen[1] + ", at random " + chosen[2]);
        assertEquals(result.best().getFirst().id(), result.last().card().parent(), "round upon round");
        assertEquals(start.id(), result.random().getFirst().card().parent());
        assertArrayEquals(weights, start.model().parameters().values().toArray());
    }

    @Test
    void theCurveOfBestOfNForeseesWhatAnotherDrawBrings() {
        var curve = BestOfN.draw(start, prompts, LIKED, 16, SAMPLING).curve();
        var other = BestOfN.draw(start, prompts, LIKED, 4, SAMPLING.seed(9));
        double drawn = other.table().doubleColumn("reward").mean();
        assertEquals(drawn, curve.doubleColumn("reward").get(3), 0.25);
        for (int k = 1; k <= 16; k++) {
            double estimated = curve.doubleColumn("kl_estimated").get(k - 1);
            assertTrue(estimated >= -1e-9 && estimated <= BestOfN.klBound(k) + 1e-9, k + ": " + estimated);
        }
    }

    @Test
    void aMajorityIsDrawnCountedAndVerified() {
        var exam = Conversations.of(IntStream.range(0, 20)
                .mapToObj(i -> new Conversation(word(i, 3), "abc"))
                .toList());
        // what is compared is whether there is an "a", so that answers agree
        var vote = MajorityVote.of(start, exam, 9, SAMPLING, text -> text.contains("a") ? "with" : "without");
        assertEquals(9, vote.n());
        int[] votes = vote.table().intColumn("votes").asIntArray();
        assertTrue(IntStream.of(votes).allMatch(n -> n >= 5 && n <= 9), vote.toString());
    }

    @Test
    void whatCannotBeChosenFromIsASentence() {
        sentence(() -> BestOfN.draw(start, List.of(), LIKED, 4), "no prompts");
        sentence(() -> BestOfN.draw(start, prompts, LIKED, 4, Sampling.greedy()), "at temperature 0 all 4 completions");
        sentence(() -> BestOfN.draw(start, prompts, LIKED, 0), "0 completions");
        var all = ExpertIteration.of(start, prompts, LIKED, ExpertIterationTest::learn);
        sentence(() -> all.heldOut(80), "hold out fewer");
        sentence(() -> all.n(1), "completions of each prompt");
        sentence(() -> all.sampling(SAMPLING.maxTokens(1)).heldOut(60).run(), "allow more tokens");
    }

    private static void sentence(Executable call, String part) {
        var message = assertThrows(RuntimeException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
