package trivium.figure;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Points of a scatter plot without those that lie beside others of their colour: so many are neither seen nor drawn in
 * time.
 *
 * @param drawn of each colour what is left, in the order in which it was
 * @param cell pixels each way within which one point stands for the others; 0 where none was left out
 */
record Thinning(List<Points> drawn, int cell) {

    /** Marks that are drawn in about a tenth of a second. */
    private static final int MOST = 10_000;

    /** Pixels between the axes of a figure on a page, about. */
    private static final int WIDTH = 640;

    private static final int HEIGHT = 280;

    /** The finest cells: a marker is seven pixels wide and covers them. */
    private static final int FINEST = 4;

    /** All of them if they are few, else the points of the finest cells that leave few enough. */
    static Thinning of(List<Points> colors, Axis axis) {
        if (colors.stream().mapToInt(Points::size).sum() <= MOST) {
            return new Thinning(colors, 0);
        }
        var across = Scale.of(colors.stream().map(Points::x), axis.logarithmic());
        var up = Scale.of(colors.stream().map(Points::y), axis.logarithmicValues());
        for (int cell = FINEST; ; ) {
            int columns = Math.max(1, WIDTH / cell);
            int rows = Math.max(1, HEIGHT / cell);
            var drawn = colors.stream()
                    .map(points -> thin(points, across, up, columns, rows))
                    .toList();
            int count = drawn.stream().mapToInt(Points::size).sum();
            if (count <= MOST || columns == 1) {
                return new Thinning(drawn, cell);
            }
            // twice as large each way, cells are a quarter as many
            cell = Math.max(cell + 1, (int) (cell * Math.sqrt((double) count / MOST)));
        }
    }

    /**
     * The first point of each cell, the lowest and the highest of each column of cells, and the leftmost and the
     * rightmost of each row of them.
     */
    private static Points thin(Points points, Scale across, Scale up, int columns, int rows) {
        var kept = new BitSet(points.size());
        var seen = new BitSet(columns * rows);
        var ends = new Ends[] {new Ends(columns), new Ends(rows)};
        for (int i = 0; i < points.size(); i++) {
            int column = across.cell(points.x()[i], columns);
            int row = up.cell(points.y()[i], rows);
            int cell = row * columns + column;
            if (!seen.get(cell)) {
                seen.set(cell);
                kept.set(i);
            }
            ends[0].add(column, i, points.y());
            ends[1].add(row, i, points.x());
        }
        for (var each : ends) {
            each.least().filter(i -> i >= 0).forEach(kept::set);
            each.greatest().filter(i -> i >= 0).forEach(kept::set);
        }
        return points.pick(kept.stream().toArray());
    }

    /** Of each row or column the indices of the least and the greatest value; −1 where there is none. */
    private record Ends(int[] low, int[] high) {

        Ends(int count) {
            this(new int[count], new int[count]);
            Arrays.fill(low, -1);
            Arrays.fill(high, -1);
        }

        void add(int at, int i, double[] values) {
            low[at] = low[at] < 0 || values[i] < values[low[at]] ? i : low[at];
            high[at] = high[at] < 0 || values[i] > values[high[at]] ? i : high[at];
        }

        IntStream least() {
            return Arrays.stream(low);
        }

        IntStream greatest() {
            return Arrays.stream(high);
        }
    }

    /** From a value to its share of an axis that ends with the data. */
    private record Scale(DoubleUnaryOperator place, double low, double high) {

        static Scale of(Stream<double[]> values, boolean logarithmic) {
            DoubleUnaryOperator place = logarithmic ? Math::log : DoubleUnaryOperator.identity();
            var all = values.flatMapToDouble(DoubleStream::of).summaryStatistics();
            return new Scale(place, place.applyAsDouble(all.getMin()), place.applyAsDouble(all.getMax()));
        }

        int cell(double value, int count) {
            double share = high > low ? (place.applyAsDouble(value) - low) / (high - low) : 0;
            return Math.clamp((long) (share * count), 0, count - 1);
        }
    }
}
