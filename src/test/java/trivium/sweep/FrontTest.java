package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.run.Status;

class FrontTest {

    /** Peels one front after the other off, each found by comparing every pair goal by goal. */
    private static int[] peeled(List<double[]> costs) {
        int[] ranks = new int[costs.size()];
        var left = new HashSet<>(IntStream.range(0, ranks.length).boxed().toList());
        for (int rank = 0; !left.isEmpty(); rank++) {
            var front = new ArrayList<Integer>();
            for (int row : left) {
                boolean free = left.stream().noneMatch(other -> {
                    double[] theirs = costs.get(other);
                    double[] mine = costs.get(row);
                    return IntStream.range(0, mine.length).allMatch(goal -> theirs[goal] <= mine[goal])
                            && IntStream.range(0, mine.length).anyMatch(goal -> theirs[goal] != mine[goal]);
                });
                if (free) {
                    front.add(row);
                }
            }
            for (int row : front) {
                ranks[row] = rank;
            }
            front.forEach(left::remove);
        }
        return ranks;
    }

    @Test
    void ranksAreThoseOfPeelingFrontAfterFrontOffByBruteForce() {
        var random = new SplittableRandom(5);
        for (int round = 0; round < 200; round++) {
            int goals = 1 + random.nextInt(4);
            int few = 2 + random.nextInt(12); // so that values are equal now and then
            var costs = IntStream.range(0, random.nextInt(40))
                    .mapToObj(_ -> random.ints(goals, 0, few).asDoubleStream().toArray())
                    .toList();
            assertEquals(
                    IntStream.of(peeled(costs)).boxed().toList(),
                    IntStream.of(Front.ranks(costs)).boxed().toList());
        }
    }

    /** Reward x² at a price of x: every x from 0 to 1 is a bargain of its own, and waste makes it dearer only. */
    @Test
    void theFrontOfASweepHasTheTrialsThatWasteNothing() {
        var goals = new Goal[] {Goal.highest("reward"), Goal.lowest("kl")};
        var result = Sweep.grid(
                        Hyperparameter.values("x", 0.25, 0.5, 1.0), Hyperparameter.values("waste", 0.0, 0.125, 0.25))
                .goal(goals)
                .measure(trial -> {
                    double x = trial.real("x");
                    if (x == 1 && trial.real("waste") == 0) {
                        throw new IllegalStateException("no luck");
                    }
                    return Map.of("reward", x * x, "kl", x + trial.real("waste"));
                });
        var front = result.front();
        assertEquals(List.of(1.0, 0.5, 0.25), front.doubleColumn("x").asList());
        assertEquals(List.of(0.125, 0.0, 0.0), front.doubleColumn("waste").asList());
        assertEquals(7, result.best().trial().number(), "by the first goal");
        assertEquals(
                List.of(7, 3, 0, 8, 4, 1, 5, 2, 6),
                result.ranked().trials().stream()
                        .map(each -> each.trial().number())
                        .toList(),
                "front by front, and the one that failed at the end");
    }

    @Test
    void aFrontThatCannotBeSaysWhatIsMissing() {
        var none = new SweepResult(List.of(), new Status.Finished());
        var noGoal = assertThrows(IllegalArgumentException.class, none::front);
        assertTrue(noGoal.getMessage().contains("the sweep has no goal"), noGoal.getMessage());
        var result = Sweep.grid(Hyperparameter.values("x", 1)).measure(trial -> Map.of("loss", 1.0));
        var unmeasured = assertThrows(
                IllegalArgumentException.class, () -> result.front(Goal.lowest("loss"), Goal.lowest("kl")));
        assertEquals(
                "no finished trial has a value of each of [lowest loss, lowest kl]; there are [loss]",
                unmeasured.getMessage());
    }
}
