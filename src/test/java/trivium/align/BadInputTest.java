package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.UnpairedPreference;
import trivium.data.UnpairedPreferences;
import trivium.model.Bert;
import trivium.model.Llama;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** What cannot be meant is refused, or said, in a sentence, and what was learned before is kept. */
class BadInputTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 12)
            .mapToObj(i -> "" + "abcdef".charAt(i / 2) + "abc".charAt(i % 2))
            .toList();

    private static final Conversations LONG = Conversations.of(new Conversation("a".repeat(40), "b"));

    private static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Llama.of(16, 8, 1, 2, 2).fresh(LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    private static PolicyOptimisation aligning() {
        return PolicyOptimisation.of(start(), PROMPTS)
                .reward((_, completion) -> completion.length())
                .algorithm(Grpo.numGenerations(2))
                .batchSize(2)
                .maxTokens(4)
                .heldOut(2)
                .evaluations(0)
                .steps(3)
                .workers(1);
    }

    private static PreferenceOptimisation preferring(String rejected) {
        return PreferenceOptimisation.of(
                        start(),
                        Comparisons.of(PROMPTS.stream()
                                .map(prompt -> new Comparison(prompt, "a", rejected))
                                .toList()))
                .steps(1)
                .workers(1);
    }

    private static PreferenceOptimisation both() {
        var run = start();
        var other = new Run(run.card(), Bert.of(16, 8, 1, 2).fresh(LETTERS.size(), 1), LETTERS, Map.of());
        return PreferenceOptimisation.of(other, Comparisons.of(List.of(new Comparison("a", "b", "c"))));
    }

    private static Arguments refused(String name, Supplier<?> work, String... says) {
        return Arguments.of(Named.of(name, work), List.of(says));
    }

    static Stream<Arguments> refused() {
        double infinity = Double.POSITIVE_INFINITY;
        return Stream.of(
                refused(
                        "prompt",
                        () -> PolicyOptimisation.of(start(), Arrays.asList("a", null)),
                        "prompt 2 of 2 is null"),
                refused("reward", () -> aligning().reward("short", null, 1), "the reward \"short\" is null"),
                refused("gold", () -> aligning().gold(null), "the checker of the evaluation \"gold\" is null"),
                refused("algorithm", () -> aligning().algorithm(null), "the algorithm is null"),
                refused("GRPO", () -> Grpo.numGenerations(2).beta(infinity), "beta Infinity"),
                refused("RLOO", () -> Rloo.numGenerations(2).beta(infinity), "beta Infinity"),
                refused("REINFORCE++", () -> new ReinforcePlusPlus().beta(infinity), "beta Infinity"),
                refused("PPO", () -> new Ppo().beta(infinity), "beta Infinity"),
                refused("mixup", () -> aligning().referenceMixup(0.5).run(), "a mixup of 0.5", "resetReference"),
                refused("no scores", () -> aligning().reward(new NoScores()).run(), "gave no scores for 2 completions"),
                refused(
                        "a score whose square is infinite",
                        () -> aligning().reward((_, _) -> 1e200).run(),
                        "is 1.0E200",
                        "at most 3.4028"),
                refused("a model that looks both ways", () -> both(), "looks both ways"),
                refused(
                        "a question of an evaluation",
                        () -> aligning().evaluate("long", LONG).run(),
                        "a prompt of the evaluation \"long\" takes 42 tokens"),
                refused(
                        "a question of an evaluation in the middle of a training",
                        () -> preferring("b").steps(20).evaluate("long", LONG).run(),
                        "a prompt of the evaluation \"long\" takes 42 tokens"),
                refused(
                        "pairs",
                        () -> preferring("a").run(),
                        "in all 12 comparisons the chosen answer is the rejected"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void itIsRefusedInASentence(Supplier<?> work, List<String> says) {
        var message = assertThrows(RuntimeException.class, work::get).getMessage();
        says.forEach(words -> assertTrue(message.contains(words), message));
    }

    private record NoScores() implements Reward {
        @Override
        public double score(String prompt, String completion) {
            return 0;
        }

        @Override
        public double[] scores(List<String> prompts, List<String> completions) {
            return null;
        }
    }

    /** A regular expression of a long completion, or an assertion, ends no more than a training does. */
    @ParameterizedTest
    @MethodSource("errors")
    void whatWasLearnedIsKeptWhereARewardThrowsAnError(Error error) {
        var asked = new AtomicInteger();
        var run = aligning()
                .reward((_, completion) -> {
                    if (asked.incrementAndGet() > 7) {
                        throw error;
                    }
                    return completion.length();
                })
                .run();
        var outcome = run.card().outcome().status().text();
        assertTrue(outcome.startsWith("failed: at step 2 the reward \"reward\" threw " + error), outcome);
        assertEquals(1, run.metrics().rowCount());
    }

    static Stream<Error> errors() {
        return Stream.of(new StackOverflowError(), new AssertionError("no number"));
    }

    /** 4 of 12 prompts validate. */
    @Test
    void fewPairsThatValidateAreRemarkedUpon() {
        var notes = preferring("b").run().card().origin().notes().toString();
        assertTrue(notes.contains("validate: accuracies and margins on them may be chance"), notes);
    }

    @Test
    void fewAnswersThatValidateAreRemarkedUpon() {
        var notes =
                preferring("b").loss(new Kto()).run().card().origin().notes().toString();
        assertTrue(notes.contains("validate: losses and margins on them may be chance; give more answers, or"), notes);
    }

    @Test
    void answersOfOneKindAreRemarkedUpon() {
        var good = PROMPTS.stream()
                .map(prompt -> new UnpairedPreference(prompt, "a", true))
                .toList();
        var run = PreferenceOptimisation.of(start(), UnpairedPreferences.of(good))
                .steps(1)
                .workers(1)
                .run();
        var notes = run.card().origin().notes().toString();
        assertTrue(notes.contains("all 12 answers were found good, and none bad"), notes);
    }

    /** TRL's metric of that name is of chosen answers only, and rejected ones are not to be guessed. */
    @Test
    void nobodyCountsHowManyTokensOfRejectedAnswersAreGuessed() {
        assertFalse(preferring("b").run().metrics().containsColumn("mean_token_accuracy"));
    }

    /** The distribution that a completion is drawn from, at this temperature, is as good as certain. */
    @Test
    void theEntropyIsThatAtTheTemperatureOfTheRollouts() {
        assertEquals(0, aligning().temperature(1e-6).steps(1).run().last("entropy"), 1e-3);
    }
}
