package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.RewardModelling;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.pretrain.Pretraining;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.AdamW;

/** A training that went wrong says so, in every phase, and leaves weights that can be read; a healthy one doesn't. */
class DivergedTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());

    @TempDir
    Path folder;

    enum Phase {
        PRE_TRAINING,
        FINE_TUNING,
        REWARD_MODEL,
        ALIGNMENT
    }

    private static Run train(Phase phase, double rate, int length, RunOptions options) {
        var random = new SplittableRandom(3);
        return switch (phase) {
            case PRE_TRAINING -> {
                var text =
                        Stream.generate(() -> word(random, 30) + ".").limit(40).toList();
                var recipe = Pretraining.of(Llama.of(16, 16, 1, 2, 2), LETTERS, Corpus.of(text))
                        .steps(6L * length)
                        .batchSize(4)
                        .samples("ab")
                        .learningRate(rate)
                        .progress(options.progress());
                yield (options.folder() == null ? recipe : recipe.keep(options.folder(), 2)).run();
            }
            case FINE_TUNING -> {
                var list = Stream.generate(() -> word(random, 4))
                        .limit(60L * length)
                        .map(word -> new Conversation(word, word.substring(2)))
                        .toList();
                var recipe = FineTuning.of(start(), Conversations.of(list))
                        .epochs(1)
                        .batchSize(10)
                        .learningRate(rate);
                yield (options.folder() == null ? recipe : recipe.keep(options.folder(), 2)).run();
            }
            case REWARD_MODEL -> {
                var list = Stream.generate(
                                () -> new Comparison(word(random, 3), word(random, 3) + "aa", word(random, 4)))
                        .limit(70L * length)
                        .toList();
                var recipe = RewardModelling.of(start(), Comparisons.of(list))
                        .epochs(1)
                        .batchSize(10)
                        .learningRate(rate);
                try (var judge = (options.folder() == null ? recipe : recipe.keep(options.folder(), 2)).run()) {
                    yield judge.run();
                }
            }
            case ALIGNMENT -> {
                var prompts =
                        IntStream.range(0, 20).mapToObj(i -> "ab" + "cdef".charAt(i % 4) + "abcdef".charAt(i % 6));
                var recipe = PolicyOptimisation.of(start(), prompts.toList())
                        .reward((_, answer) ->
                                answer.chars().filter(c -> c == 'a').count())
                        .algorithm(Grpo.numGenerations(4).epochs(2))
                        .batchSize(2)
                        .maxTokens(6)
                        .heldOut(2)
                        .steps(3L * length)
                        .learningRate(rate);
                yield (options.folder() == null ? recipe : recipe.keep(options.folder(), 2)).run();
            }
        };
    }

    private static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(16, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).collect(Collectors.joining());
    }

    private static String status(Run run) {
        return run.card().outcome().status().text();
    }

    private static void assertFinite(Run run) {
        for (float weight : run.model().parameters().values().toArray()) {
            assertTrue(Float.isFinite(weight), "a weight is " + weight);
        }
    }

    /** 1e38 leaves float32's range with the first or second update, 200 after some. */
    @ParameterizedTest
    @EnumSource(Phase.class)
    void numbersThatAreNoneEndTheRunAndTheLastFiniteWeightsAreKept(Phase phase) {
        for (double rate : new double[] {200, 1e7, 1e38}) {
            var place = folder.resolve("rate-" + rate);
            var run = train(phase, rate, 5, RunOptions.NONE.keep(place));
            assertTrue(status(run).startsWith("diverged: "), rate + ": " + status(run));
            assertTrue(status(run).contains("the weights are the last finite ones, of step "), status(run));
            assertFinite(run);
            var kept = RunStore.open(folder).load("rate-" + rate);
            assertEquals(run.card(), kept.card());
            assertFinite(kept);
            assertTrue(kept.toString().contains("diverged"), kept.toString());
        }
    }

    /** The state of the step that is named is that of a training which ends there. */
    @Test
    void theWeightsAreThoseOfTheStepThatIsNamed() {
        var text = Corpus.of("abc def. ".repeat(60));
        var recipe = Pretraining.of(Llama.of(16, 16, 1, 2, 2), LETTERS, text).batchSize(2);
        var run = recipe.steps(9).optimizer(flat()).learningRate(1e18).run();
        var step = status(run).replaceFirst(".*last finite ones, of step (\\d+).*", "$1");
        assertTrue(step.matches("\\d"), status(run));
        // The schedule is the whole recipe's, so the shorter training is the same one, interrupted.
        var stopped = recipe.steps(9)
                .optimizer(flat())
                .learningRate(1e18)
                .progress(new Stop(Long.parseLong(step)))
                .run();
        assertTrue(Thread.interrupted());
        assertArrayEquals(
                stopped.model().parameters().values().toArray(),
                run.model().parameters().values().toArray());
    }

    private static AdamW flat() {
        return new AdamW(0.9, 0.99, 1e-8, 0, false);
    }

    private record Stop(long at) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == at) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Finite throughout, and far above the ln V of a uniform guess. */
    @ParameterizedTest
    @CsvSource({"PRE_TRAINING, 3", "PRE_TRAINING, 10", "FINE_TUNING, 3", "FINE_TUNING, 10"})
    void aLossThatStaysAboveAUniformGuessHasDiverged(Phase phase, double rate) {
        var run = train(phase, rate, 2, RunOptions.NONE);
        assertTrue(run.last("loss") > 2 * Math.log(LETTERS.size()), "the subject of this test");
        assertTrue(status(run).startsWith("diverged: the loss of the last 3 steps is "), status(run));
        assertTrue(status(run).contains("a uniform guess has 2.3979"), "ln 11: " + status(run));
    }

    @Test
    void aJudgeThatScoresEverythingAlikeHasDiverged() {
        var run = train(Phase.REWARD_MODEL, 1000, 3, RunOptions.NONE);
        assertTrue(status(run).startsWith("diverged: "), status(run));
    }

    /** As many steps as a notebook takes for a smoke test, and fewer, at rates from useless to daring. */
    @ParameterizedTest
    @EnumSource(Phase.class)
    void shortHealthyRunsHaveNotDiverged(Phase phase) {
        for (int length : new int[] {1, 2}) {
            for (double rate : new double[] {1e-9, 1e-4, 1e-3, 1e-2}) {
                var run = train(phase, rate, length, RunOptions.NONE);
                assertEquals("finished", status(run), "rate " + rate + ", " + run);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void weightsThatAreNotFiniteAreNotLoaded(float bad) {
        var run = start();
        var store = RunStore.open(folder);
        run.model().parameters().values().set(77, bad);
        store.save(run);
        var message = assertThrows(IllegalArgumentException.class, () -> store.load(run.id()))
                .getMessage();
        assertTrue(message.contains("model.safetensors: 1 of the 176 numbers of tensor"), message);
        assertTrue(message.contains("diverged") && !message.contains("\n"), message);
        assertFalse(store.ids().isEmpty(), "its card and its metrics can be read");
    }
}
