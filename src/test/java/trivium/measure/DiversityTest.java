package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Distinct n-grams and self-BLEU, counted by hand. */
class DiversityTest {

    @Test
    void twoThatAreNearlyAlikeAndOneThatIsNot() {
        var found = Diversity.of(List.of("a b c d e", "a b  c d f", "x y"));
        assertEquals(8 / 12.0, found.distinct1(), 1e-12, "a b c d e f x y of 12 words");
        assertEquals(6 / 9.0, found.distinct2(), 1e-12, "ab bc cd de df xy of 9 pairs");
        // of the first two 4 of 5 words, 3 of 4 pairs, 2 of 3 triples and 1 of 2 fours stand in the other
        double alike = Math.pow(4 / 5.0 * 3 / 4 * 2 / 3 * 1 / 2, 0.25);
        assertEquals(2 * alike / 3, found.selfBleu(), 1e-12);
    }

    @Test
    void countsAreClippedAndShortTextsPenalised() {
        // "so": of three one is in the reference; no pair, triple, four: 0.1 of as many as there are, or of one
        double repeated = Math.pow(1 / 3.0 * 0.1 / 2 * 0.1 * 0.1, 0.25);
        // of "so it" one word; shorter than three words by one
        double shorter = Math.exp(1 - 3 / 2.0) * Math.pow(1 / 2.0 * 0.1 * 0.1 * 0.1, 0.25);
        assertEquals(
                (repeated + shorter) / 2,
                Diversity.of(List.of("so so so", "so it")).selfBleu(),
                1e-12);
    }

    /** The penalty of brevity takes the closest reference, and the shorter of two as close. */
    @Test
    void theClosestReferenceGivesTheLength() {
        var text = List.of("a", "b", "c", "d");
        var five = List.of("a", "b", "c", "d", "e");
        var three = List.of("x", "y", "z");
        assertEquals(1, Diversity.bleu(text, List.of(five, three)), 1e-12);
        assertEquals(Math.exp(1 - 5 / 4.0), Diversity.bleu(text, List.of(five)), 1e-12);
    }

    @Test
    void equalTextsAndTextsThatShareNothing() {
        var equal = Diversity.of(List.of("one two three four.", "one two three four."));
        assertEquals(1, equal.selfBleu(), 1e-12);
        assertEquals(0.5, equal.distinct1(), 1e-12, "the full stop is a word");
        var apart = Diversity.of(List.of("one", "Two", ""));
        assertEquals(new Diversity(1, 0, 0), apart);
        assertEquals(0, Diversity.of(List.of("", "")).distinct1());
    }

    @Test
    void oneTextHasNoDiversity() {
        assertThrows(IllegalArgumentException.class, () -> Diversity.of(List.of("alone")));
    }
}
