package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.align.HeldOut.Answered;

class FindingsTest {

    private static final int PROMPTS = 64;

    /** A share of the prompts is answered rightly; which ones differs from look to look. */
    private static Answered evaluation(long step, double right) {
        var random = new SplittableRandom(step);
        return new Answered(
                step,
                List.of(),
                random.doubles(PROMPTS).map(u -> u < right ? 1 : 0).toArray(),
                Map.of());
    }

    /** 71 % before, 40 % after 250 steps: what a learning rate of 2e-4 did to two-digit sums. */
    @Test
    void aModelThatIsWreckedIsSaid() {
        var found = Findings.fell(List.of(evaluation(0, 0.71), evaluation(125, 0.6), evaluation(250, 0.4)));
        var sentence = found.orElseThrow();
        assertTrue(sentence.startsWith("after step 250 the reward of 64 held-out prompts is below where it began: 0."));
        assertTrue(sentence.contains("95 % interval −0."), sentence);
        assertTrue(sentence.contains("a lower learning rate"), sentence);
    }

    @Test
    void whatRisesOrStaysIsNot() {
        assertEquals(
                Optional.empty(),
                Findings.fell(List.of(evaluation(0, 0.71), evaluation(100, 0.8), evaluation(200, 0.88))));
        var same = evaluation(3, 0.5);
        assertEquals(Optional.empty(), Findings.fell(List.of(same, same)));
        assertEquals(Optional.empty(), Findings.fell(List.of(evaluation(0, 0.2))));
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
            found += Findings.fell(evaluations).isPresent() ? 1 : 0;
        }
        assertTrue(found < 400 * 0.05, found + " of 400");
    }

    @Test
    void aRiseThatWasLostAgainIsSaid() {
        var found = Findings.fell(List.of(evaluation(0, 0.3), evaluation(50, 0.95), evaluation(100, 0.35)));
        var sentence = found.orElseThrow();
        assertTrue(sentence.contains("was highest after step 50 and has fallen since, until step 100"), sentence);
    }

    @Test
    void oneHeldOutPromptShowsNothing() {
        assertEquals(
                Optional.empty(),
                Findings.fell(List.of(
                        new Answered(0, List.of(), new double[] {1}, Map.of()),
                        new Answered(9, List.of(), new double[] {-5}, Map.of()))));
    }
}
