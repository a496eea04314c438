package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;
import trivium.text.Numbers;

/** Draws the trials' results over one setting after the other, with the mean result along each. */
final class Slices {

    private static final SeriesStyle TRIALS = Style.series(0).points().in(Style.pale(Style.BLUE));
    private static final SeriesStyle MEAN = Style.series(0).line();
    private static final SeriesStyle BEST = Style.series(1).points();

    /** Places along a curve. */
    private static final int FINE = 60;

    private final String value;
    private final double[] results;
    private final ColorScale shown;

    private Slices(String value, double[] results, Best best) {
        this.value = value;
        this.results = results;
        shown = ColorScale.of(Arrays.stream(results).sorted().toArray(), best);
    }

    static Figure of(Table trials, String value, Best best, List<String> settings) {
        return Extremes.leftOut(trials, settings, value, table -> drawn(table, value, best, settings));
    }

    private static Figure drawn(Table table, String value, Best best, List<String> settings) {
        var name = Labels.title(value);
        if (!table.isEmpty()) {
            Points.requireColumns(table, settings);
        }
        int[] rows = Points.finiteRows(table, value);
        if (rows.length == 0 || settings.isEmpty()) {
            return new Figure(FigureLayout.empty(name + " of trials along their settings"), table);
        }
        var slices = new Slices(
                value,
                Arrays.stream(rows)
                        .mapToDouble(row -> table.numberColumn(value).getDouble(row))
                        .toArray(),
                best);
        var panels = settings.stream()
                .map(setting -> slices.panel(table, setting, rows))
                .toList();
        var title = name + " of " + rows.length + " trials along "
                + (settings.size() == 1 ? Labels.of(settings.getFirst()) : "their settings") + ": best "
                + Numbers.brief(slices.shown.good());
        var columns = new ArrayList<>(settings);
        columns.add(value);
        return new Figure(
                new FigureLayout(title, slices.keys(), panels, panels.size() == 4 ? 2 : Math.min(3, panels.size()), 270)
                        .captioned(
                                "Trials differ in their other settings, too. Means and intervals are cut off at the ends of"
                                        + " the results shown. "
                                        + FinishedTrials.seedsAlone(table)),
                table.selectColumns(columns.toArray(String[]::new)));
    }

    private List<LegendEntry> keys() {
        long outside = Arrays.stream(results).filter(result -> !isShown(result)).count();
        return List.of(
                LegendEntry.line("each trial" + (outside == 0 ? "" : " (" + outside + " worse lie outside)"), TRIALS),
                LegendEntry.line("the best", BEST),
                LegendEntry.line("mean over the other settings", MEAN),
                LegendEntry.area("95 % interval of the mean", MEAN.in(Style.sheer(Style.BLUE))));
    }

    private boolean isShown(double result) {
        return result >= shown.low() && result <= shown.high();
    }

    private Panel panel(Table table, String setting, int[] rows) {
        var coordinate = Coordinate.of(table, setting, rows);
        if (coordinate.isListed() || !(table.column(setting) instanceof NumericColumn<?> numbers)) {
            return listed(setting, coordinate);
        }
        double[] x = Arrays.stream(rows).mapToDouble(numbers::getDouble).toArray();
        var plot = new Plot(Labels.of(setting), Labels.of(value))
                .logarithmicX(coordinate.isLogarithmic())
                .markerSize(5);
        curve(plot, x, coordinate);
        return plot.panel("");
    }

    /** A setting of which a few values were tried: a mean and its interval for each. */
    private Panel listed(String setting, Coordinate coordinate) {
        int count = coordinate.names().size();
        var plot = new Plot(Labels.of(setting), Labels.of(value))
                .columns(coordinate.names())
                .markerSize(5);
        double[] x = Arrays.stream(coordinate.places())
                .map(place -> count == 1 ? 0 : place * (count - 1))
                .toArray();
        points(plot, x);
        var groups = new TreeMap<Double, List<Double>>();
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i])) {
                groups.computeIfAbsent(x[i], _ -> new ArrayList<>()).add(clamped(results[i]));
            }
        }
        var means = new ArrayList<Double>();
        groups.forEach((at, values) -> {
            var summary =
                    Summary.of(values.stream().mapToDouble(Double::doubleValue).toArray());
            means.add(summary.mean());
            if (summary.interval().isBounded()) {
                plot.segment(
                        at + 0.12,
                        clamped(summary.interval().low()),
                        at + 0.12,
                        clamped(summary.interval().high()),
                        MEAN.color(),
                        Style.stroke(2));
            }
        });
        double[] places = groups.keySet().stream().mapToDouble(at -> at + 0.12).toArray();
        plot.line(
                Points.of(
                        places, means.stream().mapToDouble(Double::doubleValue).toArray()),
                Style.series(0).points());
        return plot.panel("");
    }

    /** One trial that went wrong must not bend a mean: it counts as the worst that is shown. */
    private double clamped(double result) {
        return Math.clamp(result, shown.low(), shown.high());
    }

    private void points(Plot plot, double[] x) {
        int[] seen = IntStream.range(0, x.length)
                .filter(i -> Double.isFinite(x[i]) && isShown(results[i]))
                .toArray();
        plot.line(pick(x, seen), TRIALS);
        plot.line(
                pick(
                        x,
                        Arrays.stream(seen)
                                .filter(i -> results[i] == shown.good())
                                .toArray()),
                BEST);
    }

    private Points pick(double[] x, int[] indices) {
        return Points.of(
                Arrays.stream(indices).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(indices).mapToDouble(i -> results[i]).toArray());
    }

    /** A setting with many values: a local mean along the scale of the axis, with its interval as a band. */
    private void curve(Plot plot, double[] x, Coordinate coordinate) {
        int[] placed = IntStream.range(0, x.length)
                .filter(i -> Double.isFinite(coordinate.places()[i]))
                .toArray();
        var fit = LocalLinear.of(
                Arrays.stream(placed)
                        .mapToObj(i -> new double[] {coordinate.places()[i]})
                        .toArray(double[][]::new),
                Arrays.stream(placed).mapToDouble(i -> clamped(results[i])).toArray());
        var places = IntStream.rangeClosed(0, FINE)
                .mapToObj(i -> new double[] {(double) i / FINE})
                .toArray(double[][]::new);
        double low = Arrays.stream(placed).mapToDouble(i -> x[i]).min().orElseThrow();
        double high = Arrays.stream(placed).mapToDouble(i -> x[i]).max().orElseThrow();
        var across = Arrays.stream(places)
                .mapToDouble(place -> coordinate.isLogarithmic()
                        ? low * Math.pow(high / low, place[0])
                        : low + (high - low) * place[0])
                .toArray();
        var mean = Arrays.stream(places).mapToDouble(fit::at).toArray();
        var halves = fit.halves(places);
        if (Arrays.stream(halves).allMatch(Double::isFinite)) {
            plot.band(end(across, mean, halves, -1), end(across, mean, halves, 1), MEAN.color());
        }
        points(plot, x);
        plot.line(new Points(across, Arrays.stream(mean).map(this::clamped).toArray()), MEAN);
    }

    private Points end(double[] x, double[] mean, double[] halves, int sign) {
        return new Points(
                x,
                IntStream.range(0, x.length)
                        .mapToDouble(i -> clamped(mean[i] + sign * halves[i]))
                        .toArray());
    }
}
