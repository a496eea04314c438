package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;

/**
 * A table of trials seen as a grid: one cell for each pair of settings.
 *
 * @param x labels of the columns, from left to right
 * @param y labels of the rows, from bottom to top
 * @param cells by column, then row: the mean over the trials that fall there, NaN where none did
 * @param halves by column, then row: how far the mean's 95 % interval over seeds reaches to either side, NaN where
 *     nothing says so
 * @param said what the trials of a cell have in common, in a sentence
 */
record Grid(List<String> x, List<String> y, double[][] cells, double[][] halves, String said) {

    private static final String SEED = "seed";

    static Grid of(Table table, String x, String y, String value) {
        Points.requireColumns(table, List.of(x, y, value));
        var xs = positions(table, x);
        var ys = positions(table, y);
        var rows = rows(table, x, y, value);
        var cells = new double[xs.size()][ys.size()];
        var halves = new double[xs.size()][ys.size()];
        boolean averaged = table.columnNames().containsAll(List.of(value + "_low", value + "_high"));
        boolean single = rows.values().stream().allMatch(each -> each.size() == 1);
        boolean overSeeds = !single
                && Points.isNumeric(table, SEED)
                && rows.values().stream().allMatch(each -> differ(table, each));
        int i = 0;
        for (var left : xs.keySet()) {
            int j = 0;
            for (var up : ys.keySet()) {
                var here = rows.getOrDefault(List.of(left, up), List.of());
                cells[i][j] = mean(table, value, here);
                halves[i][j] = averaged && single
                        ? (mean(table, value + "_high", here) - mean(table, value + "_low", here)) / 2
                        : overSeeds ? half(table, value, here) : Double.NaN;
                j++;
            }
            i++;
        }
        var said = averaged && single
                ? FinishedTrials.seeds(table)
                : single
                        ? "One seed of each setting."
                        : overSeeds ? seeds(rows) : "Means over trials that differ in other settings.";
        return new Grid(List.copyOf(xs.values()), List.copyOf(ys.values()), cells, halves, said);
    }

    /** All finite values, lowest first. */
    double[] sorted() {
        return Arrays.stream(cells)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
    }

    private static String seeds(Map<List<Object>, List<Integer>> rows) {
        var counts = rows.values().stream().mapToInt(List::size).summaryStatistics();
        return FinishedTrials.means(counts.getMin(), counts.getMax());
    }

    /** The rows of each pair of settings that have a finite value. */
    private static Map<List<Object>, List<Integer>> rows(Table table, String x, String y, String value) {
        var rows = new LinkedHashMap<List<Object>, List<Integer>>();
        for (int row = 0; row < table.rowCount(); row++) {
            if (Double.isFinite(table.numberColumn(value).getDouble(row))) {
                rows.computeIfAbsent(List.of(key(table, x, row), key(table, y, row)), _ -> new ArrayList<>())
                        .add(row);
            }
        }
        return rows;
    }

    /** Whether no two rows have one seed: what differs in them then is the seed, and not another setting. */
    private static boolean differ(Table table, List<Integer> rows) {
        var seen = new HashSet<Double>();
        return rows.stream().allMatch(row -> seen.add(table.numberColumn(SEED).getDouble(row)));
    }

    private static double[] values(Table table, String column, List<Integer> rows) {
        var numbers = table.numberColumn(column);
        return rows.stream().mapToDouble(numbers::getDouble).toArray();
    }

    private static double mean(Table table, String column, List<Integer> rows) {
        return Arrays.stream(values(table, column, rows)).average().orElse(Double.NaN);
    }

    private static double half(Table table, String value, List<Integer> rows) {
        if (rows.size() < 2) {
            return Double.NaN;
        }
        var summary = Summary.of(values(table, value, rows));
        return summary.interval().high() - summary.mean();
    }

    /** Each distinct setting with its label: numbers in order of size, text in order of appearance. */
    private static Map<Object, String> positions(Table table, String column) {
        Map<Object, String> labels =
                table.column(column) instanceof NumericColumn<?> ? new TreeMap<>() : new LinkedHashMap<>();
        for (int row = 0; row < table.rowCount(); row++) {
            var key = key(table, column, row);
            labels.put(key, key.toString());
        }
        if (labels instanceof TreeMap) {
            double[] numbers =
                    labels.keySet().stream().mapToDouble(key -> (Double) key).toArray();
            var names = Coordinate.names(numbers).iterator();
            labels.replaceAll((_, _) -> names.next());
        }
        return labels;
    }

    private static Object key(Table table, String column, int row) {
        return table.column(column) instanceof NumericColumn<?> numbers
                ? numbers.getDouble(row)
                : table.getUnformatted(row, table.columnIndex(column));
    }
}
