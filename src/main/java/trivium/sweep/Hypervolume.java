package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How much some settings dominate together, by their costs: the volume between them and a reference point. */
final class Hypervolume {

    /** How far the reference lies beyond the worst of each cost, as a share of its spread. */
    private static final double BEYOND = 0.1;

    private Hypervolume() {}

    /**
     * The volume of all points that some row dominates and that dominate the reference, slice by slice of the last cost
     * (While, Hingston, Barone and Huband, "A Faster Algorithm for Calculating Hypervolume", IEEE Transactions on
     * Evolutionary Computation 10, 2006, section II.A).
     *
     * @param costs (rows, goals); costs above the reference's count for nothing
     * @param reference (goals)
     */
    static double of(List<double[]> costs, double... reference) {
        return of(costs, reference, reference.length);
    }

    private static double of(List<double[]> costs, double[] reference, int goals) {
        int last = goals - 1;
        if (goals == 1) {
            return costs.stream()
                    .mapToDouble(row -> Math.max(0, reference[0] - row[0]))
                    .max()
                    .orElse(0);
        }
        var sorted = costs.stream()
                .filter(row -> row[last] < reference[last])
                .sorted(Comparator.comparingDouble(row -> row[last]))
                .toList();
        double volume = 0;
        for (int i = 0; i < sorted.size(); i++) {
            double next = i + 1 < sorted.size() ? sorted.get(i + 1)[last] : reference[last];
            double thick = next - sorted.get(i)[last];
            volume += thick == 0 ? 0 : thick * of(sorted.subList(0, i + 1), reference, last);
        }
        return volume;
    }

    /**
     * So many of the rows: front after front, and of the front that does not fit in whole, one after the other, the row
     * that adds most to the volume of those taken from that front before. Rows with infinite costs come last.
     */
    static List<Integer> best(List<double[]> costs, int count) {
        var chosen = new ArrayList<Integer>();
        var complete = IntStream.range(0, costs.size())
                .filter(row -> Front.isComplete(costs.get(row)))
                .boxed()
                .toList();
        int[] ranks = Front.ranks(complete.stream().map(costs::get).toList());
        for (int rank = 0; chosen.size() < Math.min(count, complete.size()); rank++) {
            int here = rank;
            var front = new ArrayList<>(IntStream.range(0, ranks.length)
                    .filter(i -> ranks[i] == here)
                    .mapToObj(complete::get)
                    .toList());
            chosen.addAll(chosen.size() + front.size() <= count ? front : most(costs, front, count - chosen.size()));
        }
        IntStream.range(0, costs.size())
                .filter(row -> !complete.contains(row))
                .limit(count - chosen.size())
                .forEach(chosen::add);
        return chosen;
    }

    private static List<Integer> most(List<double[]> costs, List<Integer> front, int count) {
        int goals = costs.get(front.getFirst()).length;
        double[] reference = new double[goals];
        for (int goal = 0; goal < goals; goal++) {
            int by = goal;
            var spread = front.stream().mapToDouble(row -> costs.get(row)[by]).summaryStatistics();
            double width = spread.getMax() - spread.getMin();
            reference[goal] = spread.getMax() + (width == 0 ? 1 : BEYOND * width);
        }
        var left = new ArrayList<>(front);
        var taken = new ArrayList<Integer>();
        while (taken.size() < count) {
            Integer most = left.stream()
                    .max(Comparator.comparingDouble(row -> {
                        var with =
                                new ArrayList<>(taken.stream().map(costs::get).toList());
                        with.add(costs.get(row));
                        return of(with, reference);
                    }))
                    .orElseThrow();
            taken.add(most);
            left.remove(most);
        }
        return taken;
    }
}
