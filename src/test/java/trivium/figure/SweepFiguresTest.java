package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What surfaces, slices and fronts are made of. */
class SweepFiguresTest {

    @Test
    void aPlaneIsFoundAgainAtEveryWidth() {
        var random = new SplittableRandom(1);
        var x = new double[40][];
        Arrays.setAll(x, _ -> random.doubles(2).toArray());
        var y = Arrays.stream(x).mapToDouble(at -> 3 - 2 * at[0] + 5 * at[1]).toArray();
        for (double width : new double[] {0.2, 0.5, 3}) {
            assertEquals(3 - 2 * 0.3 + 5 * 0.8, new LocalLinear(x, y, width).at(0.3, 0.8), 1e-4, "width " + width);
        }
        var line = new LocalLinear(
                Arrays.stream(x).map(at -> new double[] {at[0]}).toArray(double[][]::new),
                Arrays.stream(x).mapToDouble(at -> 7 * at[0]).toArray(),
                0.1);
        assertEquals(7 * 0.4, line.at(0.4), 1e-4);
    }

    /** statsmodels 0.15's KernelReg(reg_type="ll", bw=0.2) of y = (1, 3, 2, 5, 4) at x = (0, 0.2, 0.5, 0.7, 1). */
    @Test
    void localLinesAreThoseOfStatsmodels() {
        double[][] x = {{0}, {0.2}, {0.5}, {0.7}, {1}};
        double[] y = {1, 3, 2, 5, 4};
        var fit = new LocalLinear(x, y, 0.2);
        double[] expected = {1.1733725, 2.50557771, 4.21234034};
        double[] places = {0, 0.3, 0.9};
        for (int i = 0; i < places.length; i++) {
            assertEquals(expected[i], fit.at(places[i]), 1e-4, "at " + places[i]);
        }
        double[][] planes = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.4}};
        assertEquals(2.82130843, new LocalLinear(planes, y, 0.5).at(0.3, 0.6), 1e-4);
    }

    /** Lines through 50 results each with the same noise: the band holds the true curve at 19 of 20 places. */
    @Test
    void theBandOfASliceHoldsTheTruth() {
        int held = 0;
        int all = 0;
        for (int seed = 0; seed < 60; seed++) {
            var random = new SplittableRandom(seed);
            var x = new double[50][];
            Arrays.setAll(x, _ -> new double[] {random.nextDouble()});
            var y = Arrays.stream(x)
                    .mapToDouble(at -> 2 * at[0] + 0.3 * random.nextGaussian())
                    .toArray();
            var fit = LocalLinear.of(x, y);
            double[][] places = {{0.1}, {0.5}, {0.8}};
            var halves = fit.halves(places);
            for (int i = 0; i < places.length; i++) {
                held += Math.abs(fit.at(places[i]) - 2 * places[i][0]) <= halves[i] ? 1 : 0;
                all++;
            }
        }
        assertEquals(0.95, (double) held / all, 0.05);
    }

    @Test
    void onTheFrontIsWhatNoOtherDominates() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new SplittableRandom(seed);
            var x = random.ints(30, 0, 12).asDoubleStream().toArray(); // so few values that many are equal
            var y = random.ints(30, 0, 12).asDoubleStream().toArray();
            int[] expected = IntStream.range(0, 30)
                    .filter(i -> IntStream.range(0, 30)
                            .noneMatch(j -> x[j] <= x[i] && y[j] <= y[i] && (x[j] < x[i] || y[j] < y[i])))
                    .toArray();
            assertArrayEquals(
                    expected, Arrays.stream(Pareto.front(x, y)).sorted().toArray(), "seed " + seed);
        }
    }

    @Test
    void theFrontOfOneGoalUpAndOneDown() {
        var trials = Table.create(
                IntColumn.create("trial", 0, 1, 2, 3),
                StringColumn.create("outcome", "finished", "finished", "finished", "failed: no room"),
                DoubleColumn.create("kl", 1, 2, 3, 0.5),
                DoubleColumn.create("reward", 0.5, 0.4, 0.9, 2));
        var figure = Figures.pareto(trials, "kl", Best.LOWEST, "reward", Best.HIGHEST);
        assertTrue(figure.title().endsWith(": 2 of 3 trials on the front"), figure.title());
        assertEquals(
                List.of(true, false, true),
                figure.table().booleanColumn("front").asList());
        assertEquals("One seed of each trial.", figure.caption());
    }

    @Test
    void aCellOverSeedsHasTheIntervalOfItsMean() {
        var trials = Table.create(
                IntColumn.create("seed", 1, 2, 3, 1, 2, 3),
                IntColumn.create("width", 64, 64, 64, 128, 128, 128),
                StringColumn.create("norm", "rms", "rms", "rms", "rms", "rms", "rms"),
                DoubleColumn.create("loss", 1, 2, 3, 5, 5, Double.NaN));
        var grid = Grid.of(trials, "width", "norm", "loss");
        assertEquals(4.303 / Math.sqrt(3), grid.halves()[0][0], 1e-3, "t of two degrees of freedom, s = 1");
        assertEquals(0, grid.halves()[1][0]);
        assertTrue(grid.said().startsWith("Means over 2 to 3 seeds"), grid.said());
        assertEquals(
                grid.said(), Figures.heatMap(trials, "width", "norm", "loss").caption());

        var others = trials.copy().replaceColumn(IntColumn.create("seed", 1, 2, 1, 1, 2, 1));
        var mixed = Grid.of(others, "width", "norm", "loss");
        assertTrue(Double.isNaN(mixed.halves()[0][0]), "two trials with seed 1 differ in something else");
        assertEquals("Means over trials that differ in other settings.", mixed.said());
        assertEquals(
                "One seed of each setting.",
                Grid.of(trials.first(1), "width", "norm", "loss").said());
    }

    /** What overSeeds().table() of a sweep has. */
    @Test
    void aCellOfMeansHasTheirInterval() {
        var means = Table.create(
                IntColumn.create("width", 64, 128),
                StringColumn.create("norm", "rms", "rms"),
                DoubleColumn.create("loss", 2, 3),
                DoubleColumn.create("loss_low", 1.5, 2.9),
                DoubleColumn.create("loss_high", 2.5, 3.1),
                DoubleColumn.create("seeds", 4, 4));
        var grid = Grid.of(means, "width", "norm", "loss");
        assertEquals(0.5, grid.halves()[0][0], 1e-12);
        assertTrue(grid.said().startsWith("Means over 4 seeds"), grid.said());
        assertEquals(
                List.of("width", "norm", "loss", "loss_low", "loss_high"),
                Figures.heatMap(means, "width", "norm", "loss").table().columnNames());
        assertEquals(
                "Means over 4 seeds.",
                Figures.parallel(means, "loss", Best.LOWEST, "width").caption());
    }

    /** Best so far of two searches: 3, 2 and 1, 1; Student's quantile of one degree of freedom is 12.706. */
    @Test
    void theBestOfSeveralSearchesIsAMeanWithItsInterval() {
        var first = Table.create(DoubleColumn.create("loss", 3, 2, 4));
        var second = Table.create(DoubleColumn.create("loss", 1, 5, 1));
        var table = Figures.bestSoFar("loss", Best.LOWEST, Map.of("random", List.of(first, second)))
                .table();
        assertArrayEquals(new double[] {2, 1.5, 1.5}, table.doubleColumn("mean").asDoubleArray(), 1e-12);
        assertEquals(2 + 12.706, table.doubleColumn("high").getDouble(0), 1e-3);
        assertEquals(1.5 - 12.706 / 2, table.doubleColumn("low").getDouble(2), 1e-3);
        assertEquals(2, table.intColumn("seeds").get(0));
    }

    @Test
    void ofTwoSettingsTheirPairIsTheRestAndOfNoneThereIsNothing(@TempDir Path folder) throws IOException {
        double[] x = IntStream.range(0, 60).mapToDouble(i -> i % 7).toArray();
        double[] y = IntStream.range(0, 60).mapToDouble(i -> i * 31 % 11).toArray();
        double[] same = new double[60];
        var table = Table.create(
                DoubleColumn.create("x", x),
                DoubleColumn.create("y", y),
                DoubleColumn.create("same", same),
                DoubleColumn.create("loss", x));
        var figure = Figures.importance(table, "loss", "x", "y");
        var svg = Files.readString(figure.save(folder.resolve("importance.svg")));
        assertTrue(svg.contains(">y</text>") && svg.contains(">100</text>"), svg);
        assertFalse(svg.contains("all else") || svg.contains("three or more"), "nothing is left but the pair");
        assertFalse(svg.contains(">110</text>"), "an axis of shares ends at 100 %");
        assertEquals(
                "What decides the loss: no setting varies",
                Figures.importance(table, "loss", "same").title());
        assertEquals(
                0,
                Figures.importance(table, "loss", "x", "same")
                        .table()
                        .doubleColumn("share")
                        .getDouble(1));
    }

    @Test
    void nothingToDrawIsAFigureToo() {
        var nothing = Table.create("nothing");
        for (var figure : List.of(
                Figures.contour(nothing, "a", "b", "loss"),
                Figures.slice(nothing, "loss", Best.LOWEST, "a"),
                Figures.pareto(nothing, "a", Best.LOWEST, "b", Best.LOWEST),
                Figures.importance(nothing, "loss", "a"),
                Figures.bestSoFar("loss", Best.LOWEST, Map.of()))) {
            assertTrue(figure.png().length > 1_000, figure.title());
        }
        var one =
                Table.create(DoubleColumn.create("a", 1), DoubleColumn.create("b", 1), DoubleColumn.create("loss", 1));
        for (var figure : List.of(
                Figures.contour(one, "a", "b", "loss"),
                Figures.slice(one, "loss", Best.LOWEST, "a", "b"),
                Figures.pareto(one, "a", Best.LOWEST, "b", Best.LOWEST))) {
            assertTrue(figure.png().length > 1_000, figure.title());
        }
    }
}
