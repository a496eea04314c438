package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.data.Seeds;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.generate.TableModel;
import trivium.model.Llama;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Precision;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class PolicyOptimisationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 30)
            .mapToObj(i -> "" + letter(i / 6) + letter(i % 6) + letter(i % 5))
            .toList();
    /** Two of the letters are liked. */
    private static final Reward LIKED = (_, completion) ->
            completion.chars().map(c -> c == 'a' || c == 'b' ? 1 : 0).sum();

    private final Run start = new Run(
            RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
            TableModel.random(LETTERS.size(), 24, 0.5, 1),
            LETTERS,
            Map.of());
    private final PolicyOptimisation recipe = PolicyOptimisation.of(start, PROMPTS)
            .reward(LIKED)
            .batchSize(4)
            .maxTokens(8)
            .heldOut(6)
            .steps(25)
            .learningRate(0.05)
            .workers(2);

    static List<Algorithm> algorithms() {
        return List.of(
                Grpo.numGenerations(4).beta(0.01),
                Grpo.numGenerations(4).epochs(3),
                Rloo.numGenerations(4).beta(0.01));
    }

    @Test
    void moreCompletionsThanMemoryCanHoldAreASentence() {
        var thrown = assertThrows(
                IllegalArgumentException.class,
                () -> recipe.batchSize(Integer.MAX_VALUE).run());
        assertTrue(thrown.getMessage().contains("fewer prompts per step"), thrown.getMessage());
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void whatIsLikedGrows(Algorithm algorithm) {
        var weights = start.model().parameters().values().toArray();
        var run = recipe.algorithm(algorithm).run();
        double[] reward = run.metrics().doubleColumn("reward").asDoubleArray();
        double first =
                IntStream.range(0, 5).mapToDouble(i -> reward[i]).average().orElseThrow();
        double last =
                IntStream.range(20, 25).mapToDouble(i -> reward[i]).average().orElseThrow();
        assertTrue(last > first + 1, first + " to " + last);
        assertTrue(run.last("kl") > 0.1, "the policy has left the reference");
        assertEquals(0, run.metrics().doubleColumn("kl").get(0), 1e-4, "it began there");
        assertArrayEquals(weights, start.model().parameters().values().toArray(), "the starting model is left alone");
    }

    /** Drawn in float32 and learned from in bfloat16, the policy is still its own reference before the first step. */
    @Test
    void inBfloat16ItBeginsAtTheReferenceToo() {
        var deep = new Run(start.card(), Llama.of(24, 32, 2, 2, 2).fresh(LETTERS.size(), 1), LETTERS, Map.of());
        var run = PolicyOptimisation.of(deep, PROMPTS)
                .reward(LIKED)
                .maxTokens(8)
                .evaluations(0)
                .steps(1)
                .precision(Precision.BF16)
                .run();
        assertEquals(0, run.last("kl"), 1e-5);
    }

    @Test
    void theFirstStepIsMeasuredOnTheStartingModel() {
        var run = recipe.steps(1)
                .gold((_, completion) -> completion.replaceAll("<.*?>", "x").length())
                .run();
        double length = run.last("completions/mean_length");
        double finished = 1 - run.last("completions/clipped_ratio");
        assertEquals(length - finished, run.last("gold"), 1e-9, "the end token is a token but no text");
        assertEquals(length * 32, run.last("tokens"), 1e-9);
        assertTrue(run.last("entropy") > 1 && run.last("entropy") < Math.log(LETTERS.size()));
        assertEquals(0, run.last("clip_ratio/region_mean"));
    }

    @Test
    void theQuantilesOfEveryStepAreThoseOfItsCompletions() {
        var seen = new ArrayList<double[]>();
        Reward gold = (_, completion) -> completion.length();
        var run = recipe.steps(2)
                .evaluations(0)
                .batchSize(7)
                .algorithm(Grpo.numGenerations(3))
                .gold(new Reward() {
                    @Override
                    public double score(String prompt, String completion) {
                        return gold.score(prompt, completion);
                    }

                    @Override
                    public double[] scores(List<String> prompts, List<String> completions) {
                        seen.add(gold.scores(prompts, completions));
                        return seen.getLast();
                    }
                })
                .run();
        for (int step = 0; step < 2; step++) {
            var sorted = Arrays.stream(seen.get(step + 1)).sorted().toArray(); // the held-out prompts come first
            assertEquals(21, sorted.length);
            var places = Map.of("p10", 2, "p25", 5, "p50", 10, "p75", 15, "p90", 18);
            for (var place : places.entrySet()) {
                var column = run.metrics().doubleColumn("gold_" + place.getKey());
                assertEquals(sorted[place.getValue()], column.get(step), place.getKey());
            }
        }
    }

    @Test
    void heldOutPromptsAreComparedWithTheSameDice() {
        var run = recipe.gold((_, completion) -> -completion.length()).run();
        var table = run.table(PolicyOptimisation.REWARDS);
        assertEquals(PROMPTS.subList(24, 30), table.stringColumn("prompt").asList());
        var sampling =
                Sampling.atTemperature(1).maxTokens(8).seed(Seeds.random(0, 0).nextLong());
        var before =
                Completions.of(start.model(), LETTERS).answers(PROMPTS.subList(24, 30), ChatTemplate.DEFAULT, sampling);
        var after =
                Completions.of(run.model(), LETTERS).answers(PROMPTS.subList(24, 30), ChatTemplate.DEFAULT, sampling);
        assertEquals(before, table.stringColumn("before_text").asList());
        assertEquals(after, table.stringColumn("after_text").asList());
        for (int i = 0; i < 6; i++) {
            assertEquals(
                    LIKED.score("", before.get(i)), table.doubleColumn("before").get(i));
            assertEquals(
                    LIKED.score("", after.get(i)), table.doubleColumn("after").get(i));
            assertEquals(
                    -before.get(i).length(), table.doubleColumn("gold_before").get(i));
            assertEquals(
                    -after.get(i).length(), table.doubleColumn("gold_after").get(i));
        }
        assertFalse(recipe.trainingPrompts().stream().anyMatch(PROMPTS.subList(24, 30)::contains));
    }

    @Test
    void theSameSeedGivesTheSameRunOnAnyNumberOfWorkers() {
        var small = recipe.steps(4);
        var one = small.workers(1).run();
        var three = small.workers(3).run();
        assertArrayEquals(
                one.model().parameters().values().toArray(),
                three.model().parameters().values().toArray());
        assertArrayEquals(
                one.metrics().doubleColumn("reward").asDoubleArray(),
                three.metrics().doubleColumn("reward").asDoubleArray());
        var other = small.seed(1).run();
        assertFalse(Arrays.equals(
                one.model().parameters().values().toArray(),
                other.model().parameters().values().toArray()));
    }

    @Test
    void everyPromptComesOnceBeforeAnyComesAgain() {
        var seen = new ArrayList<String>();
        Reward listening = (prompt, completion) -> {
            seen.add(prompt);
            return completion.length();
        };
        recipe.algorithm(Grpo.numGenerations(4))
                .reward(listening)
                .steps(12)
                .evaluations(0)
                .run();
        var drawn = seen.subList(6, seen.size() - 6); // without the comparison before and after
        assertEquals(12 * 4 * 4, drawn.size());
        var prompts = new ArrayList<String>();
        for (int i = 0; i < drawn.size(); i += 4) {
            assertEquals(1, drawn.subList(i, i + 4).stream().distinct().count(), "a group answers one prompt");
            prompts.add(drawn.get(i));
        }
        assertEquals(Set.copyOf(recipe.trainingPrompts()), Set.copyOf(prompts.subList(0, 24)));
        assertEquals(Set.copyOf(recipe.trainingPrompts()), Set.copyOf(prompts.subList(24, 48)));
        assertNotEquals(prompts.subList(0, 24), prompts.subList(24, 48), "in a new order");
    }

    /** By hand: with three steps of warm-up the rate rises by quarters, and the fourth step has all of it. */
    @Test
    void theLearningRateRisesOverTheWarmupAndStays() {
        var warm = recipe.steps(6).learningRate(0.08).warmup(3).run();
        double[] rates = warm.metrics().doubleColumn("learning_rate").asDoubleArray();
        assertArrayEquals(new double[] {0.02, 0.04, 0.06, 0.08, 0.08, 0.08}, rates, 1e-15);
        assertEquals(3L, warm.card().recipe().get("warmup"));
        assertArrayEquals(
                recipe.steps(1)
                        .learningRate(0.02)
                        .run()
                        .model()
                        .parameters()
                        .values()
                        .toArray(),
                recipe.steps(1)
                        .learningRate(0.04)
                        .warmup(1)
                        .run()
                        .model()
                        .parameters()
                        .values()
                        .toArray(),
                "the rate written down is the rate used");
        var tooLong = assertThrows(
                IllegalArgumentException.class, () -> recipe.steps(6).warmup(7).run());
        assertTrue(tooLong.getMessage().contains("a warm-up of 7 steps is longer"), tooLong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> recipe.warmup(-1));
    }

    /** Both through whole distributions, whatever the algorithm does. */
    @Test
    void theExactKlHoldsThePolicyAndTheEntropyBonusKeepsItUndecided() {
        var model = Llama.of(24, 16, 1, 2, 2).fresh(LETTERS.size(), 1);
        var from = PolicyOptimisation.of(new Run(start.card(), model, LETTERS, Map.of()), PROMPTS)
                .reward(LIKED)
                .algorithm(Grpo.numGenerations(4).beta(0))
                .batchSize(4)
                .maxTokens(6)
                .heldOut(6)
                .evaluations(0)
                .steps(12)
                .learningRate(0.02)
                .temperature(0.8)
                .workers(2);
        var free = from.run();
        var held = from.exactKl(3).run();
        var open = from.entropyCoefficient(3).run();
        assertEquals(0, held.metrics().doubleColumn("kl_exact").get(0), 1e-6, "it began at the reference");
        assertTrue(held.last("kl") < free.last("kl") / 2, free.last("kl") + " to " + held.last("kl"));
        assertTrue(
                open.last("entropy") > free.last("entropy") + 0.1,
                free.last("entropy") + " to " + open.last("entropy"));
    }

    @Test
    void aHighPriceKeepsThePolicyNearTheReference() {
        var free = recipe.algorithm(Grpo.numGenerations(4).beta(0)).run();
        var held = recipe.algorithm(Grpo.numGenerations(4).beta(2)).run();
        assertTrue(held.last("kl") < free.last("kl") / 2, held.last("kl") + " and " + free.last("kl"));
    }

    @Test
    void interruptedItKeepsWhatItHas() {
        var run = recipe.progress(interruptAfter(3)).run();
        assertTrue(Thread.interrupted(), "whoever waits for the thread still learns of the interrupt");
        assertEquals("interrupted at step 3", run.card().outcome().status().text());
        assertEquals(3, run.metrics().rowCount());
        assertArrayEquals(
                recipe.steps(3).run().model().parameters().values().toArray(),
                run.model().parameters().values().toArray());
    }

    @Test
    void whatCannotWorkIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> PolicyOptimisation.of(start, PROMPTS).run());
        assertThrows(IllegalArgumentException.class, () -> recipe.heldOut(30));
        assertThrows(IllegalArgumentException.class, () -> PolicyOptimisation.of(start, List.of("a", "a")));
        var failure = assertThrows(
                IllegalArgumentException.class,
                () -> recipe.reward((_, _) -> Double.NaN).run());
        assertTrue(failure.getMessage().contains("NaN"));
    }

    /** With a constant rate, the policy after five steps is that of a training of five. */
    @Test
    void looksMeasureThePolicyOfTheMomentAndChangeNothing() {
        var watched = recipe.gold((_, completion) -> -completion.length()).steps(10);
        var run = watched.evaluations(4).run();
        var blind = watched.evaluations(0).run();
        assertArrayEquals(
                blind.model().parameters().values().toArray(),
                run.model().parameters().values().toArray(),
                "the same bits");
        for (var metric : List.of("reward", "gold", "kl", "loss")) {
            assertArrayEquals(
                    blind.metrics().doubleColumn(metric).asDoubleArray(),
                    run.metrics().doubleColumn(metric).asDoubleArray(),
                    metric);
        }
        assertFalse(blind.has("eval/reward"));
        assertEquals(
                List.of(3L, 5L, 8L, 10L),
                run.curve("eval/reward").longColumn("step").asList());
        var then = watched.evaluations(0).steps(5).run().table(PolicyOptimisation.REWARDS);
        var evaluation = run.curve("eval/reward").numberColumn("eval/reward");
        assertEquals(then.doubleColumn("after").mean(), evaluation.getDouble(1), 1e-12);
        assertEquals(
                then.doubleColumn("gold_after").mean(),
                run.curve("eval/gold").numberColumn("eval/gold").getDouble(1),
                1e-12);
        var samples = run.table(PolicyOptimisation.SAMPLES);
        var five = samples.where(samples.longColumn("step").isEqualTo(5));
        assertEquals(
                then.stringColumn("after_text").asList(),
                five.stringColumn("text").asList());
        assertEquals(
                run.table(PolicyOptimisation.REWARDS).stringColumn("after_text").asList(),
                samples.last(6).stringColumn("text").asList());
    }

    @Test
    void aRewardThatTellsNothingApartTeachesNothing() {
        var run = recipe.reward((_, _) -> 1)
                .algorithm(Grpo.numGenerations(4).beta(0))
                .steps(3)
                .run();
        assertArrayEquals(
                start.model().parameters().values().toArray(),
                run.model().parameters().values().toArray());
        assertArrayEquals(
                new double[] {1, 1, 1},
                run.metrics().doubleColumn("frac_reward_zero_std").asDoubleArray());
        assertTrue(recipe.steps(3).run().last("frac_reward_zero_std") < 0.5);
    }

    /** Two letters and no end: the reward is told so. */
    @Test
    void completionsThatWereCutAreTold() {
        var cut = new ArrayList<Boolean>();
        var lengths = new ArrayList<Integer>();
        var run = recipe.reward(Reward.of("ended", Reward.withFinish((_, text, finish) -> {
                    cut.add(finish.isCut());
                    lengths.add(text.replaceAll("<.*?>", "x").length());
                    return finish.isCut() ? 0 : 1 + text.length();
                })))
                .maxTokens(2)
                .evaluations(0)
                .steps(1)
                .run();
        var drawn = cut.subList(6, 6 + 32); // after the held-out prompts
        long those = drawn.stream().filter(c -> c).count();
        assertEquals(those / 32.0, run.last("completions/clipped_ratio"), 1e-12);
        assertTrue(those > 16 && those < 32, those + " cut");
        var ended = IntStream.range(6, 6 + 32)
                .filter(i -> !cut.get(i))
                .map(i -> lengths.get(i) + 1) // the end token
                .summaryStatistics();
        assertEquals(ended.getAverage(), run.last("completions/mean_terminated_length"), 1e-12);
        assertEquals(ended.getMin(), run.last("completions/min_terminated_length"));
        assertEquals(ended.getMax(), run.last("completions/max_terminated_length"));
        assertEquals(ended.getMin(), run.last("completions/min_length"), "none that was cut is shorter");
        assertEquals(2, run.last("completions/max_length"));
    }

    @Test
    void fewHeldOutPromptsAreSaid() {
        var run = recipe.heldOut(1).steps(1).run();
        assertTrue(
                run.card()
                        .origin()
                        .notes()
                        .contains("only 1 of 30 prompts is held out, and what it shows may be chance:"
                                + " hold out more with heldOut(…), or give more prompts"),
                run.card().origin().notes().toString());
        var prompts = IntStream.range(0, 400).mapToObj(i -> "p" + i).toList();
        int[] sizes = {3, 10, 50, 100, 299, 400};
        int[] heldOut = {1, 3, 15, 30, 30, 40};
        for (int i = 0; i < sizes.length; i++) {
            var of = PolicyOptimisation.of(start, prompts.subList(0, sizes[i]));
            assertEquals(heldOut[i], of.heldOutPrompts().size(), sizes[i] + " prompts");
        }
    }

    private static char letter(int i) {
        return (char) ('a' + i);
    }

    private static Progress interruptAfter(long step) {
        return new Progress() {
            @Override
            public void step(long done, Map<String, Double> metrics) {
                if (done == step) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void finish(String outcome) {
                assertEquals("interrupted at step " + step, outcome);
            }
        };
    }
}
