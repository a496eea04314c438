package trivium.figure;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/**
 * Reads data off an XY chart.
 *
 * @param xTitle of the x axis; what is blank is not read
 * @param yTitle of the y axis
 * @param xText how an x is written
 * @param yText how a y is written
 */
record PointReadings(String xTitle, String yTitle, DoubleFunction<String> xText, DoubleFunction<String> yText) {

    /** Points and how they are drawn. */
    record Drawn(String name, Points points, SeriesStyle style) {}

    Readings of(XYChart chart, List<Drawn> series, int most) {
        var styler = chart.getStyler();
        boolean logarithmic = styler.isXAxisLogarithmic();
        var read = new ArrayList<Readings.Series>();
        for (var each : series) {
            var points = each.points().thin(Math.max(1, most / 2), x -> logarithmic ? Math.log10(x) : x);
            var indices = IntStream.range(0, points.size()).boxed().toList();
            var data = Readings.some(indices, Math.max(2, most)).stream()
                    .map(i -> datum(chart, points.x()[i], points.y()[i]))
                    .toList();
            read.add(Readings.Series.points(each.name(), each.style(), data));
        }
        double left = chart.getScreenXFromChart(styler.getXAxisMin());
        double top = chart.getScreenYFromChart(styler.getYAxisMax());
        var plot = new Rectangle2D.Double(
                left,
                top,
                chart.getScreenXFromChart(styler.getXAxisMax()) - left,
                chart.getScreenYFromChart(styler.getYAxisMin()) - top);
        var titles = xTitle.isBlank() ? List.of(yTitle) : List.of(xTitle, yTitle);
        return new Readings(titles, plot, read);
    }

    private Readings.Datum datum(XYChart chart, double x, double y) {
        var values = xTitle.isBlank() ? List.of(yText.apply(y)) : List.of(xText.apply(x), yText.apply(y));
        return new Readings.Datum(chart.getScreenXFromChart(x), chart.getScreenYFromChart(y), values);
    }
}
