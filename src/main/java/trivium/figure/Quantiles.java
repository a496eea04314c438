package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Quantile;
import trivium.text.Numbers;

/** Draws how a whole distribution moves: its median, its middle half and its middle 80 % over the steps. */
final class Quantiles {

    private static final int MOST_PLACES = 60;
    private static final SeriesStyle MEDIAN = Style.series(0).line();

    private Quantiles() {}

    /** Of many values a step, or of quantiles that a run has written down, where the table has them. */
    static Figure of(Table table, Axis axis, String value) {
        return Quantile.areRecorded(table, value)
                ? figure(recorded(table, axis, value), axis, value)
                : figure(counted(Points.of(table, axis.column(), value).shownOn(axis)), axis, value);
    }

    private static Figure figure(double[][] quantiles, Axis axis, String value) {
        var x = quantiles[0];
        var title = Labels.title(value) + " of completions over training";
        var table = Table.create("figure", DoubleColumn.create(axis.column(), x));
        for (var quantile : Quantile.values()) {
            table.addColumns(DoubleColumn.create(quantile.column(value), row(quantiles, quantile)));
        }
        if (x.length == 0) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var median = row(quantiles, Quantile.P50);
        var plot = Plot.over(axis, Labels.of(value))
                .band(
                        new Points(x, row(quantiles, Quantile.P10)),
                        new Points(x, row(quantiles, Quantile.P90)),
                        Style.BLUE)
                .band(
                        new Points(x, row(quantiles, Quantile.P25)),
                        new Points(x, row(quantiles, Quantile.P75)),
                        Style.BLUE)
                .line(new Points(x, median), MEDIAN);
        var keys = List.of(
                LegendEntry.line("median", MEDIAN),
                LegendEntry.area("middle half", MEDIAN.in(Style.over(Style.sheer(Style.BLUE), 2))),
                LegendEntry.area("middle 80 %", MEDIAN.in(Style.over(Style.sheer(Style.BLUE), 1))));
        int some = Math.max(1, x.length / 10); // one step's median says little
        double moved = mean(median, x.length - some, x.length) - mean(median, 0, some);
        var how = x.length == 1
                ? ""
                : (moved < 0 ? ": median down by " : ": median up by ") + Numbers.brief(Math.abs(moved))
                        + " from the first to the last tenth";
        return new Figure(FigureLayout.of(title + how, keys, plot.panel(""), 330), table);
    }

    private static double[] row(double[][] quantiles, Quantile quantile) {
        return quantiles[quantile.ordinal() + 1];
    }

    /** Places, then a row for each quantile, averaged over neighbouring steps where there are too many. */
    private static double[][] recorded(Table table, Axis axis, String value) {
        var rows = new double[Quantile.values().length + 1][];
        for (var quantile : Quantile.values()) {
            var points = Points.of(table, axis.column(), quantile.column(value)).shownOn(axis);
            rows[0] = means(points.x());
            rows[quantile.ordinal() + 1] = means(points.y());
        }
        return rows;
    }

    private static double[] means(double[] values) {
        int together = together(values.length);
        var means = new double[Math.ceilDiv(values.length, together)];
        for (int i = 0; i < means.length; i++) {
            means[i] = mean(values, i * together, Math.min((i + 1) * together, values.length));
        }
        return means;
    }

    private static double mean(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).average().orElseThrow();
    }

    private static int together(int places) {
        return Math.ceilDiv(Math.max(1, places), MOST_PLACES);
    }

    /**
     * Places and quantiles as above, computed from samples: neighbouring steps are put together where there are too
     * many.
     */
    private static double[][] counted(Points samples) {
        var steps = new TreeMap<Double, List<Double>>();
        for (int i = 0; i < samples.size(); i++) {
            steps.computeIfAbsent(samples.x()[i], _ -> new ArrayList<>()).add(samples.y()[i]);
        }
        var places = List.copyOf(steps.keySet());
        int together = together(places.size());
        int count = Math.ceilDiv(places.size(), together);
        var rows = new double[Quantile.values().length + 1][count];
        for (int i = 0; i < count; i++) {
            var near = places.subList(i * together, Math.min((i + 1) * together, places.size()));
            rows[0][i] =
                    near.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            var values = near.stream()
                    .flatMap(step -> steps.get(step).stream())
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            for (var quantile : Quantile.values()) {
                rows[quantile.ordinal() + 1][i] = quantile.of(values);
            }
        }
        return rows;
    }
}
