package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HyperparameterTest {

    @Test
    void aLogRangeHasExactEndsAndEqualRatios() {
        var values = numbers(Hyperparameter.logRange("learning_rate", 1e-4, 3e-2, 7));
        assertEquals(7, values.size());
        assertEquals(1e-4, values.getFirst());
        assertEquals(3e-2, values.getLast());
        double ratio = Math.pow(300, 1 / 6.0);
        for (int i = 1; i < values.size(); i++) {
            assertEquals(ratio, values.get(i) / values.get(i - 1), 1e-12);
        }
    }

    @Test
    void aRangeHasExactEndsAndEqualSteps() {
        assertEquals(
                List.of(0.1, 0.4, 0.7),
                numbers(Hyperparameter.range("dropout", 0.1, 0.7, 3)).stream()
                        .map(value -> Math.round(value * 1e12) / 1e12)
                        .toList());
        assertEquals(0.7, numbers(Hyperparameter.range("dropout", 0.1, 0.7, 3)).getLast());
    }

    @Test
    void drawsFillTheRangeEvenlyOnItsScale() {
        var random = new SplittableRandom(1);
        var hyperparameter = Hyperparameter.logRange("learning_rate", 1e-4, 1e-2, 5);
        int draws = 4_000;
        int below = 0;
        for (int i = 0; i < draws; i++) {
            double value = (double) hyperparameter.draw(random);
            assertTrue(value >= 1e-4 && value <= 1e-2, "drew " + value);
            below += value < 1e-3 ? 1 : 0;
        }
        assertEquals(0.5, (double) below / draws, 0.04, "half the draws lie below the geometric middle");
    }

    @Test
    void saysWhatIsWrong() {
        assertThrows(IllegalArgumentException.class, () -> Hyperparameter.values("width"));
        assertThrows(IllegalArgumentException.class, () -> Hyperparameter.range("x", 1, 1, 3));
        assertThrows(IllegalArgumentException.class, () -> Hyperparameter.range("x", Double.NaN, 1, 3));
        assertThrows(IllegalArgumentException.class, () -> Hyperparameter.range("x", 0, 1, 1));
        var error =
                assertThrows(IllegalArgumentException.class, () -> Hyperparameter.logRange("learning_rate", 0, 1, 3));
        assertTrue(error.getMessage().contains("learning_rate"), error.getMessage());
    }

    private static List<Double> numbers(Hyperparameter hyperparameter) {
        return hyperparameter.values().stream().map(Double.class::cast).toList();
    }
}
