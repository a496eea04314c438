package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoresTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"The red ball.", "the red ball", "  The  red\nball!", "THE RED BALL ...", "The red ball ?!"})
    void lettersMatterTheirDressDoesNot(String answer) {
        assertTrue(ExactMatch.matches(answer, "The red ball."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"The red ball, yes.", "red ball", "The red-ball.", "", "The redball."})
    void otherWordsDoNotMatch(String answer) {
        assertFalse(ExactMatch.matches(answer, "The red ball."));
    }

    /** Punctuation closes words; where there are none, it is all there is. */
    @ParameterizedTest
    @CsvSource({"'', .", "'', ' ?!'", "., ?", "., ...", "'', a"})
    void nothingIsNoFullStop(String answer, String reference) {
        assertFalse(ExactMatch.matches(answer, reference));
        assertFalse(ExactMatch.matches(reference, answer));
        assertTrue(ExactMatch.matches(reference, " " + reference + "\n"));
    }

    @Test
    void shares() {
        var share = ExactMatch.of(List.of("a.", "B", "c", "d"), List.of("A", "b!", "x", "D"));
        assertEquals(new Share(3, 4), share);
        assertEquals(Math.sqrt(0.75 * 0.25 / 4), share.standardError(), 1e-12);
        assertEquals(new Share(1, 3), RewardAccuracy.of(new double[] {2, 1, 0}, new double[] {1, 1, 3}));
        assertThrows(IllegalArgumentException.class, () -> ExactMatch.of(List.of("a"), List.of()));
        assertThrows(IllegalArgumentException.class, () -> ExactMatch.of(List.of(), List.of()));
        assertThrows(IllegalArgumentException.class, () -> RewardAccuracy.of(new double[2], new double[1]));
    }

    @Test
    void summaryOfASampleWorkedByHand() {
        var summary = Summary.of(2, 4, 4, 4, 5, 5, 7, 9); // squares about 5 add up to 32
        assertEquals(new Summary(8, 5, Math.sqrt(32 / 7.0), 2, 9), summary);
        assertEquals(Math.sqrt(32 / 7.0 / 8), summary.standardError(), 1e-12);
        assertThrows(IllegalArgumentException.class, Summary::of);
    }

    @ParameterizedTest
    @CsvSource({"P10, 1.3", "P25, 1.75", "P50, 2.5", "P75, 3.25", "P90, 3.7"})
    void quantilesAsInNumPy(Quantile quantile, double value) {
        assertEquals(value, quantile.of(new double[] {4, 1, 3, 2}), 1e-12);
        assertEquals(7, quantile.of(new double[] {7}));
    }
}
