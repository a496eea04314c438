package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Seeds;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.generate.TableModel;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Several rewards, what is measured apart from them, and rewards that fail. */
class SeveralRewardsTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 12)
            .mapToObj(i -> "" + "abcdef".charAt(i / 3) + "abc".charAt(i % 3))
            .toList();
    private static final Reward LIKED = (_, completion) ->
            completion.chars().map(c -> c == 'a' || c == 'b' ? 1 : 0).sum();
    private static final Reward SHORT = (_, completion) -> -completion.length();

    @TempDir
    Path folder;

    private final Run start = new Run(
            RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
            TableModel.random(LETTERS.size(), 24, 0.5, 1),
            LETTERS,
            Map.of());
    private final PolicyOptimisation recipe = PolicyOptimisation.of(start, PROMPTS)
            .algorithm(Grpo.numGenerations(4))
            .batchSize(2)
            .maxTokens(6)
            .heldOut(4)
            .evaluations(2)
            .steps(4)
            .learningRate(0.05)
            .workers(1);

    /** Over all completions, as TRL has it, and within a group. */
    @Test
    void theSpreadOfRewards() {
        var drawn = new ArrayList<Double>();
        var run = recipe.reward((prompt, completion) -> {
                    drawn.add(LIKED.score(prompt, completion));
                    return drawn.getLast();
                })
                .steps(1)
                .evaluations(1)
                .run();
        var all = new SummaryStatistics();
        var groups = List.of(new SummaryStatistics(), new SummaryStatistics());
        for (int i = 0; i < 8; i++) {
            double reward = drawn.get(4 + i); // after the held-out prompts
            all.addValue(reward);
            groups.get(i / 4).addValue(reward);
        }
        assertEquals(all.getStandardDeviation(), run.last("reward_std"), 1e-12);
        assertEquals(
                (groups.get(0).getStandardDeviation() + groups.get(1).getStandardDeviation()) / 2,
                run.last("reward_group_std"),
                1e-12);
    }

    /** Completions of different length are told apart by their price, though the reward is the same. */
    @Test
    void aPriceOfLengthTellsEqualRewardsApart() {
        var equal = recipe.reward((_, _) -> 1).steps(1).run();
        assertEquals(1, equal.last("frac_reward_zero_std"));
        var priced = recipe.reward((_, _) -> 1)
                .algorithm(Grpo.numGenerations(4).overlong(1, 5))
                .steps(1)
                .run();
        assertEquals(0, priced.last("frac_reward_zero_std"));
    }

    /** The same bits as one function that adds them. */
    @Test
    void theWeightedSumIsOptimisedAndEachPartIsLogged() {
        var liked = new ArrayList<Double>();
        Reward hearing = (prompt, completion) -> {
            liked.add(LIKED.score(prompt, completion));
            return liked.getLast();
        };
        var several = recipe.reward(hearing).reward("short", SHORT, 0.2).run();
        var one = recipe.reward(
                        (prompt, completion) -> LIKED.score(prompt, completion) + 0.2 * SHORT.score(prompt, completion))
                .run();
        assertArrayEquals(
                one.model().parameters().values().toArray(),
                several.model().parameters().values().toArray());
        assertEquals(
                one.metrics().doubleColumn("reward").asList(),
                several.metrics().doubleColumn("reward").asList());
        var ofFirst = new SummaryStatistics();
        liked.subList(4, 4 + 8).forEach(ofFirst::addValue); // after the held-out prompts
        assertEquals(
                ofFirst.getMean(),
                several.metrics().doubleColumn("rewards/reward/mean").get(0),
                1e-12);
        assertEquals(
                ofFirst.getStandardDeviation(),
                several.metrics().doubleColumn("rewards/reward/std").get(0),
                1e-12);
        assertEquals(
                several.last("reward"),
                several.last("rewards/reward/mean") + 0.2 * several.last("rewards/short/mean"),
                1e-12);
        assertFalse(one.metrics().columnNames().toString().contains("rewards/"), "one alone has its own columns only");
        assertEquals(List.of("reward", "short"), several.card().recipe().get("rewards"));
        assertEquals(0.2, several.card().recipe().get("reward_short_weight"));
    }

    @Test
    void namesAndWeightsThatSayNothingAreRefused() {
        var named = recipe.reward("a", LIKED).reward("b", SHORT, -1);
        assertThrows(IllegalArgumentException.class, () -> named.reward("a", SHORT));
        assertThrows(IllegalArgumentException.class, () -> named.reward("A", SHORT));
        assertThrows(IllegalArgumentException.class, () -> named.reward("a b", SHORT));
        assertThrows(IllegalArgumentException.class, () -> named.reward("c", SHORT, 0));
        assertThrows(IllegalArgumentException.class, () -> named.evaluate("reward", SHORT));
    }

    /** Measured by another way: the trained model answers the questions with the same random numbers. */
    @Test
    void whatIsEvaluatedApartFromTheRewardChangesNothing() {
        var plain = recipe.reward(LIKED).run();
        var sampling =
                Sampling.atTemperature(1).maxTokens(6).seed(Seeds.random(0, 0).nextLong());
        var asked = PROMPTS.stream().map(prompt -> prompt + "c").toList();
        var said = Completions.of(plain.model(), LETTERS).answers(asked, ChatTemplate.DEFAULT, sampling);
        var questions = Conversations.of(IntStream.range(0, 12)
                .mapToObj(i -> new Conversation(asked.get(i), i < 9 ? said.get(i) : said.get(i) + "d"))
                .toList());
        var run = recipe.reward(LIKED)
                .evaluate("exact", questions)
                .evaluate("short", SHORT)
                .run();
        assertArrayEquals(
                plain.model().parameters().values().toArray(),
                run.model().parameters().values().toArray());
        assertEquals(9 / 12.0, run.last("eval/exact"), 1e-12);
        var shift = run.table(PolicyOptimisation.REWARDS);
        assertEquals(shift.doubleColumn("short_after").mean(), run.last("eval/short"), 1e-12);
        assertEquals(2, run.curve("eval/exact").rowCount());
    }

    /** The reward knows the answers that come with the prompts. */
    @Test
    void expectedAnswersAreRewarded() {
        var questions = Conversations.of(
                PROMPTS.stream().map(prompt -> new Conversation(prompt, "a")).toList());
        var run = PolicyOptimisation.of(start, questions)
                .reward(Rewards.exactAnswer())
                .algorithm(Grpo.numGenerations(8).beta(0))
                .maxTokens(6)
                .heldOut(4)
                .steps(40)
                .learningRate(0.1)
                .run();
        assertTrue(run.last("reward") > 0.8, run.last("reward") + "");
        var none = assertThrows(
                IllegalArgumentException.class,
                () -> recipe.reward(Rewards.exactAnswer()).run());
        assertTrue(none.getMessage().contains("there are none"), none.getMessage());
    }

    /** What was learned until then is kept, and the mended recipe goes on as if nothing had happened. */
    @Test
    void aRewardThatThrowsEndsTheTrainingWithWhatWasLearned() {
        int[] asked = {0};
        Reward failing = Reward.of("liked", (prompt, completion) -> {
            if (asked[0]++ >= 4 + 2 * 8 + 4
                    && completion.length() > 1) { // held-out prompts, two steps, held-out prompts
                throw new IllegalStateException("no such file");
            }
            return LIKED.score(prompt, completion);
        });
        var place = RunStore.open(folder).folder("failing");
        var failed = recipe.reward(failing).keep(place).run();
        var status = failed.card().outcome().status().text();
        assertTrue(
                status.startsWith("failed: at step 3 the reward \"reward\" threw java.lang.IllegalStateException:"
                                + " no such file on the completion \"")
                        && status.contains("of the prompt \""),
                status);
        assertEquals(2, failed.metrics().rowCount());
        var two = recipe.reward(LIKED).steps(2).run();
        assertArrayEquals(
                two.model().parameters().values().toArray(),
                failed.model().parameters().values().toArray());
        var mended = recipe.reward(Reward.of("liked", LIKED)).keep(place).run();
        assertEquals("finished", mended.card().outcome().status().text());
        assertArrayEquals(
                recipe.reward(LIKED).run().model().parameters().values().toArray(),
                mended.model().parameters().values().toArray());
    }

    @Test
    void anEvaluationThatThrowsIsTakenAgain() {
        int[] asked = {0};
        Reward failing = Reward.of("gold", (_, completion) -> {
            if (asked[0]++ >= 4 + 2 * 8) {
                throw new IllegalStateException("gone");
            }
            return completion.length();
        });
        var place = RunStore.open(folder).folder("failing-gold");
        var failed = recipe.reward(LIKED).gold(failing).keep(place).run();
        assertTrue(failed.card().outcome().status().text().startsWith("failed: at step 2 the reward \"gold\" threw"));
        Reward length = (_, completion) -> completion.length();
        var mended =
                recipe.reward(LIKED).gold(Reward.of("gold", length)).keep(place).run();
        var whole = recipe.reward(LIKED).gold(length).run();
        for (var column : List.of("eval/gold", "gold", "reward", "loss")) {
            assertEquals(
                    whole.metrics().doubleColumn(column).asList().toString(),
                    mended.metrics().doubleColumn(column).asList().toString(),
                    column);
        }
    }

    /** Before the first step there is nothing to keep, and the folder says why. */
    @Test
    void whatFailsWhileItIsPreparedIsSaidInTheStore() {
        var store = RunStore.open(folder);
        var thrown = assertThrows(
                IllegalArgumentException.class,
                () -> recipe.reward((_, _) -> Double.NaN)
                        .keep(store.folder("never"))
                        .run());
        assertTrue(
                thrown.getMessage()
                        .matches("(?s)the reward \"reward\" of the completion \".*\" of the prompt \".+\" is .*"),
                thrown.getMessage());
        assertEquals(
                "failed: " + thrown.getMessage(),
                store.card("never").outcome().status().text());
    }
}
