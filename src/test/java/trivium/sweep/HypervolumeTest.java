package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HypervolumeTest {

    /** Inclusion and exclusion: the volume of a union of boxes from the volumes of all their intersections. */
    private static double union(List<double[]> rows, double... reference) {
        double sum = 0;
        for (int set = 1; set < 1 << rows.size(); set++) {
            double box = 1;
            for (int goal = 0; goal < reference.length; goal++) {
                double worst = Double.NEGATIVE_INFINITY;
                for (int row = 0; row < rows.size(); row++) {
                    worst = (set >> row & 1) == 1 ? Math.max(worst, rows.get(row)[goal]) : worst;
                }
                box *= Math.max(0, reference[goal] - worst);
            }
            sum += Integer.bitCount(set) % 2 == 1 ? box : -box;
        }
        return sum;
    }

    @Test
    void volumesAreThoseOfInclusionAndExclusion() {
        var random = new SplittableRandom(8);
        for (int round = 0; round < 200; round++) {
            int goals = 1 + random.nextInt(4);
            var rows = IntStream.range(0, 1 + random.nextInt(8))
                    .mapToObj(_ -> random.ints(goals, 0, 10).asDoubleStream().toArray())
                    .toList();
            double[] reference = DoubleStream.generate(() -> 8).limit(goals).toArray();
            assertEquals(union(rows, reference), Hypervolume.of(rows, reference), 1e-9);
        }
    }

    @Test
    void theBestAreWholeFrontsAndThenWhatDominatesMost() {
        var costs = List.of(
                new double[] {9, 9},
                new double[] {0, 10},
                new double[] {10, 0},
                new double[] {4, 4},
                new double[] {Double.POSITIVE_INFINITY, 0},
                new double[] {9.5, 9.5});
        assertEquals(List.of(3), Hypervolume.best(costs, 1), "the middle alone dominates most");
        assertEquals(new HashSet<>(List.of(1, 2, 3)), new HashSet<>(Hypervolume.best(costs, 3)));
        assertEquals(List.of(0, 5, 4), Hypervolume.best(costs, 6).subList(3, 6), "what failed comes last");
    }

    /** Two bowls: bargains lie between their lowest points, x from 0.2 to 0.8 at y 0.5. */
    @Test
    void aSearchWithTwoGoalsFindsMoreOfTheFrontThanRandomSearch() {
        var goals = new Goal[] {Goal.lowest("a"), Goal.lowest("b")};
        var space = new Hyperparameter[] {Hyperparameter.range("x", 0, 1, 2), Hyperparameter.range("y", 0, 1, 2)};
        int wins = 0;
        for (int seed = 0; seed < 10; seed++) {
            double learned = volume(Sweep.of(Tpe.of(List.of(goals), 60, space).seed(seed)), goals);
            double drawn = volume(Sweep.of(Searches.random(60, seed, space)), goals);
            wins += learned > drawn ? 1 : 0;
        }
        assertTrue(wins >= 9, wins + " of 10");
    }

    private static double volume(Sweep sweep, Goal... goals) {
        var result = sweep.measure(trial -> {
            double off = Math.pow(trial.real("y") - 0.5, 2);
            return Map.of("a", Math.pow(trial.real("x") - 0.2, 2) + off, "b", Math.pow(trial.real("x") - 0.8, 2) + off);
        });
        return Hypervolume.of(
                result.onFront(goals).trials().stream()
                        .map(each -> Front.costs(List.of(goals), each.metrics()))
                        .toList(),
                0.5,
                0.5);
    }
}
