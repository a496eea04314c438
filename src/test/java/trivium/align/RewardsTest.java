package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.generate.Generation.Finish;

/** The rules by hand. */
class RewardsTest {

    private static final Map<String, List<String>> ANSWERS = Prompts.of(Conversations.of(
                    new Conversation("a", "Mia."),
                    new Conversation("n", "It is 1,250."),
                    new Conversation("n", "or -3.50 of 2")))
            .answers();

    @Test
    void anExpectedAnswerEarnsOne() {
        var rule = Rewards.exactAnswer().expecting(ANSWERS);
        assertEquals(1, rule.score("a", " mia!"));
        assertEquals(0, rule.score("a", "Mia and Tom"));
        assertEquals(1, rule.score("n", "or -3.50 of 2"), "any of several");
        assertThrows(IllegalArgumentException.class, () -> rule.score("b", "Mia"));
        var without = assertThrows(
                IllegalArgumentException.class, () -> Rewards.exactAnswer().expecting(Map.of()));
        assertTrue(without.getMessage().contains("align(run, conversations)"), without.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    so 7 + 1243 = 1250       | 1
                    1250.00!                 | 1
                    1,250                    | 1
                    1250 or 1251             | 0
                    12,50                    | 0
                    -1250                    | 0
                    at the end 2.0           | 1
                    none at all              | 0
                    """)
    void theLastNumberCounts(String completion, double expected) {
        assertEquals(
                expected,
                Rewards.lastNumber()
                        .expecting(Map.of("n", List.of("It is 1,250.", "or -3.50 of 2")))
                        .score("n", completion));
    }

    @Test
    void anAnswerWithoutANumberIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Rewards.lastNumber().expecting(ANSWERS));
    }

    @Test
    void aPatternIsFoundAnywhere() {
        assertEquals(1, Rewards.regex("[0-9]{2}").score("", "ab 12"));
        assertEquals(0, Rewards.regex("^[0-9]{2}$").score("", "ab 12"));
        var refused = assertThrows(IllegalArgumentException.class, () -> Rewards.regex("(a"));
        assertTrue(refused.getMessage().startsWith("the regular expression \"(a\" cannot be read"));
    }

    @Test
    void aLengthOutsideTheWindowEarnsItsShare() {
        var rule = Rewards.length(4, 6);
        assertEquals(0, rule.score("", " "));
        assertEquals(0.75, rule.score("", "one two  three"));
        assertEquals(1, rule.score("", "one two three four"));
        assertEquals(0.5, rule.score("", "a ".repeat(12)));
        assertThrows(IllegalArgumentException.class, () -> Rewards.length(4, 3));
    }

    /** "a b", "b a", "a b", "b c": three of four are different. */
    @Test
    void whatIsSaidAgainCosts() {
        assertEquals(-0.25, Rewards.repetition(2).score("", "a b A b c"), 1e-12);
        assertEquals(0, Rewards.repetition(2).score("", "a"));
        assertEquals(-3 * 0.75, new Rewards.RepetitionPenalty(1, -3).score("", "a a a a"), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> new Rewards.RepetitionPenalty(1, 1));
    }

    @Test
    void tagsStandOnceAndInTheirOrder() {
        var rule = Rewards.tags("think", "answer");
        assertEquals(1, rule.score("", "<think>so\nit is</think>\n<answer>7</answer> "));
        assertEquals(0, rule.score("", "<answer>7</answer><think>so</think>"));
        assertEquals(0, rule.score("", "<think>so</think><answer>7"));
        assertEquals(0, rule.score("", "well <think>so</think><answer>7</answer>"));
        assertEquals(0, rule.score("", "<think>so</think><answer>7</answer><answer>8</answer>"));
        assertEquals(0, rule.score("", "<think>a<think>so</think><answer>7</answer>"));
    }

    @Test
    void whatWasCutDidNotEnd() {
        var finishes = List.of(Finish.STOP, Finish.LENGTH, Finish.CONTEXT);
        assertEquals(
                List.of(1.0, 0.0, 0.0),
                java.util.Arrays.stream(Rewards.ended().scores(List.of("", "", ""), List.of("", "", ""), finishes))
                        .boxed()
                        .toList());
    }
}
