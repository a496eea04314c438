package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.align.Findings.Kind;
import trivium.align.HeldOut.Answered;

class FindingsTest {

    private static final int PROMPTS = 64;

    /** A share of the prompts is answered rightly; which ones differs from look to look. */
    private static Answered evaluation(long step, double right, double... gold) {
        var random = new SplittableRandom(step);
        return new Answered(
                step,
                List.of(),
                random.doubles(PROMPTS).map(u -> u < right ? 1 : 0).toArray(),
                gold.length == 0
                        ? Map.of()
                        : Map.of(
                                "gold",
                                random.doubles(PROMPTS).map(u -> u + gold[0]).toArray()));
    }

    /** 71 % before, 40 % after 250 steps: what a learning rate of 2e-4 did to two-digit sums. */
    @Test
    void aModelThatIsWreckedIsSaid() {
        var found = Findings.of(List.of(evaluation(0, 0.71), evaluation(125, 0.6), evaluation(250, 0.4)));
        var sentence = found.get(Kind.FELL);
        assertTrue(sentence.startsWith("after step 250 the reward of 64 held-out prompts is below where it began: 0."));
        assertTrue(sentence.contains("95 % interval −0."), sentence);
        assertTrue(sentence.contains("a lower learning rate"), sentence);
    }

    @Test
    void whatRisesOrStaysIsNot() {
        assertEquals(
                0,
                Findings.of(List.of(evaluation(0, 0.71), evaluation(100, 0.8), evaluation(200, 0.88)))
                        .size());
        var same = evaluation(3, 0.5, 1);
        assertEquals(0, Findings.of(List.of(same, same)).size());
        assertEquals(0, Findings.of(List.of(evaluation(0, 0.2))).size());
    }

    /** With nothing but noise, ten evaluations at a model that stays as it is are hardly ever taken for a fall. */
    @Test
    void noiseIsSeldomTakenForAFall() {
        int found = 0;
        for (int training = 0; training < 400; training++) {
            int seed = training;
            var evaluations = IntStream.rangeClosed(0, 10)
                    .mapToObj(i -> evaluation(seed * 11L + i, 0.7))
                    .toList();
            found += Findings.of(evaluations).containsKey(Kind.FELL) ? 1 : 0;
        }
        assertTrue(found < 400 * 0.05, found + " of 400");
    }

    @Test
    void aRiseThatWasLostAgainIsSaid() {
        var found = Findings.of(List.of(evaluation(0, 0.3), evaluation(50, 0.95), evaluation(100, 0.35)));
        var sentence = found.get(Kind.FELL);
        assertTrue(sentence.contains("was highest after step 50 and has fallen since, until step 100"), sentence);
    }

    @Test
    void goldThatFallsWhileTheRewardRisesIsSaid() {
        var fromTheStart = Findings.of(List.of(evaluation(0, 0.2, 1), evaluation(100, 0.9, 0.2)));
        var sentence = fromTheStart.get(Kind.OVER_OPTIMISED);
        assertTrue(
                sentence.startsWith("from step 0 to step 100 the gold reward of 64 held-out prompts fell"), sentence);
        var later = Findings.of(List.of(evaluation(0, 0.1, 0), evaluation(50, 0.4, 2), evaluation(100, 0.9, 1)));
        assertTrue(later.get(Kind.OVER_OPTIMISED).startsWith("from step 50 to step 100 the gold reward"));
        assertEquals(
                0,
                Findings.of(List.of(evaluation(0, 0.2, 0), evaluation(100, 0.9, 1)))
                        .size(),
                "both rise");
    }

    @Test
    void oneHeldOutPromptShowsNothing() {
        var evaluations = Arrays.asList(
                new Answered(0, List.of(), new double[] {1}, Map.of("gold", new double[] {1})),
                new Answered(9, List.of(), new double[] {-5}, Map.of("gold", new double[] {-7})));
        assertEquals(0, Findings.of(evaluations).size());
    }
}
