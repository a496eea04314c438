package trivium.lstm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.RewardModel;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/** The three phases, with an LSTM in the transformer's place. */
class PhasesTest {

    private static final Corpus CORPUS = Corpus.of("abcdef".repeat(150));
    private static final Tokenizer LETTERS = Tokenizer.characters(CORPUS).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 12)
            .mapToObj(i -> "abcdef".substring(i % 3, i % 3 + 1 + i / 3))
            .toList();

    private static Pretraining pretraining() {
        return Pretraining.of(new LstmShape(8, 12, 1), LETTERS, CORPUS)
                .steps(15)
                .batchSize(8)
                .learningRate(0.05)
                .evaluations(1)
                .workers(2);
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }

    @Test
    void preTrainingLearnsTheOrderOfLetters() {
        var run = pretraining().run();
        assertEquals("finished", run.card().outcome().status().text());
        // Six letters by turns: their order tells all, and who only counts letters is left with ln 6 nats.
        assertTrue(run.last("loss") < Math.log(6) / 2, run.toString());
        assertEquals("lstm", run.card().recipe().get("model"));
        assertArrayEquals(weights(run), weights(pretraining().workers(1).run()), "workers change nothing");
    }

    @Test
    void aRewardModelStandsOnIt(@TempDir Path folder) {
        var comparisons = new Comparisons(
                "letters",
                IntStream.range(0, 60)
                        .mapToObj(i ->
                                new Comparison("abcdef".substring(i % 6, i % 6 + 1), "ab", "f".repeat(1 + i % 2)))
                        .toList());
        var judge = RewardModelling.of(pretraining().steps(5).run(), comparisons)
                .epochs(4)
                .learningRate(0.02)
                .workers(2)
                .run();
        assertTrue(judge.validation().value() > 0.9, judge.toString());
        var store = RunStore.open(folder);
        store.save(judge.run());
        var loaded = new RewardModel(store.load(judge.run().card().id()));
        assertEquals(judge.score("a", "ab"), loaded.score("a", "ab"), 1e-6);
        assertTrue(loaded.score("a", "ab") > loaded.score("a", "f"));
    }

    @Test
    void fineTuningAndPolicyOptimisationTakeItOn(@TempDir Path folder) {
        var store = RunStore.open(folder);
        var start = pretraining().steps(5).run();
        store.save(start);
        var loaded = store.load(start.card().id());
        var conversations = Conversations.of(Stream.iterate(0, i -> i + 1)
                .limit(40)
                .map(i -> new Conversation("abcdef".substring(i % 6, i % 6 + 1), "f"))
                .toList());
        var tuned = FineTuning.of(loaded, conversations)
                .epochs(4)
                .batchSize(8)
                .learningRate(0.05)
                .workers(2)
                .run();
        assertTrue(tuned.last("loss") < 0.5, tuned.toString());
        var run = PolicyOptimisation.of(loaded, PROMPTS)
                .reward((_, completion) ->
                        completion.chars().filter(c -> c == 'a').count())
                .algorithm(Grpo.numGenerations(8))
                .batchSize(2)
                .maxTokens(4)
                .heldOut(2)
                .steps(8)
                .learningRate(0.05)
                .workers(2)
                .run();
        assertEquals("finished", run.card().outcome().status().text());
        double[] reward = run.metrics().doubleColumn("reward").asDoubleArray();
        assertTrue(reward[7] > reward[0] + 1, Arrays.toString(reward));
        double kl = run.metrics().doubleColumn("kl").get(0);
        assertEquals(0, kl, 1e-4, "decoder and pass agree on the first policy");
    }
}
