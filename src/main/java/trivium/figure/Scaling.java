package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.run.Metric;
import trivium.text.Numbers;

/** Draws a loss against the size of what made it, with the power law that fits. */
final class Scaling {

    private static final SeriesStyle RUNS = Style.series(0).points();
    private static final SeriesStyle FIT = Style.series(1).line();

    private Scaling() {}

    static Figure of(Table runs, String size, String loss) {
        var axis = Axis.of(size).log().logValues();
        var points = Points.of(runs, size, loss).shownOn(axis);
        var table =
                Table.create("figure", DoubleColumn.create(size, points.x()), DoubleColumn.create(loss, points.y()));
        var title = Labels.title(loss) + " against " + Metric.of(size).label();
        if (points.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var keys = new ArrayList<LegendEntry>();
        keys.add(LegendEntry.line(Numbers.count(points.size(), "run"), RUNS));
        var plot = Plot.over(axis, Labels.of(loss)).markerSize(9);
        double from = Arrays.stream(points.x()).min().orElseThrow();
        double to = Arrays.stream(points.x()).max().orElseThrow();
        if (from < to) {
            var law = PowerLaw.fit(points);
            plot.segment(from, law.at(from), to, law.at(to), FIT.color(), FIT.stroke());
            keys.add(LegendEntry.line(
                    "L = " + Numbers.brief(law.a()) + " · x^" + exponent(-law.b()) + "   (R² = "
                            + String.format(Locale.ROOT, "%.3f", law.explained()) + ")",
                    FIT));
            title += ": " + (law.b() > 0 ? "falls" : "rises") + " with the power " + exponent(-law.b())
                    + (Double.isFinite(law.half())
                            ? " (95 % interval " + exponent(-law.b() - law.half()) + " to "
                                    + exponent(-law.b() + law.half()) + ")"
                            : "");
            table.addColumns(DoubleColumn.create(
                    "fit", Arrays.stream(points.x()).map(law::at).toArray()));
        }
        plot.line(points, RUNS);
        return new Figure(FigureLayout.of(title, keys, plot.panel(""), 350), table);
    }

    private static String exponent(double value) {
        return String.format(Locale.ROOT, "%.3f", value).replace('-', '−');
    }
}
