package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Insets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;
import trivium.text.Numbers;

/** An XY chart while it is put together: what is added later is drawn over what is there. */
final class Plot {

    /** Places along the x axis that can be told apart. */
    static final int FINE = 1_000;

    private final XYChart chart;
    private final String xLabel;
    private final String yLabel;
    private final List<Points> drawn = new ArrayList<>();
    private final List<PointReadings.Drawn> read = new ArrayList<>();
    private boolean logarithmic;
    private boolean logarithmicY;
    private boolean fromZero;
    private boolean whole;
    private List<String> rows = List.of();
    private List<String> columns = List.of();
    private int places;

    Plot(String xLabel, String yLabel) {
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        chart = Style.dress(new XYChart(FigureLayout.WIDTH, 300), xLabel, yLabel);
        chart.getStyler().setMarkerSize(7);
    }

    Plot logarithmicX(boolean yes) {
        logarithmic = yes;
        chart.getStyler().setXAxisLogarithmic(yes);
        return this;
    }

    Plot logarithmicY(boolean yes) {
        logarithmicY = yes;
        chart.getStyler().setYAxisLogarithmic(yes);
        return this;
    }

    /** Along x there are only whole numbers, and so are the labels. */
    Plot wholeX(boolean yes) {
        whole = yes;
        return this;
    }

    /** Along y there are rows with names, from bottom to top: the first at 0, the next at 1. */
    Plot rows(List<String> names) {
        rows = names;
        return this;
    }

    /** Along x there are columns with names: the first at 0, the next at 1. */
    Plot columns(List<String> names) {
        columns = names;
        return this;
    }

    /** Along x there are so many places without names, the first at 0. */
    Plot places(int count) {
        places = count;
        chart.getStyler().setXAxisTicksVisible(false).setPlotGridVerticalLinesVisible(false);
        return this;
    }

    /** Curves over this axis. */
    static Plot over(Axis axis, String yLabel) {
        return new Plot(axis.label(), yLabel)
                .logarithmicX(axis.logarithmic())
                .logarithmicY(axis.logarithmicValues())
                .wholeX(axis.column().equals(Axis.STEPS.column()) && !axis.logarithmic());
    }

    Plot markerSize(int pixels) {
        chart.getStyler().setMarkerSize(pixels);
        return this;
    }

    /** Lets the y axis begin at 0, for amounts. */
    Plot fromZero() {
        fromZero = true;
        return this;
    }

    /** A line with its markers; numbers too large for an axis are left out as those that are not finite are. */
    Plot line(Points points, SeriesStyle style) {
        var held = held(points);
        if (!held.isEmpty()) {
            read.add(new PointReadings.Drawn("", held, style));
            draw(held, style);
        }
        return this;
    }

    private Points held(Points points) {
        return points.within(logarithmic, logarithmicY);
    }

    /** Points to be read where something else shows them. */
    Plot told(Points points, SeriesStyle style) {
        read.add(new PointReadings.Drawn("", points, style));
        return this;
    }

    private void draw(Points points, SeriesStyle style) {
        boolean isLine = style.stroke() != SeriesLines.NONE;
        var thin = isLine ? points.thin(FINE, this::scaled) : points; // Thinning is for points alone
        if (isLine && thin.size() > 1) {
            // XChart strokes a plain line piece by piece, which breaks dashes; a "smooth" one is a single path, and
            // straight where the points are fine enough
            var fine = style.stroke().getDashArray() == null ? thin : fine(thin);
            var line = add(fine, XYSeriesRenderStyle.Line, style.color());
            line.setLineStyle(style.stroke());
            line.setSmooth(fine != thin);
            line.setMarker(SeriesMarkers.NONE);
        }
        if (style.marker() != SeriesMarkers.NONE || thin.size() == 1) {
            var markers = add(thin, XYSeriesRenderStyle.Scatter, style.color());
            markers.setMarker(style.marker() == SeriesMarkers.NONE ? SeriesMarkers.CIRCLE : style.marker());
            markers.setMarkerColor(style.color());
        }
    }

    /** A band between two curves over the same x. */
    Plot band(Points low, Points high, Color color) {
        int n = low.size();
        if (n < 2) {
            return this;
        }
        var x = new double[2 * n];
        var y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            x[i] = high.x()[i];
            y[i] = high.y()[i];
            x[2 * n - 1 - i] = low.x()[i];
            y[2 * n - 1 - i] = low.y()[i];
        }
        return polygon(held(new Points(x, y)), Style.sheer(color));
    }

    /** A filled outline. */
    Plot polygon(Points outline, Color fill) {
        if (outline.isEmpty()) {
            return this;
        }
        var area = add(outline, XYSeriesRenderStyle.PolygonArea, fill);
        area.setLineStyle(SeriesLines.NONE);
        area.setFillColor(fill);
        area.setMarker(SeriesMarkers.NONE);
        return this;
    }

    /** A straight line from one point to another, which are no data to be read. */
    Plot segment(double x0, double y0, double x1, double y1, Color color, BasicStroke stroke) {
        var ends = held(new Points(new double[] {x0, x1}, new double[] {y0, y1}));
        if (ends.size() == 2) {
            draw(ends, new SeriesStyle(color, stroke, SeriesMarkers.NONE));
        }
        return this;
    }

    boolean isEmpty() {
        return drawn.isEmpty();
    }

    /** The finished chart, its axes just wide enough for everything. */
    Panel panel(String title) {
        double left = extreme(true, true);
        double right = extreme(true, false);
        double low = fromZero ? 0 : extreme(false, true);
        double high = extreme(false, false);
        var styler = chart.getStyler();
        if (logarithmic) {
            double ratio = Style.isOne(left, right) ? 2 : Math.pow(right / left, 0.02);
            styler.setXAxisMin(left / ratio).setXAxisMax(right * ratio);
        } else {
            double space = Style.isOne(left, right) ? aroundOne(left) : 0.02 * (right - left);
            styler.setXAxisMin(left - space).setXAxisMax(right + space);
        }
        if (places > 0) {
            styler.setXAxisMin(-0.5).setXAxisMax(places - 0.5);
        }
        if (whole) {
            // XChart draws no ticks where both ends of the axis read the same, so these keep their labels, which nobody
            // sees
            double from = styler.getXAxisMin();
            double to = styler.getXAxisMax();
            chart.setCustomXAxisTickLabelsFormatter(
                    value -> value == from || value == to || Math.abs(value - Math.rint(value)) < 1e-9
                            ? Numbers.tick(value, 1)
                            : " ");
        } else if (!Style.isOne(left, right)) {
            chart.setCustomXAxisTickLabelsFormatter(value -> Numbers.tick(value, Style.apart(left, right)));
        }
        if (!Style.isOne(low, high)) {
            chart.setCustomYAxisTickLabelsFormatter(Style.ticks(low, high));
        }
        if (logarithmicY) {
            double ratio = Style.isOne(low, high) ? 2 : Math.pow(high / low, 0.06);
            styler.setYAxisMin(low / ratio).setYAxisMax(high * ratio);
        } else {
            double space = Style.isOne(low, high) ? Math.max(0.5, 0.1 * Math.abs(low)) : 0.06 * (high - low);
            styler.setYAxisMin(fromZero ? 0.0 : low - space).setYAxisMax(high + space);
        }
        var around = columns.isEmpty() ? rows.isEmpty() ? rulers() : names() : columnNames();
        return new Panel(title, chart, around).reading(readings(title));
    }

    /** The space on each side of a single value: half of it, so that the axis does not cross 0; 1 for steps. */
    private double aroundOne(double value) {
        return whole || value == 0 ? 1 : Math.abs(value) / 2;
    }

    /** What is drawn, by the titles of the axes; where the y axis has none, the panel's title says what it shows. */
    private Readings.Source readings(String title) {
        var titles = new PointReadings(
                xLabel,
                rows.isEmpty() && yLabel.isBlank() ? title : yLabel,
                x -> named(columns, x),
                y -> named(rows, y));
        return most -> titles.of(chart, read, most);
    }

    private static String named(List<String> names, double at) {
        int i = (int) Math.rint(at);
        return i >= 0 && i < names.size() ? names.get(i) : Numbers.value(at);
    }

    /** Puts the names of the rows in the place of the y axis, and answers the space they need. */
    private Insets names() {
        var names = new CategoryAxes(List.of(), "", rows, yLabel);
        chart.getStyler()
                .setYAxisMin(-0.5)
                .setYAxisMax(rows.size() - 0.5)
                .setYAxisTicksVisible(false)
                .setYAxisTitleVisible(false)
                .setPlotGridHorizontalLinesVisible(false);
        chart.addAnnotation(new Mark(names::paint));
        return new Insets(0, names.space().left, 0, 0);
    }

    /** Puts the names of the columns in the place of the x axis, and answers the space they need. */
    private Insets columnNames() {
        var names = new CategoryAxes(columns, xLabel, List.of(), "");
        chart.getStyler()
                .setXAxisMin(-0.5)
                .setXAxisMax(columns.size() - 0.5)
                .setXAxisTicksVisible(false)
                .setXAxisTitleVisible(false)
                .setPlotGridVerticalLinesVisible(false);
        chart.addAnnotation(new Mark(names::paint));
        return new Insets(0, 0, names.space().bottom, 0);
    }

    /** Puts rulers in the place of logarithmic axes, and answers the space they need. */
    private Insets rulers() {
        var styler = chart.getStyler();
        var around = new Insets(0, 0, 0, 0);
        if (logarithmic) {
            var ruler = new LogAxis(styler.getXAxisMin(), styler.getXAxisMax(), xLabel, false);
            styler.setXAxisTicksVisible(false).setXAxisTitleVisible(false);
            styler.setPlotGridVerticalLinesVisible(ruler.decades() <= LogAxis.MOST_DECADES);
            chart.addAnnotation(new Mark(ruler::paint));
            around.bottom = ruler.space().bottom;
        }
        if (logarithmicY) {
            var ruler = new LogAxis(styler.getYAxisMin(), styler.getYAxisMax(), yLabel, true);
            styler.setYAxisTicksVisible(false).setYAxisTitleVisible(false);
            styler.setPlotGridHorizontalLinesVisible(ruler.decades() <= LogAxis.MOST_DECADES);
            chart.addAnnotation(new Mark(ruler::paint));
            around.left = ruler.space().left;
        }
        return around;
    }

    private XYSeries add(Points points, XYSeriesRenderStyle style, Color color) {
        var series = chart.addSeries("series " + drawn.size(), points.x(), points.y());
        series.setXYSeriesRenderStyle(style);
        series.setLineColor(color);
        drawn.add(points);
        return series;
    }

    private double extreme(boolean x, boolean lowest) {
        var values = drawn.stream().map(points -> x ? points.x() : points.y()).flatMapToDouble(Arrays::stream);
        return (lowest ? values.min() : values.max()).orElse(0);
    }

    /** The same line in pieces too short to see. */
    private Points fine(Points points) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        double span = Math.abs(scaled(points.x()[points.size() - 1]) - scaled(points.x()[0]));
        for (int i = 0; i + 1 < points.size(); i++) {
            double from = scaled(points.x()[i]);
            double to = scaled(points.x()[i + 1]);
            int pieces = span == 0 ? 1 : Math.clamp((long) Math.ceil(FINE * Math.abs(to - from) / span), 1, FINE);
            for (int piece = 0; piece < pieces; piece++) {
                double share = (double) piece / pieces;
                double at = from + share * (to - from);
                x.add(piece == 0 ? points.x()[i] : logarithmic ? Math.pow(10, at) : at);
                y.add(between(points.y()[i], points.y()[i + 1], share));
            }
        }
        x.add(points.x()[points.size() - 1]);
        y.add(points.y()[points.size() - 1]);
        return new Points(
                x.stream().mapToDouble(Double::doubleValue).toArray(),
                y.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private double between(double from, double to, double share) {
        return logarithmicY ? from * Math.pow(to / from, share) : from + share * (to - from);
    }

    private double scaled(double x) {
        return logarithmic ? Math.log10(x) : x;
    }
}
