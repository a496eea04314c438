package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Direction;
import trivium.measure.Difference.Method;

/** Differences against what SciPy and statsmodels make of the same numbers. */
class DifferenceTest {

    private static final Compared REWARD = new Compared("reward", "", Direction.HIGHER, "before", "after");
    private static final Compared RIGHT =
            new Compared("exact match", Difference.SHARE, Direction.HIGHER, "before", "after");

    @Test
    void theNumbersAreThoseOfSciPyAndStatsmodels() throws IOException {
        try (var in = DifferenceTest.class.getResourceAsStream("differences.csv");
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            var all = lines.lines().toList();
            assertTrue(all.size() >= 30, "all kinds of cases");
            all.forEach(DifferenceTest::check);
        }
    }

    /** Fagerland, Lydersen and Laake 2013, table 3: the airways of 21 children before and after a transplantation. */
    @Test
    void theMidPIsThatOfAPublishedExample() {
        assertEquals(0.039, new McNemar(1, 7, 21).p(), 5e-4);
        assertEquals(1, new McNemar(3, 3, 21).p(), 1e-12);
    }

    /**
     * How often chance is called clear, summed over all outcomes of so many questions of which a tenth is discordant:
     * SciPy 1.17's binomial distribution gives 2.47, 4.12, 4.75 and 4.94 %, and of the exact p 0.88, 2.20, 3.24, 4.93
     * %.
     */
    @ParameterizedTest
    @CsvSource({"50, 0.0247", "100, 0.0412", "200, 0.0475", "400, 0.0494"})
    void theMidPCallsChanceClearInFiveOfAHundred(int questions, double expected) {
        var discordant = new BinomialDistribution(null, questions, 0.1);
        double clear = 0;
        for (int d = 0; d <= questions; d++) {
            var coin = new BinomialDistribution(null, d, 0.5);
            for (int a = 0; a <= d && discordant.probability(d) > 1e-9; a++) {
                clear += new McNemar(a, d - a, questions).p() < 0.05
                        ? discordant.probability(d) * coin.probability(a)
                        : 0;
            }
        }
        assertEquals(expected, clear, 1e-4);
    }

    @Test
    void zeroIsOutsideOfTheIntervalWhereTheMidPIsClear() {
        for (int a = 0; a <= 30; a++) {
            for (int b = 0; b <= 30; b++) {
                var test = new McNemar(a, b, 61);
                assertEquals(test.p() >= 0.05, test.interval().holds(0), test.toString());
            }
        }
    }

    private static void check(String line) {
        var cells =
                Stream.of(line.split(",")).skip(1).map(DifferenceTest::numbers).toArray(double[][]::new);
        var a = cells[0];
        var b = cells[1];
        var expected = cells[cells.length - 1];
        switch (line.substring(0, line.indexOf(','))) {
            case "paired" -> check(line, expected, Difference.overSeeds(REWARD, a, b), 1e-8);
            case "welch" -> check(line, expected, Difference.overSeeds(REWARD, a, b), 1e-8);
            case "flips" ->
                assertEquals(expected[0], Difference.bySignFlips(REWARD, a, b).p(), 1e-12, line);
            case "mcnemar" -> {
                var difference = ofCounts((int) a[0], (int) b[0], (int) cells[2][0]);
                boolean reaches = difference.method() == Method.MCNEMAR_MID_P && expected[0] >= 0.05;
                expected[1] = reaches ? Math.min(0, expected[1]) : expected[1];
                expected[2] = reaches ? Math.max(0, expected[2]) : expected[2];
                check(line, expected, difference, 1e-5);
            }
            case "holm" -> assertEquals(0, distance(expected, Differences.holm(a)), 1e-10, line);
            case "power" -> assertEquals(expected[0], new Power(a[0], 1).at((int) b[0]), 1e-6, line);
            case "range" -> {
                var range = new StudentizedRange((int) a[0], b[0]);
                assertEquals(expected[0], range.beyond(cells[2][0]), 1e-4, line);
                assertEquals(expected[1], range.quantile(), 1e-3 * expected[1], line);
            }
            case "pass" ->
                assertEquals(
                        0,
                        distance(
                                expected,
                                PassAtK.of((int) a[0], whole(b), whole(cells[2]))
                                        .each()),
                        1e-9,
                        line);
            case "squares" -> {
                int seeds = (int) a[0];
                int prompts = b.length / seeds;
                var squares = SeedsAndPrompts.MeanSquares.of(IntStream.range(0, seeds)
                        .mapToObj(s -> Arrays.copyOfRange(b, s * prompts, (s + 1) * prompts))
                        .toArray(double[][]::new));
                double[] found = {squares.bySeed(), squares.byPrompt(), squares.rest()};
                assertEquals(0, distance(expected, found), 1e-9, line);
            }
            case "bootstrap" -> {
                var result = PairedBootstrap.of(a, b, 40_000, 7);
                double width = expected[2] - expected[1];
                assertEquals(expected[0], result.p(), 0.012, line);
                assertEquals(expected[1], result.interval().low(), 0.02 * width, line);
                assertEquals(expected[2], result.interval().high(), 0.02 * width, line);
            }
            default -> throw new AssertionError("no check of " + line);
        }
    }

    private static void check(String line, double[] expected, Difference difference, double tolerance) {
        double[] found = {
            difference.p(), difference.interval().low(), difference.interval().high()
        };
        assertEquals(0, distance(expected, found), tolerance, line + " found " + Arrays.toString(found));
    }

    private static double distance(double[] a, double... b) {
        assertEquals(a.length, b.length);
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .max()
                .orElseThrow();
    }

    private static int[] whole(double... numbers) {
        return Arrays.stream(numbers).mapToInt(x -> (int) x).toArray();
    }

    private static double[] numbers(String cell) {
        return Stream.of(cell.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /**
     * Questions of which only the first is right on the first few, only the second on the next, and both on the rest.
     */
    private static Difference ofCounts(int onlyA, int onlyB, int of) {
        var a = new boolean[of];
        var b = new boolean[of];
        for (int i = 0; i < of; i++) {
            a[i] = i < onlyA || i >= onlyA + onlyB;
            b[i] = i >= onlyA;
        }
        return Difference.ofRightAnswers(
                RIGHT, a, b, IntStream.range(0, of).boxed().toList());
    }

    /** What is called clear and what the interval says are one: 0 is outside of it where p is below 0.05. */
    @Test
    void pAndIntervalAgree() {
        var random = trivium.data.Seeds.random(3);
        for (int trial = 0; trial < 50; trial++) {
            int n = 20 + trial % 20;
            var a = new double[n];
            var b = new double[n];
            for (int i = 0; i < n; i++) {
                b[i] = random.nextDouble() < 0.4 ? 0 : random.nextGaussian() + 0.5;
            }
            var prompts = IntStream.range(0, n).boxed().toList();
            for (var difference : List.of(
                    Difference.overPrompts(REWARD, a, b, prompts),
                    Difference.overSeeds(REWARD, a, b),
                    ofCounts(trial % 7, 2 + trial % 17, 60 + n))) {
                assertEquals(difference.isClear(), !difference.interval().holds(0), difference.toString());
            }
        }
    }

    private static double[] filled(int n, double value) {
        var values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    private static Difference overPrompts(double... change) {
        return Difference.overPrompts(
                REWARD,
                new double[change.length],
                change,
                IntStream.range(0, change.length).boxed().toList());
    }

    /** No spread is no certainty: the signs may be chance, and nothing says how far the true difference is. */
    @Test
    void withoutASpreadPIsThatOfTheSignsAndTheIntervalHasNoEnds() {
        double[] losses = {2.13, 2.27, 2.71, 3.3, 2.9, 2.05, 2.42};
        for (int n = 2; n <= losses.length; n++) {
            var a = Arrays.copyOf(losses, n);
            var b = Arrays.stream(a).map(x -> x + 1e-4).toArray(); // equal but for rounding
            var table = new double[n][3];
            for (int i = 0; i < n; i++) {
                Arrays.fill(table[i], 0.1 * (i + 1));
            }
            var other = Arrays.stream(table)
                    .map(row -> Arrays.stream(row).map(x -> x + 0.3).toArray())
                    .toArray(double[][]::new);
            double signs = Math.scalb(1.0, 1 - n);
            for (var difference : List.of(
                    Difference.overSeeds(REWARD, a, b),
                    Difference.bySignFlips(REWARD, a, b),
                    Differences.ofBest(REWARD, List.of("a", "b"), new double[][] {a, b})
                            .list()
                            .getFirst(),
                    Difference.overPrompts(
                            REWARD, a, b, IntStream.range(0, n).boxed().toList()),
                    overPrompts(filled(n, -0.3)))) {
                assertEquals(signs, difference.p(), 1e-12, difference.toString());
                assertFalse(difference.interval().isBounded(), difference.toString());
            }
            var both = Difference.overSeedsAndPrompts(REWARD, table, other, "prompt");
            assertEquals(Math.max(signs, 0.25), both.p(), 1e-12, both.toString());
            assertFalse(both.interval().isBounded(), both.toString());
            assertTrue(both.needed().isEmpty(), both.toString());
            var unpaired = Difference.overSeeds(REWARD, filled(n, 2.1), filled(n + 1, 2.3));
            assertFalse(unpaired.isClear() || unpaired.interval().isBounded(), unpaired.toString());
        }
        // Neither the seeds' means nor the prompts' vary.
        var crossed =
                Difference.overSeedsAndPrompts(REWARD, new double[2][2], new double[][] {{2, 0}, {0, 2}}, "prompt");
        assertEquals(0.5, crossed.p(), 1e-12, crossed.toString());
        assertFalse(crossed.interval().isBounded(), crossed.toString());
    }

    /** Of five signs that are one the chance is 1 in 16, however many prompts are ties. */
    @Test
    void pIsNeverBelowThatOfTheSigns() {
        var five = overPrompts(1, 1.1, 0.9, 1, 1.2);
        assertEquals(1.0 / 16, five.p(), 1e-12, five.toString());
        assertTrue(five.interval().holds(0) && five.interval().isBounded(), five.toString());
        var two = overPrompts(1, 2);
        assertTrue(two.p() >= 0.5 && !two.interval().isBounded(), two.toString());
        var ties = overPrompts(1, 1, 1, 1, 1, 1, 0, 0);
        assertTrue(ties.p() > 0.05 && ties.interval().holds(0), "0.1 of the draws are all 1: " + ties);
        var clear = overPrompts(1, 1.1, 0.9, 1, 1.2, 0.8, 1.3, 0.7);
        assertTrue(clear.isBetter() && !clear.interval().holds(0), clear.toString());
    }

    @Test
    void whatHasNoSpreadIsPrinted() {
        for (double change : new double[] {0, 0.3, -2}) {
            var each = List.of(
                    overPrompts(change),
                    overPrompts(change, change),
                    overPrompts(filled(20, change)),
                    Difference.overPrompts(REWARD, filled(3, 1), filled(3, 1 + change), List.of("a", "a", "a")),
                    Difference.overDocuments(REWARD, new double[] {8}, new double[] {8 + change}, new double[] {3}),
                    Difference.overDocuments(REWARD, filled(2, 8), filled(2, 8 + change), new double[] {3, 3}),
                    Difference.overSeeds(REWARD, new double[] {1}, new double[] {1 + change}),
                    Difference.overSeeds(REWARD, filled(2, 1), filled(2, 1 + change)),
                    Difference.overSeeds(REWARD, filled(2, 1), filled(3, 1 + change)),
                    Difference.bySignFlips(REWARD, filled(2, 1), filled(2, 1 + change)),
                    Difference.overSeedsAndPrompts(
                            REWARD, new double[2][3], new double[][] {filled(3, change), filled(3, change)}, "prompt"),
                    Difference.overSeedsAndDocuments(
                            REWARD,
                            new double[2][2],
                            new double[][] {filled(2, change), filled(2, change)},
                            new double[] {4, 4}),
                    Difference.ofRightAnswers(RIGHT, new boolean[] {false}, new boolean[] {change > 0}, List.of("q")));
            for (var difference : each) {
                assertTrue(difference.toString().contains(difference.verdict()), difference.toString());
                assertTrue(difference.table().rowCount() >= 5, difference.toString());
                assertEquals(change == 0 ? 1 : difference.p(), difference.p(), difference.toString());
                boolean twenty = difference.sample().prompts() == 20 && change != 0;
                assertEquals(twenty, difference.isClear(), difference.toString());
            }
        }
        assertEquals(
                "No telling whether after and before differ in reward: +0.300, p = 1.00; paired bootstrap-t over 1"
                        + " prompt, one seed of each",
                overPrompts(0.3).toString());
    }

    @Test
    void equalPromptsAreOneObservation() {
        var a = new double[] {0, 0, 0, 0, 0, 0};
        var b = new double[] {1, 2, 0.5, 3, 1, 2};
        var twice = Difference.overPrompts(
                REWARD,
                Stream.of(a, a).flatMapToDouble(Arrays::stream).toArray(),
                Stream.of(b, b).flatMapToDouble(Arrays::stream).toArray(),
                Collections.nCopies(2, List.of(1, 2, 3, 4, 5, 6)).stream()
                        .flatMap(List::stream)
                        .toList());
        var once = Difference.overPrompts(REWARD, a, b, List.of(1, 2, 3, 4, 5, 6));
        assertEquals(once.interval().low(), twice.interval().low(), 1e-9);
        assertEquals(once.p(), twice.p(), 1e-9);
        assertEquals(6, twice.sample().prompts());
    }

    @Test
    void whatIsBetterSaysSoAndHow() {
        var questions = ofCounts(2, 31, 200);
        assertEquals(
                "after is better than before in exact match: +14.5 (95 % interval +9.6 to +20.3) percentage points,"
                        + " p < 0.001; McNemar's test on 200 questions, Tango's interval, one seed of each",
                questions.toString());
        var loss = new Compared("validation loss", "nats/token", Direction.LOWER, "AdamW", "Muon");
        var seeds = Difference.overSeeds(loss, new double[] {2.1, 2.2, 2.15}, new double[] {2.0, 2.11, 2.06});
        assertTrue(seeds.isBetter() && !seeds.isWorse(), seeds.toString());
        var one = Difference.overSeeds(loss, new double[] {2.1}, new double[] {2.0});
        assertEquals(
                "No telling whether Muon and AdamW differ in validation loss: −0.100 nats/token, p = 1.00; one seed of"
                        + " each, which says nothing about others",
                one.toString());
    }

    /** With all seeds that are said to be needed, a t-test of that size has the power that is said. */
    @Test
    void whatIsNeededIsWhatPowerAsksFor() {
        var a = new double[] {0, 0, 0, 0};
        var b = new double[] {1, -0.5, 0.9, 0.2};
        var difference = Difference.overSeeds(REWARD, a, b);
        int needed = new Power(
                        difference.value(),
                        Math.sqrt(difference.sample().spread().seeds()))
                .needed(0.8);
        assertEquals(
                "if the difference is as large as it seems, " + (needed - 4)
                        + " more seeds would show it in four of five cases",
                difference.needed().orElseThrow());
    }

    /** Of two settings the studentised range is the paired t-test. */
    @Test
    void theBetterOfTwoTrialsIsComparedByThePairedTest() {
        var a = new double[] {2.31, 2.35, 2.29, 2.4};
        var b = new double[] {2.2, 2.3, 2.21, 2.33};
        var loss = REWARD.as("loss", "", Direction.LOWER);
        var best = Differences.ofBest(loss, List.of("a", "b"), new double[][] {a, b})
                .list()
                .getFirst();
        var paired = Difference.overSeeds(loss, a, b);
        assertEquals("b", best.compared().b());
        assertEquals(paired.p(), best.p(), 1e-4);
        assertEquals(paired.interval().low(), best.interval().low(), 1e-3);
    }

    @Test
    void badNumbersAreRefusedInASentence() {
        assertEquals(
                "values NaN and 1.0 of case 0: expected two finite numbers; leave out a case that has none, of both",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Difference.overSeeds(REWARD, new double[] {Double.NaN}, new double[] {1}))
                        .getMessage());
        assertEquals(
                "values of 1 and of 1 cases of 2: expected two of each case, in the same order, and at least one case",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Difference.overPrompts(
                                        REWARD, new double[] {1}, new double[] {1}, List.of("a", "b")))
                        .getMessage());
    }
}
