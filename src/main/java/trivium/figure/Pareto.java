package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.Table;
import trivium.measure.LogScale;
import trivium.run.Metric;
import trivium.text.Numbers;

/** Draws trials between two goals, and those of them that no other trial beats. */
final class Pareto {

    private static final SeriesStyle TRIALS = Style.series(0).points().in(Style.pale(Style.BLUE));
    private static final SeriesStyle FRONT = Style.series(1).with(Style.stroke(2));

    /** A column of results, and which of them are good. */
    record Goal(String column, Best best) {

        /** Less is better. */
        double cost(double value) {
            return best == Best.LOWEST ? value : -value;
        }

        private String arrow() {
            return Labels.of(column) + (best == Best.LOWEST ? ", less is better" : ", more is better");
        }
    }

    private Pareto() {}

    static Figure of(Table trials, Goal across, Goal up) {
        return Extremes.leftOut(trials, List.of(across.column(), up.column()), table -> drawn(table, across, up));
    }

    private static Figure drawn(Table table, Goal across, Goal up) {
        var title = Labels.title(up.column()) + " against "
                + Metric.of(across.column()).label();
        if (!table.isEmpty()) {
            Points.requireColumns(table, List.of(across.column(), up.column()));
        }
        int[] rows = table.isEmpty()
                ? new int[0]
                : IntStream.range(0, table.rowCount())
                        .filter(row ->
                                Double.isFinite(value(table, across, row)) && Double.isFinite(value(table, up, row)))
                        .toArray();
        if (rows.length == 0) {
            return new Figure(FigureLayout.empty(title), table);
        }
        double[] x = Arrays.stream(rows)
                .mapToDouble(row -> value(table, across, row))
                .toArray();
        double[] y =
                Arrays.stream(rows).mapToDouble(row -> value(table, up, row)).toArray();
        int[] front = front(
                Arrays.stream(x).map(across::cost).toArray(),
                Arrays.stream(y).map(up::cost).toArray());
        var plot = new Plot(across.arrow(), up.arrow())
                .logarithmicX(LogScale.suits(x))
                .logarithmicY(LogScale.suits(y))
                .markerSize(7);
        intervals(plot, table, rows, across, up);
        plot.line(new Points(x, y), TRIALS);
        var best = new Points(
                Arrays.stream(front).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(front).mapToDouble(i -> y[i]).toArray());
        plot.line(stairs(best), FRONT.line());
        plot.line(best, FRONT.points());
        var keys = List.of(
                LegendEntry.line("each trial", TRIALS),
                LegendEntry.line("Pareto front: no other trial is better in one and not worse in the other", FRONT));
        var isFront = new boolean[rows.length];
        Arrays.stream(front).forEach(i -> isFront[i] = true);
        var behind = table.rows(rows)
                .selectColumns(behind(table, across, up))
                .addColumns(BooleanColumn.create("front", isFront));
        return new Figure(
                FigureLayout.of(
                                title + ": " + front.length + " of " + Numbers.count(rows.length, "trial")
                                        + " on the front",
                                keys,
                                plot.panel(""),
                                350)
                        .captioned(FinishedTrials.seeds(table)),
                behind);
    }

    private static double value(Table table, Goal goal, int row) {
        return table.numberColumn(goal.column()).getDouble(row);
    }

    private static String[] behind(Table table, Goal across, Goal up) {
        var columns = new ArrayList<String>();
        if (table.containsColumn("trial")) {
            columns.add("trial");
        }
        for (var goal : List.of(across, up)) {
            columns.add(goal.column());
            for (var end : List.of("_low", "_high")) {
                if (table.containsColumn(goal.column() + end)) {
                    columns.add(goal.column() + end);
                }
            }
        }
        return columns.toArray(String[]::new);
    }

    /** Means over seeds have their 95 % intervals as lines, in the goals that have such columns. */
    private static void intervals(Plot plot, Table table, int[] rows, Goal across, Goal up) {
        for (int row : rows) {
            double x = value(table, across, row);
            double y = value(table, up, row);
            double[] wide = ends(table, across, row);
            double[] high = ends(table, up, row);
            if (Double.isFinite(wide[0] + wide[1])) {
                plot.segment(wide[0], y, wide[1], y, TRIALS.color(), Style.stroke(1.5f));
            }
            if (Double.isFinite(high[0] + high[1])) {
                plot.segment(x, high[0], x, high[1], TRIALS.color(), Style.stroke(1.5f));
            }
        }
    }

    private static double[] ends(Table table, Goal goal, int row) {
        var low = goal.column() + "_low";
        var high = goal.column() + "_high";
        return Points.isNumeric(table, low) && Points.isNumeric(table, high)
                ? new double[] {
                    table.numberColumn(low).getDouble(row),
                    table.numberColumn(high).getDouble(row)
                }
                : new double[] {Double.NaN, Double.NaN};
    }

    /**
     * The trials that no other dominates, from the least x on: another dominates that costs no more in either and less
     * in one. Of trials that cost the same all are there.
     */
    static int[] front(double[] x, double[] y) {
        int[] order = IntStream.range(0, x.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> x[i]).thenComparingDouble(i -> y[i]))
                .mapToInt(i -> i)
                .toArray();
        var front = IntStream.builder();
        double least = Double.POSITIVE_INFINITY;
        double at = Double.NaN;
        for (int i : order) {
            if (y[i] < least || y[i] == least && x[i] == at) {
                front.add(i);
                least = y[i];
                at = x[i];
            }
        }
        return front.build().toArray();
    }

    /** What is reached at each x: the y of the trial before it, until the next. */
    private static Points stairs(Points front) {
        int n = front.size();
        var x = new double[2 * n - 1];
        var y = new double[2 * n - 1];
        for (int i = 0; i < n; i++) {
            x[2 * i] = front.x()[i];
            y[2 * i] = front.y()[i];
            if (i + 1 < n) {
                x[2 * i + 1] = front.x()[i + 1];
                y[2 * i + 1] = front.y()[i];
            }
        }
        return new Points(x, y);
    }
}
