package trivium.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Draws how a whole distribution moves: its median, its middle half and its middle nine tenths over the steps. */
final class Quantiles {

    private static final int MOST_PLACES = 60;
    private static final double[] SHARES = {0.05, 0.25, 0.5, 0.75, 0.95};
    private static final Look MEDIAN = Style.look(0).line();

    private Quantiles() {}

    static Figure of(Table samples, Axis axis, String value) {
        var quantiles = quantiles(Points.of(samples, axis.column(), value).shownOn(axis));
        var x = quantiles[0];
        var title = Labels.title(value) + " of completions over training";
        var table = Table.create("figure", DoubleColumn.create(axis.column(), x));
        for (int q = 0; q < SHARES.length; q++) {
            table.addColumns(DoubleColumn.create("quantile_" + SHARES[q], quantiles[q + 1]));
        }
        if (x.length == 0) {
            return new Figure(Sheet.empty(title), table);
        }
        var plot = Plot.over(axis, Labels.of(value))
                .band(new Points(x, quantiles[1]), new Points(x, quantiles[5]), Style.BLUE)
                .band(new Points(x, quantiles[2]), new Points(x, quantiles[4]), Style.BLUE)
                .line(new Points(x, quantiles[3]), MEDIAN);
        var keys = List.of(
                Key.line("median", MEDIAN),
                Key.area("middle half", MEDIAN.in(Style.over(Style.sheer(Style.BLUE), 2))),
                Key.area("middle 90 %", MEDIAN.in(Style.over(Style.sheer(Style.BLUE), 1))));
        double moved = quantiles[3][x.length - 1] - quantiles[3][0];
        var how = x.length == 1
                ? ""
                : (moved < 0 ? ": median down by " : ": median up by ") + Labels.number(Math.abs(moved));
        return new Figure(Sheet.of(title + how, keys, plot.panel(""), 330), table);
    }

    /** Places, then a row for each of the shares. Neighbouring steps are put together where there are too many. */
    private static double[][] quantiles(Points samples) {
        var steps = new TreeMap<Double, List<Double>>();
        for (int i = 0; i < samples.size(); i++) {
            steps.computeIfAbsent(samples.x()[i], _ -> new ArrayList<>()).add(samples.y()[i]);
        }
        var places = List.copyOf(steps.keySet());
        int together = Math.ceilDiv(Math.max(1, places.size()), MOST_PLACES);
        int count = Math.ceilDiv(places.size(), together);
        var rows = new double[SHARES.length + 1][count];
        for (int i = 0; i < count; i++) {
            var near = places.subList(i * together, Math.min((i + 1) * together, places.size()));
            rows[0][i] =
                    near.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            var sorted = near.stream()
                    .flatMap(step -> steps.get(step).stream())
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            for (int q = 0; q < SHARES.length; q++) {
                rows[q + 1][i] = quantile(sorted, SHARES[q]);
            }
        }
        return rows;
    }

    /** Between the two nearest values, in proportion (Hyndman and Fan 1996, type 7). */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int i = (int) Math.min(at, sorted.length - 1.0);
        double next = sorted[Math.min(i + 1, sorted.length - 1)];
        return sorted[i] + (at - i) * (next - sorted[i]);
    }
}
