package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every expected number is added up by hand. */
class GoldRewardTest {

    private static final String PROMPT = "Write a story about Mia and a kite.";

    /** Seven sentences, happy words "happily" and "glad", named, happy ending: 1.5 + 1.5 + 1.2. */
    private static final String BEST = "Mia had a kite. Mia went to the park. Mia happily flew the kite. Tom met Mia. "
            + "Mia and Tom played with the kite. They went home together. Tom was glad.";

    private static void assertScore(double expected, String completion) {
        assertEquals(
                expected,
                GoldReward.score(PROMPT, completion),
                1e-9,
                () -> GoldReward.of(PROMPT, completion).terms().toString());
    }

    @Test
    void theBestStoryEarnsFourPointTwo() {
        assertScore(4.2, BEST);
    }

    @Test
    void namingNeedsEverythingThatWasAsked() {
        assertScore(2.7, BEST.replace("kite", "map").replace("flew", "studied"));
        assertScore(2.7, BEST.replace("Mia", "Anna"));
        assertEquals(2.7, GoldReward.score("Tell me a story about Mia, Ben and a kite.", BEST), 1e-9);
        assertEquals(4.2, GoldReward.score("Tell me a story about Mia, Tom and the park.", BEST), 1e-9);
    }

    @Test
    void theLastSentenceDecidesTheEnding() {
        assertScore(2.1, BEST.replace("Tom was glad.", "Tom was sad.")); // and one happy word less
        assertScore(2.1, BEST.replace("Tom was glad.", "It was time for bed."));
        assertScore(3.6, BEST.replace("Tom was glad.", "They became friends.")); // happy without a happy word
    }

    @Test
    void aContradictionCostsOne() {
        assertScore(
                3.2,
                BEST.replace("Mia went to the park.", "Mia lost the kite.")
                        . // then she flies it:
                        replace("Mia and Tom played with the kite.", "Tom was tired."));
    }

    @Test
    void aRepeatedSentenceCostsOneAndItsLength() {
        assertScore(4.2 - 1 - 0.35, BEST.replace("Tom met Mia.", "Tom met Mia. Tom met Mia."));
    }

    @Test
    void whatCannotBeReadCostsOne() {
        assertScore(3.2, BEST.replace("Tom met Mia.", "Tom met the Mia."));
        assertScore(4.2 - 1.5 - 1, BEST.substring(0, BEST.length() - 1)); // unfinished: unreadable, and no happy ending
    }

    @Test
    void everySentenceFromSevenCosts() {
        assertScore(4.2 - 0.35, BEST.replace(" Mia went to the park.", ""));
        assertScore(4.2 - 0.7, BEST.replace("Tom met Mia.", "Tom met Mia. Tom had a map. Tom studied the map."));
        assertScore(-0.35 * 7, "");
    }

    @Test
    void twoHappyWordsAreGoodAndMoreThanThreeTooMany() {
        var three = BEST.replace("Tom met Mia.", "Tom was glad to see Mia.");
        assertScore(4.2, three);
        var four = three.replace("They went home together.", "They laughed together.");
        assertScore(3.4, four);
        assertScore(2.6, four.replace("Mia had a kite.", "Mia had a lovely kite."));
        assertScore(3.6, BEST.replace("happily ", ""));
    }

    @Test
    void generatedStoriesAlwaysNameWhatWasAskedAndHaveNoFaults() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 500; i++) {
            var request = Request.sample(Vocabulary.ALL, random);
            var prompt = request.prompt(random);
            var gold = GoldReward.of(
                    prompt, Plots.story(request, Vocabulary.ALL, random).text());
            assertEquals(1.5, gold.naming(), prompt);
            assertEquals(0, gold.contradictions() + gold.repetitions() + gold.unparseable(), prompt);
            assertEquals(request.words(), Request.words(prompt));
        }
    }
}
