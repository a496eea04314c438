package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    private static List<String> prompts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "p" + i).toList();
    }

    /** σ(±ln 3) = 0.75 and σ(ln 9) = 0.9: two bins, whose shares are counted by hand. */
    @Test
    void binsAndErrorAreThoseCountedByHand() {
        double[] differences = {Math.log(3), -Math.log(3), Math.log(3.1), Math.log(9.1), Math.log(9.1)};
        var calibration = Calibration.byProbability(differences, prompts(5));
        assertEquals(2, calibration.bins().size());
        var unsure = calibration.bins().getFirst();
        assertEquals(2, unsure.observed().hits());
        assertEquals(3, unsure.observed().of());
        double three = (0.75 + 0.75 + 3.1 / 4.1) / 3;
        assertEquals(three, unsure.predicted(), 1e-12);
        assertEquals((2 * Math.log(3) + Math.log(3.1)) / 3, unsure.margin(), 1e-12);
        assertEquals(3 / 5.0 * (three - 2 / 3.0) + 2 / 5.0 * (1 - 9.1 / 10.1), calibration.error(), 1e-12);
    }

    /** Annotators who choose by σ(Δ) find the judge calibrated; a judge twice as sure is off by E[σ(2|Δ|) − σ(|Δ|)]. */
    @Test
    void aCalibratedJudgeHasNoErrorAndASureOneHasItsOwn() {
        var random = new SplittableRandom(1);
        int n = 40_000;
        var right = new double[n];
        var sure = new double[n];
        double excess = 0;
        for (int i = 0; i < n; i++) {
            double margin = Math.abs(random.nextGaussian());
            double probability = 1 / (1 + Math.exp(-margin));
            right[i] = random.nextDouble() < probability ? margin : -margin;
            sure[i] = 2 * right[i];
            excess += (1 / (1 + Math.exp(-2 * margin)) - probability) / n;
        }
        assertTrue(Calibration.byProbability(right, prompts(n)).error() < 0.01);
        assertEquals(10, Calibration.byProbability(sure, prompts(n)).bins().size(), "from 0.5 to 1");
        assertEquals(excess, Calibration.byProbability(sure, prompts(n)).error(), 0.01);
        assertTrue(excess > 0.1);
    }

    @Test
    void binsByMarginHoldAsManyPairsEach() {
        double[] differences =
                IntStream.range(0, 100).mapToDouble(i -> i < 40 ? -i : i).toArray();
        var bins = Calibration.byMargin(differences, prompts(100)).bins();
        assertEquals(
                List.of(0, 0, 20, 20, 20),
                bins.stream().map(bin -> bin.observed().hits()).toList());
        assertEquals(
                List.of(9.5, 29.5, 49.5, 69.5, 89.5),
                bins.stream().map(Calibration.Bin::margin).toList());
        assertEquals(
                3,
                Calibration.byMargin(new double[] {1, 2, -3}, prompts(3)).bins().size());
    }

    @Test
    void nothingAndNaNAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Calibration.byMargin(new double[0], List.of()));
        assertThrows(
                IllegalArgumentException.class, () -> Calibration.byProbability(new double[] {Double.NaN}, prompts(1)));
    }
}
