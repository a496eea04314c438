package trivium.figure;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;

/** A series that can be drawn: as many x as y, finite all of them. */
record Points(double[] x, double[] y) {

    /** Beyond it differences, sums and ratios of values, and the ends of axes, may be no finite numbers any more. */
    static final double LARGEST = 1e150;

    static final Points NONE = new Points(new double[0], new double[0]);

    /** What is drawable of two columns; nothing if one of them is not there. */
    static Points of(Table table, String x, String y) {
        if (!isNumeric(table, x) || !isNumeric(table, y)) {
            return NONE;
        }
        return of(table.numberColumn(x).asDoubleArray(), table.numberColumn(y).asDoubleArray());
    }

    /** What is drawable of two arrays of one length. */
    static Points of(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("a curve needs as many x as y, not " + x.length + " and " + y.length);
        }
        var finite = IntStream.range(0, x.length)
                .filter(i -> Double.isFinite(x[i]) && Double.isFinite(y[i]))
                .toArray();
        return new Points(pick(x, finite), pick(y, finite));
    }

    static boolean isNumeric(Table table, String column) {
        return table.containsColumn(column) && table.column(column) instanceof NumericColumn<?>;
    }

    /** The rows in which a column has a finite number; none where it holds no numbers. */
    static int[] finiteRows(Table table, String column) {
        if (!isNumeric(table, column)) {
            return new int[0];
        }
        var numbers = table.numberColumn(column);
        return IntStream.range(0, table.rowCount())
                .filter(row -> Double.isFinite(numbers.getDouble(row)))
                .toArray();
    }

    /** Refuses a table that lacks one of these columns. */
    static void requireColumns(Table table, List<String> columns) {
        for (var column : columns) {
            if (!table.containsColumn(column)) {
                throw new IllegalArgumentException(
                        "the table has no column \"" + column + "\"; it has " + table.columnNames());
            }
        }
    }

    int size() {
        return x.length;
    }

    boolean isEmpty() {
        return x.length == 0;
    }

    /** The last value, of at least one. */
    double last() {
        return y[y.length - 1];
    }

    /** The points that the scales of an axis can show. */
    Points shownOn(Axis axis) {
        var positive = IntStream.range(0, size())
                .filter(i -> (!axis.logarithmic() || x[i] > 0) && (!axis.logarithmicValues() || y[i] > 0))
                .toArray();
        return pick(positive);
    }

    /** The points that are not beyond {@link #LARGEST}, and on a logarithmic axis no nearer to 0 than its inverse. */
    Points within(boolean logarithmic, boolean logarithmicValues) {
        var held = IntStream.range(0, size())
                .filter(i -> isWithin(x[i], logarithmic) && isWithin(y[i], logarithmicValues))
                .toArray();
        return held.length == size() ? this : pick(held);
    }

    private static boolean isWithin(double value, boolean logarithmic) {
        return Math.abs(value) <= LARGEST && !(logarithmic && value > 0 && value < 1 / LARGEST);
    }

    /**
     * The mean over {@code window} points around each, without lag: a straight line stays where it is. Towards the
     * start, where training curves are steep, the window shrinks; the newest half window follows a least-squares line
     * through the last {@code window} points.
     */
    Points smooth(int window) {
        int half = Math.min(window / 2, (size() - 1) / 2);
        if (half < 1) {
            return this;
        }
        var sums = new double[size() + 1];
        for (int i = 0; i < size(); i++) {
            sums[i + 1] = sums[i] + y[i];
        }
        var smooth = new double[size()];
        int lastWhole = size() - 1 - half;
        for (int i = 0; i <= lastWhole; i++) {
            int reach = Math.min(half, i / 2);
            smooth[i] = (sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1);
        }
        double slope = slope(lastWhole, half);
        for (int i = lastWhole + 1; i < size(); i++) {
            smooth[i] = smooth[lastWhole] + slope * (i - lastWhole);
        }
        return new Points(x, smooth);
    }

    /** Of the least-squares line through {@code half} points on both sides of {@code middle}, per point. */
    private double slope(int middle, int half) {
        double above = 0;
        double below = 0;
        for (int d = -half; d <= half; d++) {
            above += d * y[middle + d];
            below += (double) d * d;
        }
        return above / below;
    }

    /**
     * The same curve with no more than two points to a pixel: the lowest and the highest that fall there. A curve that
     * goes back and forth stays as it is.
     *
     * @param pixels of the axis
     * @param scale from x to a place on the axis
     */
    Points thin(int pixels, DoubleUnaryOperator scale) {
        if (size() <= 2 * pixels || IntStream.range(1, size()).anyMatch(i -> x[i] < x[i - 1])) {
            return this;
        }
        double from = scale.applyAsDouble(x[0]);
        double width = (scale.applyAsDouble(x[size() - 1]) - from) / pixels;
        var kept = IntStream.builder();
        for (int start = 0; start < size(); ) {
            double pixel = Math.floor((scale.applyAsDouble(x[start]) - from) / width);
            int low = start;
            int high = start;
            int i = start;
            for (; i < size() && Math.floor((scale.applyAsDouble(x[i]) - from) / width) == pixel; i++) {
                low = y[i] < y[low] ? i : low;
                high = y[i] > y[high] ? i : high;
            }
            IntStream.of(Math.min(low, high), Math.max(low, high)).distinct().forEach(kept);
            start = i;
        }
        return pick(kept.build().toArray());
    }

    /** Those at these indices. */
    Points pick(int[] indices) {
        return new Points(pick(x, indices), pick(y, indices));
    }

    private static double[] pick(double[] values, int[] indices) {
        return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
    }
}
