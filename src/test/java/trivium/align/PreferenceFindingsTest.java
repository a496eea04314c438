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
    private static final Dpo DPO = new Dpo();
    private static final Cpo CPO = new Cpo();

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
        assertEquals(List.of(), PreferenceFindings.of(metrics(0.5, 1.5, -35, -60), DPO));
        assertEquals(List.of(), PreferenceFindings.of(metrics(-0.05, 1.5, -40.5, -60), DPO), "a little is nothing");
        assertEquals(
                List.of(), PreferenceFindings.of(metrics(-0.5, 1.5, -45, -60).first(9), DPO), "too few steps");
    }

    @Test
    void chosenRewardsThatFall() {
        var sentence = only(PreferenceFindings.of(metrics(-0.5, 1.5, -45, -65), DPO));
        assertTrue(sentence.startsWith("the implied reward of chosen answers fell below 0"), sentence);
    }

    /** A margin below 0 comes from rejected answers that fell less. */
    @Test
    void chosenRewardsThatFallWithoutAMarginAreNotSaidToHaveOne() {
        assertEquals(List.of(), PreferenceFindings.of(metrics(-0.5, -0.035, -45, -55), new Kto()));
        assertEquals(List.of(), PreferenceFindings.of(metrics(-0.5, -0.035, -45, -55), DPO));
    }

    @Test
    void rewardsThatOnlyScatterHaveNotFallen() {
        assertEquals(List.of(), PreferenceFindings.of(metrics(-0.004, 0.03, -40, -50), DPO), "too little");
        var metrics = metrics(-0.1, 0.3, -40, -50);
        var scattered = metrics.doubleColumn("rewards/chosen");
        for (int step = 0; step < STEPS; step++) {
            scattered.set(step, step % 2 == 0 ? -0.5 : 0.4);
        }
        assertEquals(List.of(), PreferenceFindings.of(metrics, DPO), "from step to step by far more than its mean");
    }

    @Test
    void aLossOfSingleAnswersIsAdvisedWithItsOwnSettings() {
        var sentence = only(PreferenceFindings.of(metrics(-0.5, 1.5, -45, -65), new Kto()));
        assertTrue(sentence.contains("; a larger desirableWeight or a lower learning rate"), sentence);
    }

    @Test
    void marginsThatStayAtZero() {
        var sentence = only(PreferenceFindings.of(metrics(0.001, 0.002, -40, -50), DPO));
        assertTrue(sentence.startsWith("the margins between chosen and rejected answers stayed at 0"), sentence);
        assertEquals(List.of(), PreferenceFindings.of(metrics(-2, 0.002, -40, -50), CPO), "they begin anywhere");
    }

    @Test
    void logProbabilitiesThatBothCollapse() {
        var sentence = only(PreferenceFindings.of(metrics(-4, 3, -80, -120), DPO));
        assertTrue(sentence.startsWith("the log-probabilities of chosen and of rejected answers both"), sentence);
        assertEquals(1, PreferenceFindings.of(metrics(-4, 3, -80, -120), CPO).size());
    }
}
