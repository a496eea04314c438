package trivium.figure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * A table of trials seen as a grid: one cell for each pair of settings.
 *
 * @param x labels of the columns, from left to right
 * @param y labels of the rows, from bottom to top
 * @param cells by column, then row: the mean over the trials that fall there, NaN where none did
 */
record Grid(List<String> x, List<String> y, double[][] cells) {

    static Grid of(Table table, String x, String y, String value) {
        Points.requireColumns(table, List.of(x, y, value));
        var xs = positions(table, x);
        var ys = positions(table, y);
        var sums = new double[xs.size()][ys.size()];
        var counts = new int[xs.size()][ys.size()];
        for (int row = 0; row < table.rowCount(); row++) {
            double cell = table.numberColumn(value).getDouble(row);
            if (Double.isFinite(cell)) {
                int i = List.copyOf(xs.keySet()).indexOf(key(table, x, row));
                int j = List.copyOf(ys.keySet()).indexOf(key(table, y, row));
                sums[i][j] += cell;
                counts[i][j]++;
            }
        }
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums[i].length; j++) {
                sums[i][j] /= counts[i][j]; // 0/0: NaN, a cell without trials
            }
        }
        return new Grid(List.copyOf(xs.values()), List.copyOf(ys.values()), sums);
    }

    /** All finite values, lowest first. */
    double[] sorted() {
        return Arrays.stream(cells)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
    }

    /** Each distinct setting with its label: numbers in order of size, text in order of appearance. */
    private static Map<Object, String> positions(Table table, String column) {
        Map<Object, String> labels =
                table.column(column) instanceof NumericColumn<?> ? new TreeMap<>() : new LinkedHashMap<>();
        for (int row = 0; row < table.rowCount(); row++) {
            var key = key(table, column, row);
            labels.put(key, key instanceof Double number ? Numbers.setting(number) : key.toString());
        }
        return labels;
    }

    private static Object key(Table table, String column, int row) {
        return table.column(column) instanceof NumericColumn<?> numbers
                ? numbers.getDouble(row)
                : table.getUnformatted(row, table.columnIndex(column));
    }
}
