package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tech.tablesaw.api.Table;
import trivium.align.FrontierTable;
import trivium.align.FrontierTable.Of;
import trivium.measure.OverOptimisationLaw;

/** What the frontier says of curves that were planted. */
class FrontierTest {

    @TempDir
    Path folder;

    /**
     * 20 seeds, two β, ten evaluations each; noise at each point, and {@code lucky} times as much of a run as a whole.
     */
    private static Table planted(DoubleUnaryOperator gold, double noise, double lucky, long randomness) {
        var random = new SplittableRandom(randomness);
        var table = new FrontierTable();
        for (long seed = 1; seed <= 20; seed++) {
            for (double beta : new double[] {0.02, 0.1}) {
                var of = new Of("a", beta, seed);
                table.add(of, 0, 0, 0.5, 0.3 + noise * random.nextGaussian());
                double luck = lucky * noise * random.nextGaussian();
                double reach = (beta < 0.05 ? 9 : 4) + 0.3 * random.nextGaussian();
                for (int step = 1; step <= 10; step++) {
                    double d = reach * step / 10;
                    double wanted = 0.3 + gold.applyAsDouble(d) + luck * d / reach + noise * random.nextGaussian();
                    table.add(of, step, d * d, 0.5 + Math.sqrt(d), wanted);
                }
            }
        }
        return table.table();
    }

    private static double number(Table laws, String column) {
        return laws.doubleColumn(column).getDouble(0);
    }

    @ParameterizedTest
    @CsvSource({"1.2, 0.1", "0.8, 0.06", "2, 0.2"})
    void thePlantedLawOfBestOfNIsFoundAgain(double alpha, double beta) {
        var laws = Figures.frontierLaws(planted(d -> d * (alpha - beta * d), 0.1, 1, 1));
        assertTrue(laws.stringColumn("law").get(0).matches("d \\(.* − .* d\\)"), laws.toString());
        assertEquals(alpha, number(laws, "alpha"), 0.05);
        assertEquals(beta, number(laws, "beta"), 0.008);
        assertEquals(alpha / (2 * beta), number(laws, "turn"), 0.2);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.4", "0.6, 0.3", "2, 0.8"})
    void thePlantedLawOfReinforcementLearningIsFoundAgain(double alpha, double beta) {
        var laws = Figures.frontierLaws(planted(d -> d * (alpha - beta * Math.log(d)), 0.1, 1, 2));
        assertTrue(laws.stringColumn("law").get(0).endsWith(" log d)"), laws.toString());
        assertEquals(alpha, number(laws, "alpha"), 0.05);
        assertEquals(beta, number(laws, "beta"), 0.03);
        assertEquals(Math.exp(alpha / beta - 1), number(laws, "turn"), 0.3);
    }

    /** The control: what is wanted is what is optimised, rises ever more slowly, and noise alone makes no turn. */
    @Test
    void whatOnlyRisesTurnsNowhere() {
        int turned = 0;
        for (long randomness = 1; randomness <= 40; randomness++) {
            var laws = Figures.frontierLaws(planted(d -> Math.sqrt(d), 0.3, 1, randomness));
            turned += Double.isNaN(number(laws, "turn")) ? 0 : 1;
        }
        assertEquals(0, turned);
    }

    /** A flat law: the interval of the slope at the end holds 0 in 19 of 20 cases, and is below it in 1 of 40. */
    @Test
    void theIntervalOfTheSlopeAtTheEndHoldsWhatItPromises() {
        int turned = 0;
        for (long randomness = 1; randomness <= 200; randomness++) {
            // α = 1 and β = 0.1 / 1.8 make the slope at d = 9 exactly 0
            var table = planted(d -> d * (1 - d / 18.0), 0.2, 4, randomness);
            var laws = Figures.frontierLaws(table.where(table.doubleColumn("kl").isLessThanOrEqualTo(81)));
            turned += Double.isNaN(number(laws, "turn")) ? 0 : 1;
        }
        assertTrue(turned <= 12, turned + " of 200 turned");
    }

    /** A study's three seeds at three β, four evaluations each: gold is highest at √KL = 2.5, 1.5 above the start. */
    private static Table study(double noise, double lucky, long randomness) {
        var random = new SplittableRandom(randomness);
        double beta = 1.5 / 2.5;
        double alpha = beta * (Math.log(2.5) + 1);
        var table = new FrontierTable();
        for (long seed = 1; seed <= 3; seed++) {
            for (double reach : new double[] {5, 3.6, 2.4}) {
                var of = new Of("PPO", reach, seed);
                double luck = lucky * random.nextGaussian();
                table.add(of, 0, 0, 0.5, 0.3);
                for (int step = 1; step <= 4; step++) {
                    double d = reach * Math.sqrt(step / 4.0);
                    double gold = 0.3 + d * (alpha - beta * Math.log(d)) + luck * d * d / 25;
                    table.add(of, step, d * d, 0.5 + d, gold + noise * random.nextGaussian());
                }
            }
        }
        return table.table();
    }

    private String words(Figure figure) throws Exception {
        return Files.readString(figure.save(folder.resolve("frontier.svg")));
    }

    @Test
    void aLawThatExplainsMuchSaysWhereGoldTurns() throws Exception {
        for (long randomness = 1; randomness <= 20; randomness++) {
            var table = study(0.05, 0.1, randomness);
            var laws = Figures.frontierLaws(table);
            assertEquals(2.5, number(laws, "turn"), 0.3, laws.toString());
            assertEquals("gold turns", laws.stringColumn("remark").get(0));
        }
        var figure = Figures.frontier(study(0.05, 0.1, 1));
        assertTrue(figure.title().matches(".*: gold turns at √KL 2\\.[3-7]\\d? under PPO"), figure.title());
        assertEquals("Lines of gold are fitted laws.", figure.caption());
        assertTrue(words(figure).contains(">gold turns<"));
    }

    /** Gold is highest at √KL = 1, and nothing is measured between 0 and 1.2: the form alone says where it turns. */
    @Test
    void aTurnBeforeTheNearestMeasuredDistanceIsNotGiven() throws Exception {
        var table = new FrontierTable();
        for (long seed = 1; seed <= 3; seed++) {
            for (double d : new double[] {1.2, 2.4, 3.5, 5.4}) {
                var of = new Of("DPO", d, seed);
                double luck = 0.02 * (seed - 2);
                table.add(of, 0, 0, 0.5, 0.3).add(of, 113, d * d, 0.5, 0.3 + d * (0.6 - 0.3 * d) + luck * d);
            }
        }
        var laws = Figures.frontierLaws(table.table());
        assertTrue(Double.isNaN(number(laws, "turn")), laws.toString());
        assertEquals(
                "nothing was measured between the reference and √KL 1.20, before which gold turns: no turning point is given",
                laws.stringColumn("remark").get(0));
        var figure = Figures.frontier(table.table());
        assertEquals("Learned and gold reward against the distance from the reference", figure.title());
        assertFalse(words(figure).contains("gold turns"));
        // one evaluation at half the distance of the highest, and it is given
        var of = new Of("DPO", 0.5, 1);
        var near = Figures.frontierLaws(
                table.add(of, 113, 0.25, 0.5, 0.3 + 0.5 * 0.45).table());
        assertEquals(1, number(near, "turn"), 0.05);
    }

    /** However clearly the fitted slope at the end lies below 0. */
    @Test
    void aLawThatExplainsLittleIsSilentAboutATurn() throws Exception {
        int falling = 0;
        for (long randomness = 1; randomness <= 60; randomness++) {
            var table = study(0.8, 1, randomness);
            var laws = Figures.frontierLaws(table);
            if (number(laws, "explained") >= OverOptimisationLaw.ENOUGH) {
                continue;
            }
            falling += fitted(table).falls() ? 1 : 0;
            assertTrue(Double.isNaN(number(laws, "turn")), laws.toString());
            var remark = laws.stringColumn("remark").get(0);
            assertTrue(remark.matches("law explains [\\d.]+ %: no turning point is given"), remark);
            var figure = Figures.frontier(table);
            assertEquals("Learned and gold reward against the distance from the reference", figure.title());
            var caption =
                    "Lines of gold are fitted laws. Of the variance of gold the law explains [\\d.]+ % under PPO \\(thin lines\\): no"
                            + " turning point is given there\\.";
            assertTrue(figure.caption().matches(caption), figure.caption());
            if (randomness == 1) {
                assertFalse(words(figure).contains("gold turns"));
            }
        }
        assertTrue(falling > 10, "only " + falling + " fall at their end, so that a turning point could be given");
    }

    private static OverOptimisationLaw fitted(Table table) {
        var away = table.where(table.doubleColumn("kl").isGreaterThan(0));
        return OverOptimisationLaw.better(
                0.3,
                Arrays.stream(away.doubleColumn("kl").asDoubleArray())
                        .map(Math::sqrt)
                        .toArray(),
                away.doubleColumn("gold").asDoubleArray(),
                IntStream.range(0, away.rowCount())
                        .mapToObj(row -> away.doubleColumn("beta").get(row)
                                + " "
                                + away.longColumn("seed").get(row))
                        .toList());
    }

    @Test
    void pointsAreMeansOverSeedsAtTheirMeanDistance() {
        var table = new FrontierTable();
        for (long seed = 1; seed <= 2; seed++) {
            table.add(new Of("grpo", 0.1, seed), 0, 0, seed, 0);
            table.add(new Of("grpo", 0.1, seed), 5, seed == 1 ? 4 : 16, 3 * seed, 1 + seed);
        }
        table.add(new Of("grpo", 0.1, 1), 10, 25, 9, 9); // the other seed did not come so far
        var figure = Figures.frontier(table.table());
        var behind = figure.table();
        assertEquals(2, behind.rowCount());
        assertEquals(3, behind.doubleColumn("distance").getDouble(1), 1e-12);
        assertEquals(4.5, behind.doubleColumn("reward").getDouble(1), 1e-12);
        assertEquals(2.5, behind.doubleColumn("gold").getDouble(1), 1e-12);
        // Student's 12.706 for one degree of freedom times the standard error 1/2
        assertEquals(2.5 - 12.7062 / 2, behind.doubleColumn("gold_low").getDouble(1), 1e-3);
    }

    /** Both numbers of a law go exactly through two points, which says nothing of what is between and beyond. */
    @Test
    void twoStrengthsAreTooFewForALaw() {
        var table = new FrontierTable();
        for (double beta : new double[] {0.1, 0.5}) {
            table.add(new Of("dpo", beta, 1), 0, 0, 0, 0).add(new Of("dpo", beta, 1), 9, 0.5 / beta, 1, 3 * beta);
        }
        assertTrue(Figures.frontierLaws(table.table()).isEmpty());
        assertEquals("", Figures.frontier(table.table()).caption());
        assertEquals(3, Figures.frontier(table.table()).table().rowCount());
        for (int step = 1; step <= 4; step++) {
            table.add(new Of("grpo", 0.1, 1), step, step, 1, 0.1 * step);
        }
        assertEquals(
                "Lines of gold are fitted laws, but join the points of dpo.",
                Figures.frontier(table.table()).caption());
    }

    /** How far a single run's slope may be off, nobody knows, however clearly the run falls. */
    @Test
    void oneRunAloneIsNotSaidToTurn() {
        var table = new FrontierTable();
        var of = new Of("grpo", 0.1, 1);
        table.add(of, 0, 0, 0, 0);
        for (int step = 1; step <= 10; step++) {
            table.add(of, step, step * step, step, step * (1 - 0.1 * step) + 0.01 * (step % 2));
        }
        assertTrue(Double.isNaN(number(Figures.frontierLaws(table.table()), "turn")));
        assertEquals(
                "Learned and gold reward against the distance from the reference",
                Figures.frontier(table.table()).title());
    }

    @Test
    void theHullIsConcaveAndEndsAtTheTop() {
        var hull = Frontier.hull(new Points(new double[] {0, 1, 2, 3, 4, 0, 5}, new double[] {0, 1, 5, 4, 6, -1, 2}));
        assertArrayEquals(new double[] {0, 2, 4}, hull.x());
        assertArrayEquals(new double[] {0, 5, 6}, hull.y());
    }

    @Test
    void aTableWithoutRowsSaysSo() {
        assertTrue(Figures.frontier(new FrontierTable().table()).table().isEmpty());
    }
}
