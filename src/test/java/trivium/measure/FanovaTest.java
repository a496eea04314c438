package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Fanova.TreeVariance;
import trivium.measure.RegressionForest.Variable;

/** Shares of variance against functions of which they are known, and against sums over all combinations. */
class FanovaTest {

    /** f of so many points drawn from [low, high] in each of the variables "x0", "x1", … */
    private static Table drawn(int points, int variables, double low, double high, ToDoubleFunction<double[]> f) {
        return drawn(points, variables, low, high, 7, f);
    }

    private static Table drawn(
            int points, int variables, double low, double high, long seed, ToDoubleFunction<double[]> f) {
        var random = new SplittableRandom(seed);
        var x = new double[points][];
        Arrays.setAll(x, _ -> random.doubles(variables, low, high).toArray());
        var table = Table.create("trials");
        for (int i = 0; i < variables; i++) {
            int at = i;
            table.addColumns(DoubleColumn.create("x" + i, Arrays.stream(x).mapToDouble(each -> each[at])));
        }
        return table.addColumns(DoubleColumn.create("f", Arrays.stream(x).mapToDouble(f)));
    }

    private static double share(Fanova fanova, String... settings) {
        return fanova.effect(settings).share();
    }

    @Test
    void ofASumEachPartHasItsOwnVarianceAndNothingIsShared() {
        // variances 4 / 12, 1 / 12 and 0
        var fanova = Fanova.of(drawn(500, 3, 0, 1, x -> 2 * x[0] + x[1]), "f", List.of("x0", "x1", "x2"));
        assertEquals(0.8, share(fanova, "x0"), 0.02);
        assertEquals(0.2, share(fanova, "x1"), 0.02);
        assertEquals(0, share(fanova, "x2"), 0.002);
        assertEquals(0, share(fanova, "x0", "x1"), 0.015);
        assertTrue(fanova.explained() > 0.98, "R² " + fanova.explained());
    }

    @Test
    void whereNoSettingVariesNoneExplainsAnything() {
        var table = drawn(30, 1, 0, 1, x -> x[0])
                .addColumns(
                        DoubleColumn.create("same", new double[30]),
                        DoubleColumn.create("missing", Collections.nCopies(30, Double.NaN)));
        var fanova = Fanova.of(table, "f", List.of("same", "missing"));
        assertEquals(
                List.of(0.0, 0.0, 0.0),
                fanova.effects().stream().map(Fanova.Effect::share).toList());
        assertEquals(0, fanova.rest());
        assertEquals(1, share(Fanova.of(table, "f", List.of("same", "x0", "missing")), "x0"), 1e-9);
    }

    /** Of x y the variance is 7/144: 3/144 of each alone and 1/144 of both. */
    @Test
    void aProductIsAlsoOfBothTogether() {
        var fanova = Fanova.of(drawn(500, 2, 0, 1, x -> x[0] * x[1]), "f", List.of("x0", "x1"));
        assertEquals(3 / 7.0, share(fanova, "x0"), 0.04);
        assertEquals(3 / 7.0, share(fanova, "x1"), 0.04);
        assertEquals(1 / 7.0, share(fanova, "x1", "x0"), 0.02);
        assertEquals(
                1, fanova.effects().stream().mapToDouble(Fanova.Effect::share).sum(), 1e-9);
    }

    /**
     * sin x + 7 sin² y + 0.1 z⁴ sin x on [−π, π]³: Sobol's indices 0.3139, 0.4424, 0 and, of x with z, 0.2437 (Ishigami
     * and Homma 1990; Saltelli et al. 2008, Global Sensitivity Analysis, section 4.6). A tree of some hundred leaves
     * flattens the two humps of sin² y, and finds less than there is.
     */
    @Test
    void ishigamisFunctionHasItsSobolIndices() {
        var trials = drawn(
                1_000,
                3,
                -Math.PI,
                Math.PI,
                x -> Math.sin(x[0]) + 7 * Math.pow(Math.sin(x[1]), 2) + 0.1 * Math.pow(x[2], 4) * Math.sin(x[0]));
        var fanova = Fanova.of(trials, "f", List.of("x0", "x1", "x2"));
        assertEquals(0.3139, share(fanova, "x0"), 0.03);
        assertEquals(0.4424, share(fanova, "x1"), 0.13);
        assertEquals(0, share(fanova, "x2"), 0.02);
        assertEquals(0, share(fanova, "x0", "x1"), 0.02);
        assertEquals(0.2437, share(fanova, "x0", "x2"), 0.02);
        assertEquals(0, share(fanova, "x1", "x2"), 0.06);
    }

    /**
     * Two lists of numbers and one of names, and every tree: the sums over its leaves are those over all 60 settings.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sumsOverLeavesAreThoseOverAllCombinations(long seed) {
        var variables = List.of(new Variable(5, true), new Variable(3, false), new Variable(4, true));
        var random = new SplittableRandom(seed);
        var x = new double[40][];
        Arrays.setAll(x, _ ->
                new double[] {(random.nextInt(5) + 0.5) / 5, random.nextInt(3), (random.nextInt(4) + 0.5) / 4});
        var y = random.doubles(40).toArray();
        for (var tree : RegressionForest.grow(variables, x, y, 10, seed).trees()) {
            var all = new ArrayList<double[]>();
            for (int a = 0; a < 5; a++) {
                for (int b = 0; b < 3; b++) {
                    for (int c = 0; c < 4; c++) {
                        all.add(new double[] {(a + 0.5) / 5, b, (c + 0.5) / 4});
                    }
                }
            }
            var f = all.stream().mapToDouble(point -> tree.at(point, variables)).toArray();
            double variance = variance(all, f);
            var shares = TreeVariance.of(tree.leaves(), variables).shares();
            int place = 0;
            for (int i = 0; i < 3; i++) {
                for (int j = i; j < 3; j++) {
                    double of = i == j
                            ? variance(all, f, i)
                            : variance(all, f, i, j) - variance(all, f, i) - variance(all, f, j);
                    assertEquals(of / variance, shares[place++], 1e-12, i + ", " + j);
                }
            }
        }
    }

    /** Of the mean over everything but these variables; of f itself without any named. */
    private static double variance(List<double[]> all, double[] f, int... variables) {
        double mean = Arrays.stream(f).average().orElseThrow();
        double squares = 0;
        for (int i = 0; i < f.length; i++) {
            var point = all.get(i);
            double here = variables.length == 0
                    ? f[i]
                    : IntStream.range(0, f.length)
                            .filter(k -> Arrays.stream(variables).allMatch(v -> all.get(k)[v] == point[v]))
                            .mapToDouble(k -> f[k])
                            .average()
                            .orElseThrow();
            squares += (here - mean) * (here - mean);
        }
        return squares / f.length;
    }

    @Test
    void whatOnlyTwoNamesTogetherDecideIsOfTheirPair() {
        var random = new SplittableRandom(3);
        var norm = StringColumn.create("norm");
        var activation = StringColumn.create("activation");
        var loss = DoubleColumn.create("loss");
        for (int i = 0; i < 200; i++) {
            norm.append(random.nextBoolean() ? "rms" : "layer");
            activation.append(random.nextBoolean() ? "silu" : "gelu");
            loss.append(norm.get(i).equals("rms") == activation.get(i).equals("silu") ? 1 : 2);
        }
        var fanova = Fanova.of(Table.create(norm, activation, loss), "loss", List.of("norm", "activation"));
        assertEquals(0, share(fanova, "norm"), 0.01);
        assertEquals(1, share(fanova, "norm", "activation"), 0.02);
    }

    /** A half of all learning rates from 1e-5 to 1e-1 lies below 1e-3, on the scale on which they are tried. */
    @Test
    void settingsOverDecadesAreLogarithmic() {
        var trials = drawn(300, 2, 0, 1, x -> (x[0] < 0.5 ? 1 : 0) + x[1]);
        var rate = DoubleColumn.create(
                "rate", trials.doubleColumn("x0").asList().stream().mapToDouble(x -> Math.pow(10, 4 * x - 5)));
        var fanova = Fanova.of(trials.addColumns(rate), "f", List.of("rate", "x1"));
        assertEquals(0.75, share(fanova, "rate"), 0.02, "variances 1/4 and 1/12");
    }

    /** Forty trials that Optuna 5's evaluator was given: src/test/resources/trivium/measure/README.md. */
    @Test
    void mainEffectsAreThoseOfOptuna() throws Exception {
        var folder = Path.of("src/test/resources/trivium/measure");
        var trials = Table.read().csv(folder.resolve("fanova-trials.csv").toFile());
        var optuna = Table.read().csv(folder.resolve("fanova-optuna.csv").toFile());
        var fanova = Fanova.of(trials, "value", List.of("log_rate", "depth", "dropout"));
        for (int row = 0; row < optuna.rowCount(); row++) {
            var setting = optuna.stringColumn("setting").get(row);
            assertEquals(optuna.doubleColumn("share").get(row), share(fanova, setting), 0.03, setting);
        }
    }

    /** The spread of the shares over 30 samples of 40 trials, and what each sample says of it. */
    @Test
    void theStandardErrorIsHowFarSharesLieApart() {
        var random = new SplittableRandom(2);
        var shares = new double[30];
        double error = 0;
        for (int i = 0; i < shares.length; i++) {
            var trials = drawn(40, 2, 0, 1, random.nextLong(), x -> 2 * x[0] + x[1] + 0.3 * random.nextGaussian());
            var effect = Fanova.of(trials, "f", List.of("x0", "x1")).effect("x0");
            shares[i] = effect.share();
            error += effect.standardError() / shares.length;
        }
        double spread = Summary.of(shares).standardDeviation();
        assertTrue(error > 0.5 * spread && error < 1.5 * spread, error + " and " + spread);
    }

    @Test
    void aColumnThatIsNotThereIsNamed() {
        var trials = drawn(20, 2, 0, 1, x -> x[0]);
        var error = assertThrows(IllegalArgumentException.class, () -> Fanova.of(trials, "f", List.of("depth")));
        assertEquals("the table has no column \"depth\"; it has [x0, x1, f]", error.getMessage());
        assertTrue(
                Fanova.of(drawn(20, 2, 0, 1, _ -> 1), "f", List.of("x0"))
                        .effects()
                        .isEmpty(),
                "all are alike");
    }

    @Test
    void valuesThatDifferInTheirLastBitAreToldApart() {
        double[] x = {0, 0.25, 0.5, Math.nextUp(0.5), 0.75, 1}; // of neighbours the mean is one of them
        var table = Table.create("trials", DoubleColumn.create("x0", x), DoubleColumn.create("f", 0, 1, 5, 2, 8, 3));
        assertEquals(1, share(Fanova.of(table, "f", List.of("x0")), "x0"), 1e-12);
    }
}
