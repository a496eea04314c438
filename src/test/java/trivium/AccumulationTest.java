package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.align.Cpo;
import trivium.align.Dpo;
import trivium.align.Grpo;
import trivium.align.Kto;
import trivium.align.PolicyOptimisation;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Recipe;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * An update over eight batches of one is that over one batch of eight, but for rounding: in every phase, with dropout,
 * padding, packed rows, pairs and groups. Losses are means over all tokens of the update, however they are shared out
 * among its batches.
 */
class AccumulationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());

    /** Adam's first steps make of a gradient's rounding a step of its own where the gradient is nearly nothing. */
    private static final double TOLERANCE = 2e-3;

    private static final Run BASE =
            pretraining(Llama.of(32, 16, 1, 2, 2)).steps(20).run();

    private static Pretraining pretraining(trivium.model.Architecture shape) {
        var documents = IntStream.range(0, 60).mapToObj(i -> word(i, 20) + ". " + word(7 * i, 9));
        return Pretraining.of(shape, LETTERS, Corpus.of(documents.toList()))
                .steps(4)
                .evaluations(1)
                .learningRate(3e-3)
                .workers(2);
    }

    private static FineTuning tuning() {
        // answers of 1 to 9 letters: a mean of the batches' means would be another number
        var all = IntStream.range(0, 60)
                .mapToObj(i -> new Conversation(word(i, 4), word(3 * i, 1 + i % 9)))
                .toList();
        return FineTuning.of(BASE, Conversations.of(all)).epochs(1).workers(2);
    }

    private static String word(int number, int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> "" + "abcdef".charAt((number * 31 + i * (number % 5 + 1) + i * i) % 6))
                .reduce("", String::concat);
    }

    private static <R extends Recipe<R>> void assertSame(R recipe, Training<R> run) {
        var whole = run.apply(recipe.batchSize(8).gradientAccumulation(1));
        for (int size : new int[] {1, 4}) {
            var parts = run.apply(recipe.batchSize(size).gradientAccumulation(8 / size));
            assertEquals(whole.metrics().rowCount(), parts.metrics().rowCount());
            for (var metric : List.of("loss", "grad_norm", "learning_rate", "tokens")) {
                var expected = whole.curve(metric).doubleColumn(metric);
                var found = parts.curve(metric).doubleColumn(metric);
                for (int i = 0; i < expected.size(); i++) {
                    double tolerance = TOLERANCE * Math.max(0.01, Math.abs(expected.getDouble(i)));
                    assertEquals(expected.getDouble(i), found.getDouble(i), tolerance, metric + " at step " + (i + 1));
                }
            }
            assertEquals((long) size, parts.card().recipe().get("batch_size"), "on the card");
        }
        assertTrue(whole.metrics().rowCount() > 1);
    }

    @FunctionalInterface
    private interface Training<R> {
        Run apply(R recipe);
    }

    @Test
    void inPreTraining() {
        assertSame(pretraining(Gpt.of(16, 16, 1, 2).dropout(0.1)), Pretraining::run);
        assertSame(pretraining(Bert.of(16, 16, 1, 2)), Pretraining::run);
    }

    @Test
    void inFineTuning() {
        assertSame(tuning(), FineTuning::run);
        assertSame(tuning().packed(), FineTuning::run);
    }

    @Test
    void inRewardModelling() {
        var pairs = IntStream.range(0, 60)
                .mapToObj(i -> new Comparison(word(i, 3), word(i, 3) + "aa", word(5 * i + 1, 4)))
                .toList();
        var recipe = RewardModelling.of(BASE, Comparisons.of(pairs)).epochs(1).workers(2);
        assertSame(recipe, one -> {
            try (var judge = one.run()) {
                return judge.run();
            }
        });
    }

    /** Likelihoods are means over tokens of all chosen answers, and KTO's divergence is one over the whole batch. */
    @Test
    void inPreferenceOptimisation() {
        var pairs = IntStream.range(0, 60)
                .mapToObj(i -> new Comparison(word(i, 3), word(i, 1 + i % 7), word(5 * i + 1, 4)))
                .toList();
        var recipe = PreferenceOptimisation.of(BASE, Comparisons.of(pairs))
                .learningRate(1e-3)
                .workers(2);
        for (var loss : List.of(Dpo.beta(0.1), new Cpo(), Kto.beta(0.1))) {
            assertSame(recipe.loss(loss), PreferenceOptimisation::run);
        }
    }

    @Test
    void inAlignment() {
        var prompts = IntStream.range(0, 24).mapToObj(i -> word(11 * i, 4)).toList();
        var recipe = PolicyOptimisation.of(BASE, prompts)
                .reward((_, answer) -> -answer.length())
                .algorithm(Grpo.numGenerations(3).epochs(2))
                .maxTokens(6)
                .heldOut(4)
                .evaluations(0)
                .steps(3)
                .workers(2);
        assertSame(recipe, PolicyOptimisation::run);
    }
}
