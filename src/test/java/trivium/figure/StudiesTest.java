package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Quantile;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/** The numbers that figures of seeds, sweeps and sizes show. */
class StudiesTest {

    @ParameterizedTest
    @CsvSource({"9.0, 0.11", "406.4, 0.34", "0.5, -0.2"})
    void anExactPowerLawIsFoundAgain(double a, double b) {
        var x = IntStream.range(0, 9).mapToDouble(i -> 1e4 * Math.pow(3, i)).toArray();
        var law = PowerLaw.fit(new Points(
                x, Arrays.stream(x).map(n -> a * Math.pow(n, -b)).toArray()));
        assertEquals(a, law.a(), 1e-9 * a);
        assertEquals(b, law.b(), 1e-12);
        assertEquals(1, law.explained(), 1e-12);
        assertEquals(a * Math.pow(5e5, -b), law.at(5e5), 1e-9);
    }

    @Test
    void noiseMovesTheExponentByNoMoreThanItsStandardError() {
        var random = new SplittableRandom(3);
        var x = IntStream.range(0, 400)
                .mapToDouble(i -> 1e4 * Math.pow(10, i / 100.0))
                .toArray();
        var y = Arrays.stream(x)
                .map(n -> 9 * Math.pow(n, -0.11) * Math.exp(0.05 * random.nextGaussian()))
                .toArray();
        // σ / (√n · standard deviation of log x) = 0.05 / (20 · 2.66)
        assertEquals(0.11, PowerLaw.fit(new Points(x, y)).b(), 3 * 0.00094);
        var law = PowerLaw.fit(new Points(x, y));
        assertEquals(1.966 * 0.00094, law.half(), 0.1 * 0.00094, "Student's t of 398 degrees of freedom");
        assertEquals(
                Figures.scaling(
                                Table.create(DoubleColumn.create("tokens", x), DoubleColumn.create("loss", y)),
                                "tokens",
                                "loss")
                        .title(),
                "Loss against tokens seen: falls with the power −0.110 (95 % interval −0.112 to −0.108)");
    }

    @Test
    void importanceShowsSettingsAndPairsThatMatter() {
        // loss = 3 a + a b with a and b in −1, 1, each pair 50 times: variances 9 and 1
        var figure = Figures.importance(factorial(50, (a, b) -> 3 * a + a * b), "loss", "a", "b", "c");
        assertEquals("What decides the loss: first of all the a", figure.title());
        assertEquals(
                List.of("a", "a × b"),
                figure.table().stringColumn("settings").asList().subList(0, 2));
        assertEquals(0.9, figure.table().doubleColumn("share").get(0), 0.01);
        assertEquals(0.1, figure.table().doubleColumn("share").get(1), 0.01);
        assertEquals(
                "One seed of each trial. Shares are those of a random forest fitted to the trials (fANOVA); of trials that"
                        + " it has not seen it explains 100.0 % of the variance."
                        + " Lines: two standard errors to either side, over samples of 200 trials.",
                figure.caption());
    }

    @Test
    void theBandOfThreeSeedsIsStudents() {
        var tables = IntStream.rangeClosed(1, 3)
                .mapToObj(seed -> Table.create(
                        IntColumn.create("step", 10, 20, 30),
                        DoubleColumn.create("seconds", seed, 2 * seed, 3 * seed),
                        DoubleColumn.create("loss", seed, 5, seed == 2 ? Double.NaN : 1)))
                .toList();
        var band = OverSeeds.band("loss", Axis.SECONDS, tables);
        assertArrayEquals(new double[] {2, 4}, band.x(), 1e-12, "30: one seed has no value");
        assertArrayEquals(new double[] {2, 5}, band.mean(), 1e-12);
        assertArrayEquals(new double[] {4.303 / Math.sqrt(3), 0}, band.half(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"1, 12.706", "15, 2.131", "16, 2.120", "20, 2.086", "30, 2.042", "60, 2.000", "120, 1.980"})
    void studentsQuantile(int degrees, double quantile) {
        assertEquals(quantile, OverSeeds.student(degrees), 0.001);
    }

    @Test
    void theFrontierIsTheMostWithinEachDistance() {
        var random = new SplittableRandom(3);
        var path = new Points(
                random.doubles(40, 0, 9).toArray(), random.doubles(40, -1, 1).toArray());
        var frontier = OverOptimisation.frontier(path);
        assertArrayEquals(frontier.x(), Arrays.stream(frontier.x()).sorted().toArray());
        for (int i = 0; i < path.size(); i++) {
            double distance = path.x()[i];
            double most = IntStream.range(0, path.size())
                    .filter(j -> path.x()[j] <= distance)
                    .mapToDouble(j -> path.y()[j])
                    .max()
                    .orElseThrow();
            int last =
                    (int) Arrays.stream(frontier.x()).filter(x -> x <= distance).count() - 1;
            assertEquals(most, frontier.y()[last], "within " + distance);
        }
    }

    @Test
    void quantilesThatWereWrittenDownAreDrawnAsTheyAre() {
        var table = Table.create(
                "metrics",
                LongColumn.create("step", LongStream.rangeClosed(1, 120).toArray()));
        for (var quantile : Quantile.values()) {
            double offset = quantile.ordinal();
            table.addColumns(DoubleColumn.create(
                    quantile.column("gold"), IntStream.rangeClosed(1, 120).mapToDouble(step -> step + offset)));
        }
        var drawn = Figures.quantiles(table, Axis.STEPS, "gold").table();
        assertEquals(60, drawn.rowCount(), "two steps at each place");
        assertEquals(1.5, drawn.doubleColumn("step").get(0));
        assertEquals(1.5 + 4, drawn.doubleColumn("gold_p90").get(0));
        assertEquals(119.5 + 1, drawn.doubleColumn("gold_p25").get(59));
    }

    /** A trial reports as it goes: the last it said before it failed is no result. */
    @Test
    void trialsThatCameToNothingAreNoResults() {
        var trials = Table.create(
                StringColumn.create("outcome", "finished", "failed: no room", "pruned: at step 3", "finished"),
                DoubleColumn.create("rate", 1, 1, 2, 2),
                DoubleColumn.create("width", 1, 2, 1, 2),
                DoubleColumn.create("loss", 3, 0.5, 2, 4));
        assertEquals(
                "Loss: best of 3 trials 2.00, found by trial 1",
                Figures.bestSoFar(trials, "loss", Best.LOWEST).title());
        assertTrue(Figures.heatMap(trials, "rate", "width", "loss").title().endsWith("best 3.00"));
        assertEquals(
                2,
                Figures.parallel(trials, "loss", Best.LOWEST, "rate", "width")
                        .table()
                        .rowCount());
    }

    @Test
    void theBestSoFarNeverGetsWorse() {
        var trials = Table.create(DoubleColumn.create("loss", Double.NaN, 5, 3, 4, 2));
        var lowest = Figures.bestSoFar(trials, "loss", Best.LOWEST);
        assertArrayEquals(
                new double[] {Double.NaN, 5, 3, 3, 2},
                lowest.table().doubleColumn("best_so_far").asDoubleArray());
        assertEquals("Loss: best of 5 trials 2.00, found by trial 4", lowest.title());
        var highest = Figures.bestSoFar(trials, "loss", Best.HIGHEST);
        assertArrayEquals(
                new double[] {Double.NaN, 5, 5, 5, 5},
                highest.table().doubleColumn("best_so_far").asDoubleArray());
        assertEquals("Loss: best of 5 trials 5.00, found by trial 1", highest.title());
    }

    /** A pruned trial costs what it took, and what it had come to after fewer steps is no result. */
    @Test
    void searchesAreComparedByWhatTheyTook() {
        var trials = Table.create(
                StringColumn.create("outcome", "finished", "pruned: at step 3", "failed: no room", "finished"),
                DoubleColumn.create("tokens", 100, 30, Double.NaN, 100),
                DoubleColumn.create("loss", 3, 1, Double.NaN, 2));
        var figure = Figures.bestSoFar(Map.of("ASHA", trials), "loss", Best.LOWEST, "tokens");
        assertArrayEquals(
                new double[] {100, 130, 130, 230},
                figure.table().doubleColumn("tokens").asDoubleArray());
        assertArrayEquals(
                new double[] {3, 3, 3, 2},
                figure.table().doubleColumn("best_so_far").asDoubleArray());
    }

    @ParameterizedTest
    @CsvSource({
        "2.1, 4.8, 2.5 3 4",
        "0.88, 1.33, 0.9 1 1.1 1.2 1.3",
        "90, 5000, '100 200 500 1,000 2,000 5,000'",
        "0.5, 2e5, 1 10 100"
    })
    void logarithmicAxesHaveRoundLabels(double low, double high, String some) {
        var labels = Arrays.stream(LogAxis.ticks(low, high))
                .sorted()
                .mapToObj(Numbers::tick)
                .toList();
        assertTrue(labels.containsAll(List.of(some.split(" "))), labels + "");
        assertTrue(labels.size() <= 12, labels + "");
    }

    @Test
    void coordinatesAreLogarithmicWhereNumbersAre() {
        var rates = IntStream.range(0, 21)
                .mapToDouble(i -> Math.pow(10, -4 + i / 10.0))
                .toArray();
        var table = Table.create(
                DoubleColumn.create("rate", rates),
                StringColumn.create("norm", IntStream.range(0, 21).mapToObj(i -> "n" + i % 3)));
        var rows = IntStream.range(0, 21).toArray();
        assertEquals(0.5, Coordinate.of(table, "rate", rows).places()[10], 1e-12);
        assertArrayEquals(
                new double[] {0, 0.5, 1}, Coordinate.of(table, "norm", rows).marks());
    }

    @Test
    void attentionOfARunIsItsModels() {
        var tokenizer = Tokenizer.characters(List.of("ab c")).withSpecials(Tokenizer.END_OF_TEXT);
        var model = Transformer.of(Llama.of(8, 8, 2, 2, 1), tokenizer.size(), 3);
        var card = RunCard.begin("pretrain", null, Map.of(), new Origin(3, "", "", Map.of()));
        var run = new Run(card.ended(new Status.Finished()), model, tokenizer, Map.of());
        var text = Tokenizer.END_OF_TEXT + "a bc";
        var figure = Figures.attention(run, text, 2, 1);
        assertEquals("Attention of layer 2, head 1: where each token looks", figure.title());
        var weights = model.attention(tokenizer.encodeWithSpecials(text))[1][0];
        assertEquals(25, figure.table().rowCount());
        for (int i = 0; i < 25; i++) {
            assertEquals(
                    weights[i / 5][i % 5], figure.table().doubleColumn("weight").get(i));
        }
        assertEquals("␣", figure.table().stringColumn("looked_at").get(2));
        var wrong = assertThrows(IllegalArgumentException.class, () -> Figures.attention(run, text, 3, 1));
        assertTrue(wrong.getMessage().contains("no layer 3, head 1"), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("layers 1 to 2 with heads 1 to 2"), wrong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Figures.attention(run, text, 1, 0));
        var empty = assertThrows(IllegalArgumentException.class, () -> Figures.attention(run, "", 1, 1));
        assertTrue(empty.getMessage().contains("0 tokens"), empty.getMessage());
    }

    @Test
    void attentionThatIsNoneIsRefused() {
        var tokens = List.of("a", "b");
        var ragged = assertThrows(
                IllegalArgumentException.class,
                () -> Figures.attention("head 1", tokens, new double[][] {{1, 0}, {1}}));
        assertTrue(ragged.getMessage().contains("2 rows of 2 weights"), ragged.getMessage());
        var scores = assertThrows(
                IllegalArgumentException.class,
                () -> Figures.attention("head 1", tokens, new double[][] {{1, 0}, {-3, 4}}));
        assertTrue(scores.getMessage().contains("-3.0"), scores.getMessage());
    }

    @Test
    void aColumnThatIsNotThereIsNamed() {
        var trials = Gallery.trials(1, 10);
        for (var error : List.of(
                assertThrows(
                        IllegalArgumentException.class, () -> Figures.importance(trials, "validation_loss", "depth")),
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Figures.parallel(trials, "validation_loss", Best.LOWEST, "depth")))) {
            assertTrue(error.getMessage().contains("\"depth\""), error.getMessage());
        }
    }

    @Test
    void noDataYet() {
        var nothing = Table.create("nothing");
        for (var figure : List.of(
                Figures.overSeeds("loss", Axis.STEPS, Map.of()),
                Figures.overSeeds("loss", Axis.STEPS, Map.of("a", List.of(nothing))),
                Figures.quantiles(nothing, Axis.STEPS, "reward"),
                Figures.schedule(0, _ -> 1),
                Figures.attention("head 1", List.of(), new double[0][]),
                Figures.parallel(nothing, "loss", Best.LOWEST, "width"),
                Figures.bestSoFar(nothing, "loss", Best.LOWEST),
                Figures.importance(nothing, "loss", "width"),
                Figures.scaling(nothing, "tokens", "loss"))) {
            assertTrue(figure.png().length > 1_000, figure.title());
        }
    }

    /** What a trial of two settings costs. */
    private interface Cost {
        double of(int a, int b);
    }

    private static Table factorial(int repeats, Cost cost) {
        var random = new SplittableRandom(6);
        var table = Table.create(
                "trials",
                IntColumn.create("a"),
                IntColumn.create("b"),
                StringColumn.create("c"),
                DoubleColumn.create("loss"));
        for (int i = 0; i < 4 * repeats; i++) {
            int a = i % 2 == 0 ? -1 : 1;
            int b = i / 2 % 2 == 0 ? -1 : 1;
            table.intColumn(0).append(a);
            table.intColumn(1).append(b);
            table.stringColumn(2).append("c" + random.nextInt(3));
            table.doubleColumn(3).append(cost.of(a, b));
        }
        return table;
    }
}
