package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.data.Comparison;
import trivium.data.Comparisons;

class AnnotatorTest {

    private static final String PROMPT = "Write a story about Mia.";

    /** Gold reward 1.5 + 1.5 - 5 · 0.35 + 0.6 = 1.85; two sentences, one happy word. */
    private static final String GOOD = "Mia went home. Mia was happy.";

    /** Gold reward 1.5 - 4 · 0.35 = 0.1; three sentences, no happy word. */
    private static final String POOR = "Mia went home. Mia had a map. Mia was tired.";

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 0, 1.75",
        "0.5, 0, 0, 0, 3.5",
        "2, 0.2, 0, 0, 0.875",
        "1, 0, 1, 0, 0.75",
        "1, 0.1, 3, 0.5, -0.75"
    })
    void choosesAsOftenAsBradleyAndTerrySay(
            double temperature, double flips, double length, double happiness, double logit) {
        var annotator = new Annotator(temperature, flips, length, happiness);
        double sigmoid = 1 / (1 + Math.exp(-logit));
        double expected = sigmoid * (1 - flips) + (1 - sigmoid) * flips;
        assertEquals(expected, annotator.probability(PROMPT, GOOD, POOR), 1e-12);

        int trials = 5_000;
        var random = new SplittableRandom(11);
        int chosen = 0;
        for (int i = 0; i < trials; i++) {
            boolean swapped = i % 2 == 1;
            var pair = annotator.compare(PROMPT, swapped ? POOR : GOOD, swapped ? GOOD : POOR, random);
            chosen += pair.chosen().equals(GOOD) ? 1 : 0;
        }
        double deviation = Math.sqrt(expected * (1 - expected) / trials);
        assertEquals(expected, (double) chosen / trials, 4 * deviation);
    }

    @Test
    void theOracleIsNeverWrong() {
        assertEquals(1, Annotator.ORACLE.probability(PROMPT, GOOD, POOR));
        assertEquals(0, Annotator.ORACLE.probability(PROMPT, POOR, GOOD));
        assertEquals(0.5, Annotator.ORACLE.probability(PROMPT, GOOD, GOOD));
    }

    @Test
    void relabellingKeepsThePairsAndChangesWhichIsChosen() {
        var wrong = Comparisons.of(new Comparison(PROMPT, POOR, GOOD));
        assertEquals(
                new Comparison(PROMPT, GOOD, POOR),
                Annotator.ORACLE.relabel(wrong, 1).get(0));
        assertEquals(
                new Comparison(PROMPT, POOR, GOOD),
                Annotator.ORACLE.biased(5, 0).relabel(wrong, 1).get(0));
    }

    @Test
    void refusesWhatIsNoProbability() {
        assertThrows(IllegalArgumentException.class, () -> new Annotator(-1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Annotator(1, 0.6, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Annotator(1, 0, Double.NaN, 0));
    }
}
