package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.measure.LogScale;
import trivium.text.Numbers;

/**
 * Where trials stand along one setting: an axis of parallel coordinates, of a scatter plot or of a surface.
 *
 * @param label below it
 * @param places of the trials on it, 0 at the bottom to 1 at the top; NaN where a trial has no value
 * @param written the trials' values; empty where one has none
 * @param names at marks on the axis
 * @param marks where the names stand, 0 … 1
 * @param scale how values become places
 */
record Coordinate(
        String label, double[] places, List<String> written, List<String> names, double[] marks, Scale scale) {

    /** Values at equal distances, in proportion, or by their logarithms. */
    enum Scale {
        LISTED,
        LINEAR,
        LOGARITHMIC
    }

    private static final int MOST_NAMES = 8;

    /** Least distance between two marks, as a share of the axis. */
    private static final double APART = 0.1;

    /**
     * A few values stand at equal distances, numbers by size and text in the order of appearance. Many numbers stand
     * where they are, on a logarithmic scale where they suit one ({@link LogScale}), beside round marks.
     */
    static Coordinate of(Table table, String column, int[] rows) {
        Points.requireColumns(table, List.of(column));
        if (table.column(column) instanceof NumericColumn<?> numbers) {
            return of(
                    Labels.of(column),
                    Arrays.stream(rows).mapToDouble(numbers::getDouble).toArray());
        }
        var texts = Arrays.stream(rows)
                .mapToObj(row -> table.getUnformatted(row, table.columnIndex(column)))
                .toList();
        var distinct = texts.stream().distinct().toList();
        var places = texts.stream()
                .mapToDouble(text -> share(distinct.indexOf(text), distinct.size()))
                .toArray();
        return listed(Labels.of(column), places, texts, distinct);
    }

    private static Coordinate of(String label, double[] values) {
        var written = Arrays.stream(values)
                .mapToObj(value -> Double.isFinite(value) ? Numbers.setting(value) : "")
                .toList();
        var distinct = Arrays.stream(values)
                .filter(Double::isFinite)
                .sorted()
                .distinct()
                .toArray();
        if (distinct.length <= MOST_NAMES) {
            var places = Arrays.stream(values)
                    .map(value -> Double.isFinite(value)
                            ? share(Arrays.binarySearch(distinct, value), distinct.length)
                            : Double.NaN)
                    .toArray();
            return listed(label, places, written, names(distinct));
        }
        double low = distinct[0];
        double high = distinct[distinct.length - 1];
        boolean wide = LogScale.suits(values);
        var places = Arrays.stream(values)
                .map(value -> wide ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low))
                .toArray();
        var marks = new ArrayList<Double>();
        var named = new ArrayList<Double>();
        for (double tick : wide ? LogAxis.ticks(low, high) : LogAxis.even(low, high)) { // the roundest first
            double mark = wide ? Math.log(tick / low) / Math.log(high / low) : (tick - low) / (high - low);
            if (marks.stream().noneMatch(other -> Math.abs(other - mark) < APART)) {
                marks.add(mark);
                named.add(tick);
            }
        }
        return new Coordinate(
                label,
                places,
                written,
                named.stream()
                        .map(tick -> wide ? Numbers.setting(tick) : Numbers.tick(tick, Style.apart(low, high)))
                        .toList(),
                marks.stream().mapToDouble(mark -> mark).toArray(),
                wide ? Scale.LOGARITHMIC : Scale.LINEAR);
    }

    /** Different numbers in as few digits as tell them apart. */
    static List<String> names(double[] values) {
        var names = Arrays.stream(values).mapToObj(Numbers::setting).toList();
        return names.stream().distinct().count() == values.length
                ? names
                : Arrays.stream(values).mapToObj(Numbers::exact).toList();
    }

    private static Coordinate listed(String label, double[] places, List<String> written, List<String> names) {
        var marks = IntStream.range(0, names.size())
                .mapToDouble(i -> share(i, names.size()))
                .toArray();
        return new Coordinate(label, places, written, names, marks, Scale.LISTED);
    }

    boolean isListed() {
        return scale == Scale.LISTED;
    }

    boolean isLogarithmic() {
        return scale == Scale.LOGARITHMIC;
    }

    private static double share(int index, int count) {
        return count == 1 ? 0.5 : (double) index / (count - 1);
    }
}
