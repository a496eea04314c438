package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

/** Figures of trials of which some have numbers at the ends of what a double holds. */
class ExtremesTest {

    private static final double[] EXTREMES = {1e308, -1e308, 1e-323, Double.MIN_NORMAL, 1e155, Double.NaN, 0};

    /** Numbers of ordinary sizes, and now and then one of the extremes. */
    private static double[] numbers(SplittableRandom random, double often) {
        return IntStream.range(0, 40)
                .mapToDouble(_ -> random.nextDouble() < often
                        ? EXTREMES[random.nextInt(EXTREMES.length)]
                        : Math.pow(10, random.nextDouble(-3, 3)))
                .toArray();
    }

    private static Map<String, Figure> figures(Table trials) {
        var figures = new LinkedHashMap<String, Figure>();
        figures.put("pareto", Figures.pareto(trials, "a", Best.LOWEST, "b", Best.HIGHEST));
        figures.put("slice", Figures.slice(trials, "a", Best.LOWEST, "b", "c"));
        figures.put("best so far", Figures.bestSoFar(trials, "a", Best.LOWEST));
        figures.put("highest so far", Figures.bestSoFar(trials, "a", Best.HIGHEST));
        figures.put("over what was spent", Figures.bestSoFar(Map.of("one", trials), "a", Best.LOWEST, "b"));
        figures.put("importance", Figures.importance(trials, "a", "b", "c"));
        figures.put("contour", Figures.contour(trials, "b", "c", "a", Best.LOWEST));
        figures.put("heat map", Figures.heatMap(trials, "b", "c", "a", Best.LOWEST));
        figures.put("parallel", Figures.parallel(trials, "a", Best.LOWEST, "b", "c"));
        return figures;
    }

    @Test
    void anyNumbersGiveFigures() {
        for (int seed = 0; seed < 3; seed++) {
            var random = new SplittableRandom(seed);
            double often = new double[] {0.1, 0.5, 1}[seed % 3];
            var trials = Table.create(
                    "trials",
                    IntColumn.indexColumn("trial", 40, 0),
                    DoubleColumn.create("a", numbers(random, often)),
                    DoubleColumn.create("b", numbers(random, often)),
                    DoubleColumn.create("c", numbers(random, 0.2)));
            int which = seed;
            figures(trials)
                    .forEach((name, figure) ->
                            assertTrue(figure.png(400, 250).length > 1_000, name + " of seed " + which));
        }
    }

    @Test
    void whatIsLeftOutIsSaid() {
        var trials = Table.create(
                "trials",
                IntColumn.create("trial", 0, 1, 2, 3),
                DoubleColumn.create("a", 3, 1e308, 2, Double.NaN),
                DoubleColumn.create("b", 1, 2, 3, 4),
                DoubleColumn.create("c", 1, 2, 3, 4));
        figures(trials)
                .forEach((name, figure) -> assertTrue(
                        figure.caption().contains("1 of 4 trials is left out: of ")
                                && figure.caption()
                                        .endsWith(" there are numbers beyond ±1e150, or nearer to 0 than 1e−150."),
                        name + ": " + figure.caption()));
        var pareto = Figures.pareto(
                trials.where(trials.doubleColumn("a").isLessThan(9)), "a", Best.LOWEST, "b", Best.LOWEST);
        assertEquals("One seed of each trial.", pareto.caption());
        assertEquals(List.of(0, 2), pareto.table().intColumn("trial").asList());
    }

    /** As of a sweep whose first trials have exploded. */
    @Test
    void aTableOfExtremesAloneIsDrawnEmpty() {
        var trials = Table.create(
                "trials",
                IntColumn.create("trial", 0, 1),
                DoubleColumn.create("a", 1e200, 1e201),
                DoubleColumn.create("b", 1, 2),
                DoubleColumn.create("c", 1, 2));
        figures(trials).forEach((name, figure) -> {
            assertTrue(figure.caption().contains("2 of 2 trials are left out"), name + ": " + figure.caption());
            assertTrue(figure.png(400, 250).length > 1_000, name);
        });
    }

    @Test
    void curvesAreDrawnWithoutThem() {
        var metrics = Table.create(
                "metrics",
                IntColumn.indexColumn("step", 6, 1),
                DoubleColumn.create("loss", 3, 1e308, 2, 1e-300, -1e308, 2.5),
                DoubleColumn.create("kl", 1, 2, 3, 4, 5, 6),
                DoubleColumn.create("reward", 3, 1e308, 2, 1e-300, -1e308, 2.5));
        var curves = Map.of("one", metrics);
        var figures = List.of(
                Figures.loss(Axis.STEPS, curves),
                Figures.loss(Axis.STEPS.log().logValues(), curves),
                Figures.quantiles(metrics, Axis.STEPS, "reward"),
                Figures.rewardAgainstKl(metrics),
                Figures.scaling(metrics, "kl", "loss"));
        figures.forEach(figure -> assertTrue(figure.png(400, 250).length > 1_000, figure.title()));
    }
}
