package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TpeTest {

    private static final int SEEDS = 11;
    private static final int COUNT = 60;
    private static final Hyperparameter[] HYPERPARAMETERS = {
        Hyperparameter.logRange("rate", 1e-5, 1, 2),
        Hyperparameter.range("dropout", 0, 1, 2),
        Hyperparameter.values("norm", "layer", "rms", "none"),
        Hyperparameter.range("epsilon", 0, 1, 2).when("norm", "rms")
    };

    /** Nothing at rate 0.001, dropout 0.3, norm rms, epsilon 0.8, and more everywhere else. */
    private static double distance(Trial trial) {
        double loss = Math.pow(Math.log10(trial.real("rate")) + 3, 2) + 4 * Math.pow(trial.real("dropout") - 0.3, 2);
        return trial.text("norm").equals("rms") ? loss + Math.pow(trial.real("epsilon") - 0.8, 2) : loss + 1;
    }

    @Test
    void itComesMuchCloserToAKnownOptimumThanRandomSearch() {
        var learned = new double[SEEDS];
        var drawn = new double[SEEDS];
        int wins = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            learned[seed] =
                    best(Tpe.of(Goal.lowest("loss"), COUNT, HYPERPARAMETERS).seed(seed), 1);
            drawn[seed] = best(Searches.random(COUNT, seed, HYPERPARAMETERS), 1);
            wins += learned[seed] < drawn[seed] ? 1 : 0;
        }
        var figures = "TPE " + Arrays.toString(learned) + ", random " + Arrays.toString(drawn);
        assertTrue(wins >= 9, figures);
        assertTrue(median(learned) < median(drawn) / 3, figures);
    }

    @Test
    void theHighestIsFoundAsTheLowestIs() {
        double up = best(Tpe.of(Goal.highest("loss"), COUNT, HYPERPARAMETERS), -1);
        assertEquals(best(Tpe.of(Goal.lowest("loss"), COUNT, HYPERPARAMETERS), 1), up);
    }

    private static double best(Search search, double sign) {
        var result = Sweep.of(search).measure(trial -> Map.of("loss", sign * distance(trial)));
        return sign
                * (sign > 0 ? result.lowest("loss") : result.highest("loss"))
                        .metrics()
                        .get("loss");
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    @Test
    void itAvoidsWhereTrialsDiverge() {
        var result = Sweep.of(Tpe.of(Goal.lowest("loss"), 90, Hyperparameter.logRange("rate", 1e-4, 1, 2)))
                .measure(trial -> Map.of(
                        "loss", trial.real("rate") > 0.01 ? Double.NaN : Math.abs(Math.log10(trial.real("rate")) + 3)));
        long early = diverged(result, 0, 10);
        long late = diverged(result, 50, 90);
        assertTrue(early >= 3, "half the range diverges: " + early + " of the first 10");
        assertTrue(late <= 4, late + " of the last 40 diverged");
    }

    private static long diverged(SweepResult result, int from, int to) {
        return result.trials().subList(from, to).stream()
                .filter(trial -> trial.outcome().text().startsWith("diverged"))
                .count();
    }

    /** The midpoint rule knows nothing of the error function; draws know nothing of the density. */
    @Test
    void aDensityIsOneInAllAndDrawsFollowIt() {
        var space = Space.of(
                Hyperparameter.range("x", 0, 1, 2),
                Hyperparameter.values("norm", "layer", "rms"),
                Hyperparameter.range("epsilon", 0, 1, 2).when("norm", "rms"));
        var density = Mixture.around(
                space,
                List.of(
                        Map.of("x", 0.02, "norm", "rms", "epsilon", 0.9),
                        Map.of("x", 0.1, "norm", "layer"),
                        Map.of("x", 0.11, "norm", "rms", "epsilon", 0.3),
                        Map.of("x", 0.7, "norm", "rms", "epsilon", 0.6)));
        int cells = 400;
        double all = 0;
        double lower = 0;
        for (int i = 0; i < cells; i++) {
            double x = (i + 0.5) / cells;
            all += Math.exp(density.log(Map.of("x", x, "norm", "layer"))) / cells;
            for (int j = 0; j < cells; j++) {
                double epsilon = (j + 0.5) / cells;
                double here = Math.exp(density.log(Map.of("x", x, "norm", "rms", "epsilon", epsilon))) / cells / cells;
                all += here;
                lower += x < 0.2 && epsilon > 0.5 ? here : 0;
            }
        }
        assertEquals(1, all, 1e-4);
        var random = new SplittableRandom(1);
        int draws = 20_000;
        int there = 0;
        for (int i = 0; i < draws; i++) {
            var setting = density.draw(random);
            boolean near = (double) setting.get("x") < 0.2;
            there += near && setting.get("epsilon") instanceof Double epsilon && epsilon > 0.5 ? 1 : 0;
        }
        assertEquals(lower, (double) there / draws, 0.01);
    }

    @Test
    void theNormalDistributionIsThatOfTheTables() {
        assertEquals(0.5, Kernel.Gaussians.cumulative(0), 1e-15);
        assertEquals(0.9750021048517795, Kernel.Gaussians.cumulative(1.96), 1e-15);
        assertEquals(0.15865525393145707, Kernel.Gaussians.cumulative(-1), 1e-15);
        assertEquals(0.9986501019683699, Kernel.Gaussians.cumulative(3), 1e-15);
    }
}
