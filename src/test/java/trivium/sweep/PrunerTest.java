package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrunerTest {

    /** Sixty studies of fourteen trials, stopped where Optuna stopped them. */
    @Test
    void trialsAreStoppedWhereOptunaStopsThem() throws IOException {
        try (var in = PrunerTest.class.getResourceAsStream("pruners.csv")) {
            var lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertEquals(60, lines.size());
            for (var line : lines) {
                var cells = line.split(",");
                var goal = new Goal("loss", cells[0].equals("minimize"));
                boolean wilcoxon = cells[1].equals("wilcoxon");
                Pruner pruner = wilcoxon
                        ? new WilcoxonPruner(goal, Double.parseDouble(cells[2]), Integer.parseInt(cells[3]))
                        : new PercentilePruner(
                                goal,
                                Double.parseDouble(cells[1]),
                                Long.parseLong(cells[2]),
                                Long.parseLong(cells[3]),
                                Integer.parseInt(cells[4]));
                var trials = Arrays.stream(cells)
                        .skip(5)
                        .map(cell -> Stream.of(cell.split(" "))
                                .mapToDouble(Double::parseDouble)
                                .toArray())
                        .toList();
                assertEquals(
                        trials.stream().map(trial -> (int) trial[0]).toList(), stops(pruner, trials, wilcoxon), line);
            }
        }
    }

    /** The steps after which the trials were stopped, 0 for those that were not. */
    private static List<Integer> stops(Pruner pruner, List<double[]> trials, boolean mean) {
        var stops = new ArrayList<Integer>();
        Sweep.grid(Hyperparameter.integers("i", 0, trials.size() - 1))
                .prune(pruner)
                .measure(trial -> {
                    double[] told = trials.get(trial.integer("i"));
                    int step = 0;
                    while (step < told.length - 1 && trial.progress().stop().isEmpty()) {
                        step++;
                        trial.progress().step(step, Map.of("loss", told[step]));
                    }
                    stops.add(trial.progress().stop().isEmpty() ? 0 : step);
                    double result =
                            mean ? DoubleStream.of(told).skip(1).average().orElseThrow() : told[told.length - 1];
                    return Map.of("loss", result);
                });
        return stops;
    }

    /** One instance a hundred better and eight a little worse: the signed ranks have p 0.064, the mean is better. */
    @Test
    void aTrialWhoseMeanIsBetterIsNotStoppedBySignedRanks() {
        double[] best = new double[10];
        double[] mixed = {0, -100, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
        double[] worse = {0, -0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
        var pruner = WilcoxonPruner.of(Goal.lowest("loss")).startup(9);
        assertEquals(List.of(0, 0), stops(pruner, List.of(best, mixed), true));
        assertEquals(List.of(0, 9), stops(pruner, List.of(best, worse), true));
    }

    /** Li et al. 2018, table 1: R 81, eta 3, with the numbers of settings of their algorithm 1. */
    @Test
    void hyperbandsBracketsAreThoseOfTheirPaper() {
        var hyperband = Hyperband.of(Goal.lowest("loss"), 1, 81);
        assertEquals(List.of(81, 34, 15, 8, 5), hyperband.brackets());
        int[] begins = {0, 81, 115, 130, 138, 143}; // where a bracket begins; behind the last one the first again
        long[][] steps = {{1, 3, 9, 27, 81}, {3, 9, 27, 81}, {9, 27, 81}, {27, 81}, {81}, {1, 3, 9, 27, 81}};
        for (int place = 0; place < begins.length; place++) {
            int trial = begins[place];
            assertEquals(4 - place % 5, hyperband.bracket(trial));
            long[] mine = steps[place];
            assertEquals(
                    Arrays.stream(mine).boxed().toList(),
                    IntStream.range(0, mine.length)
                            .mapToObj(rung -> hyperband.step(trial, rung))
                            .toList());
        }
        assertEquals(4, hyperband.bracket(80));
        assertEquals(List.of(1), Hyperband.of(Goal.lowest("loss"), 50, 149).brackets(), "no room for a rung");
        assertThrows(IllegalArgumentException.class, () -> Hyperband.of(Goal.lowest("loss"), 10, 9));
    }

    /**
     * R 4, eta 2: trials 0 to 3 are of bracket 2 with rungs at 1 and 2, trials 4 to 6 of bracket 1 with a rung at 2, 7
     * to 9 of bracket 0, and 10 begins anew. Every loss is worse than the ones before, so all but the first of each
     * bracket are stopped at the first rung where two or more came before, however bad other brackets are.
     */
    @Test
    void hyperbandComparesWithinABracket() {
        var hyperband = Hyperband.of(Goal.lowest("loss"), 1, 4).eta(2);
        assertEquals(List.of(4, 3, 3), hyperband.brackets());
        var trials = IntStream.range(0, 12)
                .mapToObj(i -> {
                    double[] told = {0, i, i, i, i};
                    return told;
                })
                .toList();
        assertEquals(List.of(0, 1, 1, 1, 0, 2, 2, 0, 0, 0, 1, 1), toEnd(hyperband, trials, 4));
    }

    private static List<Integer> toEnd(Pruner pruner, List<double[]> trials, int steps) {
        var stops = new ArrayList<Integer>();
        Sweep.grid(Hyperparameter.integers("i", 0, trials.size() - 1))
                .prune(pruner)
                .measure(trial -> {
                    trial.progress().start("test", steps);
                    int step = 0;
                    double[] told = trials.get(trial.integer("i"));
                    while (step < steps && trial.progress().stop().isEmpty()) {
                        step++;
                        trial.progress().step(step, Map.of("loss", told[step]));
                    }
                    stops.add(trial.progress().stop().isEmpty() ? 0 : step);
                    return Map.of("loss", told[1]);
                });
        return stops;
    }
}
