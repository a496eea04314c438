package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.run.Metric;

/**
 * How much each setting alone explains of a result: the first order of a functional analysis of variance (Hutter, Hoos
 * and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", 2014), on the trials themselves.
 *
 * <p>Trials are grouped by the setting's value where two of them share one on average, otherwise into up to eight
 * intervals of equally many trials. The share is Kelley's ε² (1935): the variance between groups, less what that many
 * groups show by chance, of the variance of all; never below 0.
 */
final class Importance {

    /** The name of the share that no setting explains alone. */
    static final String REST = "together, or by chance";

    private static final int MOST_GROUPS = 8;

    private Importance() {}

    static Figure of(Table trials, String value, List<String> hyperparameters) {
        if (!trials.isEmpty()) {
            Points.requireColumns(trials, hyperparameters);
        }
        var title = "What decides the " + Metric.of(value).label();
        var shares = shares(trials, value, hyperparameters);
        var names = shares.stream().map(Map.Entry::getKey).toList();
        var amounts = shares.stream().mapToDouble(Map.Entry::getValue).toArray();
        if (!shares.isEmpty() && !names.getFirst().equals(REST) && amounts[0] > 0.1) {
            title += ": first of all the " + Labels.of(names.getFirst());
        }
        var labels = names.stream().map(Labels::of).toList();
        return Bars.shares(title, "share of the variance (%)", labels, amounts, List.of("hyperparameter", "share"));
    }

    /** The settings with the largest share first, then {@link #REST}; nothing where all trials are alike. */
    static List<Map.Entry<String, Double>> shares(Table trials, String value, List<String> hyperparameters) {
        if (!Points.isNumeric(trials, value)) {
            return List.of();
        }
        var rows = IntStream.range(0, trials.rowCount())
                .filter(row -> Double.isFinite(trials.numberColumn(value).getDouble(row)))
                .toArray();
        var values = Arrays.stream(rows)
                .mapToDouble(row -> trials.numberColumn(value).getDouble(row))
                .toArray();
        if (Arrays.stream(values).distinct().count() < 2) {
            return List.of();
        }
        var shares = new ArrayList<Map.Entry<String, Double>>();
        for (var hyperparameter : hyperparameters) {
            shares.add(Map.entry(hyperparameter, share(values, groups(trials, hyperparameter, rows))));
        }
        shares.sort(Map.Entry.<String, Double>comparingByValue().reversed());
        double rest = 1 - shares.stream().mapToDouble(Map.Entry::getValue).sum();
        shares.add(Map.entry(REST, Math.max(0, rest)));
        return shares;
    }

    private static double share(double[] values, int[] groups) {
        int n = values.length;
        double mean = Arrays.stream(values).average().orElseThrow();
        var sums = new HashMap<Integer, double[]>(); // of a group: how many, their sum
        double all = 0;
        for (int i = 0; i < n; i++) {
            var sum = sums.computeIfAbsent(groups[i], _ -> new double[2]);
            sum[0]++;
            sum[1] += values[i];
            all += (values[i] - mean) * (values[i] - mean);
        }
        double between = sums.values().stream()
                .mapToDouble(sum -> sum[0] * Math.pow(sum[1] / sum[0] - mean, 2))
                .sum();
        int count = sums.size();
        if (count == n) {
            return 0; // no two trials alike: nothing says what is chance
        }
        double chance = (count - 1) * (all - between) / (n - count);
        return Math.clamp((between - chance) / all, 0, 1);
    }

    /** The group of each row: by value, or by rank where a number has too many values. */
    private static int[] groups(Table trials, String hyperparameter, int[] rows) {
        var column = trials.column(hyperparameter);
        var distinct =
                Arrays.stream(rows).mapToObj(column::getString).distinct().toList();
        int most = Math.clamp((long) Math.sqrt(rows.length), 2, MOST_GROUPS);
        if (!(column instanceof NumericColumn<?> numbers) || 2 * distinct.size() <= rows.length) {
            return Arrays.stream(rows)
                    .map(row -> distinct.indexOf(column.getString(row)))
                    .toArray();
        }
        var order = IntStream.range(0, rows.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> numbers.getDouble(rows[i])))
                .toList();
        var groups = new int[rows.length];
        for (int rank = 0; rank < rows.length; rank++) {
            boolean tied = rank > 0
                    && numbers.getDouble(rows[order.get(rank)]) == numbers.getDouble(rows[order.get(rank - 1)]);
            groups[order.get(rank)] = tied ? groups[order.get(rank - 1)] : rank * most / rows.length;
        }
        return groups;
    }
}
