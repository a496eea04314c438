package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.WinRate;

/** The numbers of figures on answers and on log-probabilities that moved. */
class AnswersTest {

    private static Table answers(double[] first, double[] second) {
        var run = StringColumn.create("run");
        var prompt = StringColumn.create("prompt");
        var length = IntColumn.create("length");
        var gold = DoubleColumn.create("gold");
        for (int i = 0; i < 2 * first.length; i++) {
            int p = i % first.length;
            run.append(i < first.length ? "before" : "after");
            prompt.append("p" + p);
            length.append(10 + p);
            gold.append(i < first.length ? first[p] : second[p]);
        }
        return Table.create("answers", run, prompt, length, gold);
    }

    @Test
    void aTieIsHalfAWinAndPromptsAreTheObservations() {
        // three wins, a tie and a loss on five prompts
        var behind = Figures.winRates(answers(new double[] {0, 0, 0, 0, 0}, new double[] {1, 2, 3, 0, -1}), "gold")
                .table();
        assertEquals(0.7, behind.doubleColumn("win_rate").getDouble(0), 1e-12);
        assertEquals(0.2, behind.doubleColumn("ties").getDouble(0), 1e-12);
        // Wilson's interval for p = 0.7 and n = 5, by hand with z = 1.959964
        assertEquals(0.2979, behind.doubleColumn("low").getDouble(0), 1e-3);
        assertEquals(0.9281, behind.doubleColumn("high").getDouble(0), 1e-3);
    }

    @Test
    void severalAnswersToAPromptAreOneObservation() {
        var rate = WinRate.of(new double[] {1, 1, 1, 0}, new double[] {0, 0, 0, 1}, List.of("a", "a", "a", "b"));
        assertEquals(0.5, rate.value(), 1e-12);
        assertEquals(2, rate.prompts());
    }

    /** Of equal models on 40 prompts: P(14 ≤ Binomial(40, 1/2) ≤ 26) = 0.9615 of Wilson's intervals hold the half. */
    @Test
    void theIntervalHoldsTheTruthAsOftenAsItSays() {
        var random = new SplittableRandom(5);
        int held = 0;
        for (int trial = 0; trial < 1_000; trial++) {
            double[] ours = random.doubles(40).toArray();
            double[] theirs = random.doubles(40).toArray();
            held += WinRate.of(ours, theirs, IntStream.range(0, 40).boxed().toList())
                            .interval()
                            .holds(0.5)
                    ? 1
                    : 0;
        }
        assertEquals(961.5, held, 18);
    }

    @Test
    void theShiftIsPairedByPrompt() {
        var title = Figures.rewardShifts(answers(new double[] {1, 3, 5}, new double[] {6, 6, 9}), "gold")
                .title();
        assertEquals("Gold reward of answers, before and after: mean change and its 95 % interval", title);
        var other = answers(new double[] {1, 3, 5}, new double[] {6, 6, 9});
        other.stringColumn("prompt").set(4, "another");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Figures.rewardShifts(other, "gold"))
                .getMessage()
                .startsWith("\"after\" and \"before\" did not answer the same prompts in the same order"));
        assertThrows(IllegalArgumentException.class, () -> Figures.winRates(other, "gold"));
    }

    private static Table moved() {
        var table = Table.create(
                "moved",
                StringColumn.create("group"),
                IntColumn.create("text"),
                IntColumn.create("position"),
                StringColumn.create("token"),
                DoubleColumn.create("before"),
                DoubleColumn.create("after"));
        for (int text = 0; text < 20; text++) {
            for (int place = 1; place <= (text == 0 ? 3 : 2); place++) {
                table.stringColumn("group").append("chosen");
                table.intColumn("text").append(text);
                table.intColumn("position").append(place);
                table.stringColumn("token").append(place == 1 ? "a" : place == 2 ? "b" : "rare");
                table.doubleColumn("before").append(-1);
                // the first rises by 1 ± 1, the second falls by 3
                table.doubleColumn("after").append(place == 1 ? text % 2 == 0 ? -1 : 1 : -4);
            }
        }
        return table;
    }

    @Test
    void theChangeAtAPositionIsTheMeanOverAnswers() {
        var behind = Figures.movedByPosition(moved()).table();
        assertEquals(2, behind.rowCount(), "one answer of twenty reaches the third place");
        assertEquals(1, behind.doubleColumn("change").getDouble(0), 1e-12);
        assertEquals(-3, behind.doubleColumn("change").getDouble(1), 1e-12);
        // deviation √(20/19), Student's 2.093 for 19 degrees of freedom, over √20
        assertEquals(
                1 - 2.09302 * Math.sqrt(20.0 / 19) / Math.sqrt(20),
                behind.doubleColumn("low").getDouble(0),
                1e-4);
    }

    @Test
    void tokensAreChosenByWhatTheyMovedInAll() {
        var behind = Figures.movedByToken(moved(), "chosen", 1).table();
        assertEquals(List.of("b"), behind.stringColumn("token").asList());
        assertEquals(2, Figures.movedByToken(moved(), "chosen", 9).table().rowCount(), "the rare one is left out");
        var refused = assertThrows(IllegalArgumentException.class, () -> Figures.movedByToken(moved(), "choosen", 9));
        assertEquals("there is no group \"choosen\"; there is chosen", refused.getMessage());
    }
}
