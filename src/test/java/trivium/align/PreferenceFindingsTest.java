package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class PreferenceFindingsTest {

    private static final int STEPS = 40;

    /** Metrics that go in a line from 0, and log-probabilities from -40 and -50, to these. */
    private static Table metrics(double chosen, double margin, double logpsChosen, double logpsRejected) {
        return Table.create(
                line("rewards/chosen", 0, chosen),
                line("rewards/margins", 0, margin),
                line("logps/chosen", -40, logpsChosen),
                line("logps/rejected", -50, logpsRejected));
    }

    private static DoubleColumn line(String name, double from, double to) {
        return DoubleColumn.create(
                name,
                IntStream.range(0, STEPS)
                        .mapToDouble(i -> from + (to - from) * i / (STEPS - 1))
                        .toArray());
    }

    private static String only(List<String> found) {
        assertEquals(1, found.size(), found.toString());
        return found.getFirst();
    }

    @Test
    void whatIsAsItShouldBeIsNotSpokenOf() {
        assertEquals(List.of(), PreferenceFindings.of(metrics(0.5, 1.5, -35, -60), true));
        assertEquals(List.of(), PreferenceFindings.of(metrics(-0.05, 1.5, -40.5, -60), true), "a little is nothing");
        assertEquals(
                List.of(), PreferenceFindings.of(metrics(-0.5, 1.5, -45, -60).first(9), true), "too few steps");
    }

    @Test
    void chosenRewardsThatFall() {
        var sentence = only(PreferenceFindings.of(metrics(-0.5, 1.5, -45, -65), true));
        assertTrue(sentence.startsWith("the implied reward of chosen answers fell below 0"), sentence);
    }

    @Test
    void marginsThatStayAtZero() {
        var sentence = only(PreferenceFindings.of(metrics(0.001, 0.002, -40, -50), true));
        assertTrue(sentence.startsWith("the margins between chosen and rejected answers stayed at 0"), sentence);
        assertEquals(List.of(), PreferenceFindings.of(metrics(-2, 0.002, -40, -50), false), "they begin anywhere");
    }

    @Test
    void logProbabilitiesThatBothCollapse() {
        var sentence = only(PreferenceFindings.of(metrics(-4, 3, -80, -120), true));
        assertTrue(sentence.startsWith("the log-probabilities of chosen and of rejected answers both"), sentence);
        assertEquals(1, PreferenceFindings.of(metrics(-4, 3, -80, -120), false).size());
    }
}
