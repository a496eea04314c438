package trivium.toytown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.data.Comparison;
import trivium.data.Comparisons;

class PanelTest {

    private static final String PROMPT = "Write a story about Mia.";

    /** Gold reward 1.85, two sentences, one happy word. */
    private static final String GOOD = "Mia went home. Mia was happy.";

    /** Gold reward 0.1, three sentences, no happy word. */
    private static final String POOR = "Mia went home. Mia had a map. Mia was tired.";

    private static final Panel FOUR = Panel.of(
            new Annotator(1, 0, 0, 0),
            new Annotator(2, 0.2, 0, 0),
            new Annotator(1, 0.1, 3, 0.5),
            new Annotator(0.5, 0, 1.5, 0));

    /** The logits of the four by hand: 1.75, 1.75 / 2, 1.75 - 3 + 0.5, (1.75 - 1.5) / 0.5; then the flips. */
    private static final double[] FIRST = {
        sigmoid(1.75),
        0.8 * sigmoid(0.875) + 0.2 * sigmoid(-0.875),
        0.9 * sigmoid(-0.75) + 0.1 * sigmoid(0.75),
        sigmoid(0.5)
    };

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static Comparisons same(int count) {
        return Comparisons.of(Collections.nCopies(count, new Comparison(PROMPT, GOOD, POOR)));
    }

    @Test
    void twoPeopleAgreeAsOftenAsTheirProbabilitiesSay() {
        int trials = 1_000;
        var judged = FOUR.votes(same(trials), 3);
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            assertEquals(1, judged.agreement(i, i));
            for (int j = 0; j < i; j++) {
                double expected = FIRST[i] * FIRST[j] + (1 - FIRST[i]) * (1 - FIRST[j]);
                assertEquals(expected, FOUR.agreement(i, j, PROMPT, GOOD, POOR), 1e-12);
                assertEquals(
                        expected,
                        judged.agreement(i, j),
                        4 * Math.sqrt(expected * (1 - expected) / trials),
                        i + " " + j);
                sum += judged.agreement(i, j);
            }
        }
        assertEquals(sum / 6, judged.agreement(), 1e-12);
    }

    @Test
    void theMajorityIsThatOfAllSixteenWaysToVote() {
        double expected = 0;
        for (int votes = 0; votes < 16; votes++) {
            double probability = 1;
            for (int i = 0; i < 4; i++) {
                probability *= (votes >> i & 1) == 1 ? FIRST[i] : 1 - FIRST[i];
            }
            int yes = Integer.bitCount(votes);
            expected += yes > 2 ? probability : yes == 2 ? probability / 2 : 0;
        }
        assertEquals(expected, FOUR.majority(PROMPT, GOOD, POOR), 1e-12);

        int trials = 1_000;
        var three = new Panel(FOUR.people().subList(0, 3));
        long first = three.votes(same(trials), 5).comparisons().list().stream()
                .filter(pair -> pair.chosen().equals(GOOD))
                .count();
        double often = three.majority(PROMPT, GOOD, POOR);
        assertEquals(often, (double) first / trials, 4 * Math.sqrt(often * (1 - often) / trials));
    }

    @Test
    void theMajorityDecidesAndUnanimousPairsAreKeptApart() {
        var judged = new PanelVotes(
                Panel.around(Annotator.CAREFUL, 3, 1),
                same(3),
                List.of(List.of(true, true, false), List.of(true, false, false), List.of(true, false, false)));
        var chosen =
                judged.comparisons().list().stream().map(Comparison::chosen).toList();
        assertEquals(List.of(GOOD, POOR, POOR), chosen);
        assertEquals(2, judged.atLeast(1).size());
        assertEquals(2.0 / 3, judged.agreement(0, 1), 1e-12);
        assertEquals(1, judged.agreement(1, 2));
        assertThrows(IllegalArgumentException.class, () -> judged.atLeast(1.5));
    }

    @Test
    void peopleDifferMoreThanOneDoesFromHimselfAndAlikeDifferNotAtAll() {
        var alike = new Panel.Spread(0, 0, 0, 0);
        assertEquals(
                Collections.nCopies(3, Annotator.CAREFUL),
                Panel.around(Annotator.CAREFUL, alike, 3, 1).people());
        var pairs = ToyTown.sample().preferences(150);
        var town = Panel.around(Annotator.ORACLE, new Panel.Spread(0, 0, 0.5, 0.5), 5, 4);
        var same = Panel.around(Annotator.ORACLE, alike, 5, 4);
        assertEquals(1, same.votes(pairs, 1).agreement());
        assertTrue(town.votes(pairs, 1).agreement() < 0.95);
    }

    @Test
    void theMeanAndSpreadOfManyPeopleAreThoseAskedFor() {
        var people = Panel.around(Annotator.CAREFUL, new Panel.Spread(0.3, 0.5, 0.2, 0.4), 4_000, 9)
                .people();
        assertEquals(
                0, people.stream().mapToDouble(Annotator::lengthBias).average().orElseThrow(), 4 * 0.2 / 63);
        assertEquals(
                0.4,
                Math.sqrt(people.stream()
                        .mapToDouble(a -> a.happinessBias() * a.happinessBias())
                        .average()
                        .orElseThrow()),
                0.02);
        assertEquals(
                Math.log(0.5),
                people.stream()
                        .mapToDouble(a -> Math.log(a.temperature()))
                        .average()
                        .orElseThrow(),
                4 * 0.3 / 63);
    }

    @Test
    void aLargerPanelBeginsWithTheSmallerAndItsPeopleVoteAlike() {
        var three = Panel.around(Annotator.CAREFUL, 3, 7);
        var five = Panel.around(Annotator.CAREFUL, 5, 7);
        assertEquals(three.people(), five.people().subList(0, 3));
        assertEquals(
                three.votes(same(50), 2).votes(),
                five.votes(same(50), 2).votes().subList(0, 3));
        assertTrue(IntStream.range(0, 5).mapToObj(five.people()::get).distinct().count() == 5);
    }
}
