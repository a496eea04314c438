package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Who is dominated by whom where there are several costs. A row dominates another if none of its costs is higher and
 * one is lower (Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Transactions on
 * Evolutionary Computation 6, 2002, section III.A).
 */
public final class Front {

    private Front() {}

    /**
     * The order of rows with these metrics, best first: by the goal where there is one, by their {@link #ranks} and
     * then by the first goal where there are several. A row that lacks a goal's metric comes behind all that have it;
     * of equals the earlier comes first.
     *
     * @param goals one at least
     * @return indices of {@code rows}
     */
    public static List<Integer> order(List<Goal> goals, List<Map<String, Double>> rows) {
        var costs = rows.stream().map(metrics -> costs(goals, metrics)).toList();
        int[] ranks = goals.size() == 1 ? new int[rows.size()] : ranks(costs);
        return IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparing((Integer row) -> !isComplete(costs.get(row)))
                        .thenComparingInt(row -> ranks[row])
                        .thenComparingDouble(row -> costs.get(row)[0]))
                .toList();
    }

    /** The cost of metrics by each goal; infinite where one is missing. */
    static double[] costs(List<Goal> goals, Map<String, Double> metrics) {
        return goals.stream()
                .mapToDouble(goal -> goal.cost(metrics.get(goal.metric())))
                .toArray();
    }

    static boolean isComplete(double[] costs) {
        return DoubleStream.of(costs).allMatch(Double::isFinite);
    }

    /** Whether the first dominates the second. */
    static boolean dominates(double[] costs, double[] other) {
        boolean lower = false;
        for (int goal = 0; goal < costs.length; goal++) {
            if (costs[goal] > other[goal]) {
                return false;
            }
            lower |= costs[goal] < other[goal];
        }
        return lower;
    }

    /**
     * The front of each row, by their non-dominated sorting: 0 for those that no other dominates, 1 for those that only
     * rows of front 0 dominate, and so on.
     *
     * @param costs (rows, goals), no NaN
     */
    static int[] ranks(List<double[]> costs) {
        var dominated = new ArrayList<List<Integer>>(); // by each row
        int[] dominators = new int[costs.size()];
        for (var mine : costs) {
            var below = new ArrayList<Integer>();
            for (int other = 0; other < costs.size(); other++) {
                if (dominates(mine, costs.get(other))) {
                    below.add(other);
                    dominators[other]++;
                }
            }
            dominated.add(below);
        }
        int[] ranks = new int[costs.size()];
        var front = new ArrayList<Integer>();
        for (int row = 0; row < ranks.length; row++) {
            if (dominators[row] == 0) {
                front.add(row);
            }
        }
        for (int rank = 0; !front.isEmpty(); rank++) {
            var next = new ArrayList<Integer>();
            for (int row : front) {
                ranks[row] = rank;
                for (int below : dominated.get(row)) {
                    if (--dominators[below] == 0) {
                        next.add(below);
                    }
                }
            }
            front = next;
        }
        return ranks;
    }
}
