package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.finetune.FineTuning;
import trivium.measure.Loss;
import trivium.model.Gpt;
import trivium.model.Slices;
import trivium.pretrain.Pretraining;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** An average of the weights is what is evaluated and kept, in every phase, and training goes on with it. */
class AveragedWeightsTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final int STEPS = 12;

    @TempDir
    Path folder;

    private static Corpus corpus() {
        var random = new SplittableRandom(3);
        return Corpus.of(Stream.generate(() -> word(random, 30)).limit(12).toList());
    }

    private static Pretraining recipe() {
        return Pretraining.of(Gpt.of(16, 16, 1, 2), LETTERS, corpus())
                .steps(STEPS)
                .batchSize(4)
                .learningRate(0.03)
                .validation(0.3)
                .evaluations(6)
                .samples("ab")
                .workers(1)
                .seed(5);
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).collect(Collectors.joining());
    }

    private static List<Conversation> questions() {
        var random = new SplittableRandom(4);
        return Stream.generate(() -> new Conversation(word(random, 4), word(random, 5)))
                .limit(40)
                .toList();
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

    /** Nothing of the training changes; the trained weights' validation loss is that of a run without an average. */
    @Test
    void whatIsEvaluatedAndKeptIsTheAverage() {
        var plain = recipe().run();
        var averaged = recipe().ema(0.9).run();
        for (var same : List.of("loss", "grad_norm", "mean_token_accuracy")) {
            assertEquals(
                    plain.metrics().column(same).asList(),
                    averaged.metrics().column(same).asList());
        }
        for (var of : List.of("validation_loss", "bits_per_byte")) {
            assertEquals(
                    plain.metrics().column(of).asList(),
                    averaged.metrics().column("trained_" + of).asList());
        }
        var text = Tokens.encode(corpus().split(0.3).validation(), LETTERS);
        var batches = NextTokens.sequential(text, 32, 16);
        try (var slices = new Slices(averaged.model(), 1)) {
            assertEquals(
                    Loss.over(slices, batches, (int) batches.count(), LETTERS).nats(),
                    averaged.last("validation_loss"));
        }
        assertNotEquals(averaged.last("trained_validation_loss"), averaged.last("validation_loss"));
        assertFalse(plain.metrics().columnNames().stream().anyMatch(name -> name.startsWith("trained_")));
    }

    private void goesOn(Recipe<?> recipe, Run whole, String name) {
        var place = folder.resolve(name);
        var kept = recipe.keep(place, 4);
        assertThrows(IllegalStateException.class, () -> train(kept.progress(new Stop(5, true)), name));
        var interrupted = train(kept.progress(new Stop(7, false)), name);
        assertTrue(Thread.interrupted());
        assertEquals(
                "interrupted at step 7", interrupted.card().outcome().status().text());
        var run = train(kept, name);
        assertArrayEquals(weights(whole), weights(run), name);
        assertArrayEquals(weights(whole.best()), weights(run.best()), name);
        assertEquals(numbers(whole.metrics()), numbers(run.metrics()), name);
    }

    private static Run train(Recipe<?> recipe, String name) {
        return switch (recipe) {
            case Pretraining given -> given.run();
            case FineTuning given -> given.run();
            case PolicyOptimisation given -> given.run();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    void whatIsKilledGoesOnAndIsTrainedAgain() {
        var store = RunStore.open(folder);
        var pretraining = recipe().ema(0.9).keepBest("validation_loss");
        var base = pretraining.run();
        goesOn(pretraining, base, "base");
        var again = PastRun.rerun(store, "base", Map.of(), RunOptions.NONE);
        assertArrayEquals(weights(base), weights(again));
        assertEquals(numbers(base.metrics()), numbers(again.metrics()));
        assertEquals(0.9, store.card("base").recipe().get("ema"));

        var start = store.load("base");
        var tuning = FineTuning.of(start, Conversations.of(questions()))
                .steps(STEPS)
                .batchSize(5)
                .validation(0.2)
                .workers(1)
                .ema(0.8)
                .keepBest("validation_loss");
        goesOn(tuning, tuning.run(), "tuned");
        var aligning = PolicyOptimisation.of(start, List.of("ab", "cd", "ef", "fa"))
                .reward((_, answer) -> -answer.length())
                .algorithm(Grpo.numGenerations(2))
                .batchSize(2)
                .maxTokens(4)
                .heldOut(1)
                .evaluations(4)
                .steps(STEPS)
                .workers(1)
                .ema(0.8)
                .keepBest("eval/reward");
        goesOn(aligning, aligning.run(), "aligned");
    }

    /** A judge's scale is that of the weights that it keeps; a value model beside a policy has no average. */
    @Test
    void otherPhasesKeepTheAverageToo() {
        var base = recipe().run();
        var random = new SplittableRandom(5);
        var pairs =
                Comparisons.of(Stream.generate(() -> new Comparison(word(random, 3), word(random, 4), word(random, 4)))
                        .limit(30)
                        .toList());
        var judging = RewardModelling.of(base, pairs)
                .steps(STEPS)
                .batchSize(6)
                .validation(0.3)
                .workers(1);
        try (var plain = judging.run();
                var averaged = judging.ema(0.8).run()) {
            assertEquals(plain.run().last("validation_loss"), averaged.run().last("trained_validation_loss"));
            assertNotEquals(plain.run().last("validation_loss"), averaged.run().last("validation_loss"));
            var scores = averaged.run().table("validation_scores");
            assertNotEquals(numbers(plain.run().table("validation_scores")), numbers(scores));
        }
        var run = PolicyOptimisation.of(base, List.of("ab", "cd", "ef"))
                .reward((_, answer) -> answer.length())
                .algorithm(Ppo.numGenerations(2))
                .batchSize(2)
                .maxTokens(4)
                .heldOut(1)
                .steps(3)
                .ema(0.8)
                .keep(folder.resolve("proximal"), 1)
                .run();
        assertTrue(run.card().outcome().status().isFinished());
    }
}
