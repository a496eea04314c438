package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.PreferenceOptimisation;
import trivium.align.ProcessRewardModelling;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.finetune.FineTuning;
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

/** Every recipe with epochs over rows of different length can have rows of like length in a batch. */
class GroupByLengthTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef\n")).withSpecials(ChatTemplate.DEFAULT.specials());

    @TempDir
    Path folder;

    private static String word(SplittableRandom random) {
        return random.ints(random.nextInt(1, 20), 'a', 'g')
                .mapToObj(c -> "" + (char) c)
                .reduce("", String::concat);
    }

    private interface Trained {
        Run run(Run start, boolean grouped, RunOptions kept);
    }

    private static final Map<String, Trained> RECIPES = Map.of(
            "tuned",
            (start, grouped, kept) -> FineTuning.of(
                            start, Conversations.of(some(r -> new Conversation(word(r), word(r)))))
                    .groupByLength(grouped)
                    .epochs(2)
                    .batchSize(4)
                    .with(kept)
                    .run(),
            "judge",
            (start, grouped, kept) -> RewardModelling.of(start, comparisons())
                    .groupByLength(grouped)
                    .epochs(2)
                    .batchSize(4)
                    .with(kept)
                    .run()
                    .run(),
            "steps",
            (start, grouped, kept) -> ProcessRewardModelling.of(
                            start,
                            StepwiseAnswers.of(some(r -> new StepwiseAnswer(
                                    word(r), List.of(word(r), "b"), List.of(r.nextBoolean(), true)))))
                    .groupByLength(grouped)
                    .epochs(2)
                    .batchSize(4)
                    .with(kept)
                    .run()
                    .run(),
            "preferred",
            (start, grouped, kept) -> PreferenceOptimisation.of(start, comparisons())
                    .groupByLength(grouped)
                    .epochs(2)
                    .batchSize(4)
                    .with(kept)
                    .run());

    private static Comparisons comparisons() {
        return Comparisons.of(some(r -> new Comparison(word(r), word(r), word(r) + "a")));
    }

    private static <T> List<T> some(Function<SplittableRandom, T> of) {
        var random = new SplittableRandom(3);
        return Stream.generate(() -> of.apply(random)).limit(120).toList();
    }

    private static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(48, 8, 1, 1), LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    /** How many tokens each step read. */
    private static double[] read(Run run) {
        var sums = run.metrics().doubleColumn("tokens");
        return IntStream.range(0, sums.size())
                .mapToDouble(i -> sums.getDouble(i) - (i == 0 ? 0 : sums.getDouble(i - 1)))
                .toArray();
    }

    private static double variance(double... read) {
        double mean = DoubleStream.of(read).average().orElseThrow();
        return DoubleStream.of(read).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    }

    /** Rows of like length in a batch make batches that differ, of the same rows in all. */
    @Test
    void batchesAreOfRowsOfLikeLength() {
        for (var recipe : RECIPES.entrySet()) {
            var start = start();
            var plain = recipe.getValue().run(start, false, RunOptions.NONE);
            var grouped = recipe.getValue().run(start, true, RunOptions.NONE);
            assertEquals(plain.last("tokens"), grouped.last("tokens"), recipe.getKey());
            double one = variance(read(plain));
            double other = variance(read(grouped));
            assertTrue(other > 1.5 * one, recipe.getKey() + ": " + one + ", grouped " + other);
        }
        var start = start();
        var tuned = RECIPES.get("tuned");
        double padding = tuned.run(start, false, RunOptions.NONE)
                .metrics()
                .doubleColumn("padding")
                .mean();
        double less = tuned.run(start, true, RunOptions.NONE)
                .metrics()
                .doubleColumn("padding")
                .mean();
        assertTrue(less < padding / 2, padding + ", grouped " + less);
    }

    @Test
    void itStandsInTheCardAndIsTrainedAgain() {
        var store = RunStore.open(folder.resolve("runs"));
        var start = store.save(start());
        for (var recipe : RECIPES.entrySet()) {
            var name = recipe.getKey();
            var run = recipe.getValue().run(start, true, RunOptions.NONE.keep(store.folder(name)));
            assertEquals(true, run.card().recipe().get("group_by_length"), name);
            var again = PastRun.rerun(store, name, Map.of(), RunOptions.NONE);
            assertArrayEquals(read(run), read(again), name);
            assertFalse(recipe.getValue()
                    .run(start, false, RunOptions.NONE)
                    .card()
                    .recipe()
                    .containsKey("group_by_length"));
        }
    }
}
