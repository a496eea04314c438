package trivium.figure;

import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Interval;
import trivium.measure.Share;
import trivium.text.Numbers;

/** Draws amounts by name. */
final class Bars {

    /** Percent. */
    private static final double ALL = 100;

    private static final double FILL = 0.66;

    private Bars() {}

    static Figure pairs(String title, String yLabel, List<String> labels, double[] before, double[] after) {
        if (labels.size() != before.length || labels.size() != after.length) {
            throw new IllegalArgumentException("bars need as many labels as values, not " + labels.size()
                    + " labels for " + before.length + " and " + after.length + " values");
        }
        var table = Table.create(
                "figure",
                StringColumn.create("name", labels),
                DoubleColumn.create("before", before),
                DoubleColumn.create("after", after));
        return new Figure(pairs(title, yLabel, labels, new Side(before, List.of()), new Side(after, List.of())), table);
    }

    /** Shares in percent, each with Wilson's interval, and below how many answers they are of. */
    static Figure pairs(String title, List<String> labels, List<Share> before, List<Share> after) {
        if (labels.size() != before.size() || labels.size() != after.size()) {
            throw new IllegalArgumentException("bars need as many labels as shares, not " + labels.size()
                    + " labels for " + before.size() + " and " + after.size() + " shares");
        }
        var table = Table.create("figure", StringColumn.create("name", labels));
        addColumns(table, "before", before);
        addColumns(table, "after", after);
        var sheet = pairs(title, "share (%)", labels, Side.of(before), Side.of(after));
        var counts = Stream.concat(before.stream(), after.stream())
                .mapToInt(Share::of)
                .summaryStatistics();
        return new Figure(
                labels.isEmpty()
                        ? sheet
                        : sheet.captioned("Wilson's 95 % intervals, from "
                                + (counts.getMin() == counts.getMax()
                                        ? Numbers.count(counts.getMin(), "answer")
                                        : Numbers.count(counts.getMin()) + " to "
                                                + Numbers.count(counts.getMax(), "answer"))
                                + " a bar. They say how well one model is known, not what another seed would do."),
                table);
    }

    private static void addColumns(Table table, String name, List<Share> shares) {
        table.addColumns(
                column(name, shares, Share::value),
                column(name + "_low", shares, share -> share.interval().low()),
                column(name + "_high", shares, share -> share.interval().high()),
                IntColumn.create(
                        name + "_of", shares.stream().mapToInt(Share::of).toArray()));
    }

    private static DoubleColumn column(String name, List<Share> shares, ToDoubleFunction<Share> part) {
        return DoubleColumn.create(name, shares.stream().mapToDouble(part).toArray());
    }

    /**
     * The bars of one colour.
     *
     * @param values how high they are
     * @param intervals around the values, one for each bar; or none at all
     */
    private record Side(double[] values, List<Interval> intervals) {

        static Side of(List<Share> shares) {
            return new Side(
                    shares.stream().mapToDouble(share -> 100 * share.value()).toArray(),
                    shares.stream()
                            .map(Share::interval)
                            .map(each -> new Interval(100 * each.low(), 100 * each.high(), each.level()))
                            .toList());
        }

        double least() {
            return Math.min(
                    Bars.least(values),
                    intervals.stream().mapToDouble(Interval::low).min().orElse(0));
        }

        double most() {
            return Math.max(
                    Bars.most(values),
                    intervals.stream().mapToDouble(Interval::high).max().orElse(0));
        }

        /** Where the bar's number stands: above its interval, or above the bar. */
        double top(int i) {
            double value = values[i] > 0 ? values[i] : 0;
            return intervals.isEmpty()
                    ? value
                    : Math.max(value, intervals.get(i).high());
        }
    }

    private static FigureLayout pairs(String title, String yLabel, List<String> labels, Side before, Side after) {
        if (labels.isEmpty()) {
            return FigureLayout.empty(title);
        }
        var chart = Style.dress(new CategoryChart(FigureLayout.WIDTH, 300), "", yLabel);
        double low = 1.15 * Math.min(0, Math.min(before.least(), after.least()));
        double high = 1.12 * Math.max(before.most(), after.most());
        chart.getStyler()
                .setAvailableSpaceFill(FILL)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisTicksVisible(false)
                .setYAxisMin(low)
                .setYAxisMax(high > 0 ? high : 1);
        chart.addSeries("before", labels, drawable(before.values())).setFillColor(Style.SKY);
        chart.addSeries("after", labels, drawable(after.values())).setFillColor(Style.BLUE);
        var names = new CategoryAxes(labels, "", List.of(), "");
        var mark = new Mark((g, plot) -> {
            double strip = plot.getWidth() / labels.size();
            for (int i = 0; i < labels.size(); i++) {
                double middle = plot.getX() + (i + 0.5) * strip;
                for (int side : new int[] {-1, 1}) {
                    var bars = side < 0 ? before : after;
                    double value = bars.values()[i];
                    var text = Double.isFinite(value) ? Numbers.beside(value, high / 1.12) : "–";
                    double at = middle + side * strip * FILL / 4;
                    if (!bars.intervals().isEmpty()) {
                        var interval = bars.intervals().get(i);
                        paintWhisker(
                                g,
                                false,
                                at,
                                chart.getScreenYFromChart(interval.low()),
                                chart.getScreenYFromChart(interval.high()));
                    }
                    double top = chart.getScreenYFromChart(bars.top(i));
                    Lettering.draw(g, text, Style.SMALL, Style.INK, at, top - 5, 0.5);
                }
            }
            names.paint(g, plot);
        });
        chart.addAnnotation(mark);
        var style = Style.series(0);
        var keys = new ArrayList<LegendEntry>();
        keys.add(LegendEntry.area("before", style.in(Style.SKY)));
        keys.add(LegendEntry.area("after", style.in(Style.BLUE)));
        if (!before.intervals().isEmpty()) {
            keys.add(LegendEntry.line(
                    "95 % interval", new SeriesStyle(Style.INK, Style.stroke(1.5f), SeriesMarkers.NONE)));
        }
        Readings.Source source = _ -> {
            double strip = mark.plot().getWidth() / labels.size();
            var read = new ArrayList<Readings.Series>();
            for (int side : new int[] {-1, 1}) {
                var bars = side < 0 ? before : after;
                var data = new ArrayList<Readings.Datum>();
                for (int i = 0; i < labels.size(); i++) {
                    double value = bars.values()[i];
                    data.add(new Readings.Datum(
                            mark.plot().getX() + (i + 0.5) * strip + side * strip * FILL / 4,
                            chart.getScreenYFromChart(Double.isFinite(value) ? value : 0),
                            List.of(labels.get(i), written(value, bars.intervals(), i, 1))));
                }
                var bar = new Readings.Bar(chart.getScreenYFromChart(0), strip * FILL / 4);
                read.add(Readings.Series.bars(style.in(side < 0 ? Style.SKY : Style.BLUE), Readings.Near.X, bar, data));
            }
            return new Readings(List.of("", yLabel), mark.plot(), read);
        };
        return FigureLayout.of(title, keys, new Panel("", chart, names.space()).reading(source), 300);
    }

    /** A value and, where there is one, its interval, {@code scale} times as large as it is held. */
    private static String written(double value, List<Interval> intervals, int i, double scale) {
        if (intervals.isEmpty() || !intervals.get(i).isBounded()) {
            return Double.isFinite(value) ? Numbers.value(value) : "–";
        }
        var interval = intervals.get(i);
        return Numbers.brief(value) + " (" + Numbers.brief(scale * interval.low()) + " to "
                + Numbers.brief(scale * interval.high()) + ")";
    }

    /**
     * A line with a short one across at each end.
     *
     * @param along whether it lies along the x axis, at this y; else it stands, at this x
     */
    private static void paintWhisker(Graphics2D g, boolean along, double at, double from, double to) {
        g.setColor(Style.INK);
        g.setStroke(Style.stroke(1.5f));
        g.draw(line(along, from, at, to, at));
        g.draw(line(along, from, at - 4, from, at + 4));
        g.draw(line(along, to, at - 4, to, at + 4));
    }

    private static Line2D line(boolean along, double x1, double y1, double x2, double y2) {
        return along ? new Line2D.Double(x1, y1, x2, y2) : new Line2D.Double(y1, x1, y2, x2);
    }

    static Figure words(String title, List<String> words, double[] probabilities) {
        if (words.size() != probabilities.length) {
            throw new IllegalArgumentException("every word needs one probability, but there are " + words.size()
                    + " words and " + probabilities.length + " probabilities");
        }
        return shares(title, "probability (%)", words, probabilities, List.of("word", "probability"));
    }

    /** Shares (0 … 1) by name, from top to bottom; {@code columns} name the two columns behind. */
    static Figure shares(String title, String xLabel, List<String> words, double[] shares, List<String> columns) {
        var table = Table.create(
                "figure", StringColumn.create(columns.get(0), words), DoubleColumn.create(columns.get(1), shares));
        return new Figure(shares(title, xLabel, words, List.of(), shares), table);
    }

    /** Shares (0 … 1) by name, from top to bottom, each with its interval; with no intervals at all none is drawn. */
    static FigureLayout shares(
            String title, String xLabel, List<String> words, List<Interval> intervals, double[] shares) {
        if (words.isEmpty()) {
            return FigureLayout.empty(title);
        }
        var percent =
                Arrays.stream(shares).map(p -> Double.isFinite(p) ? 100 * p : 0).toArray();
        double most = Math.max(
                most(percent),
                intervals.stream()
                        .mapToDouble(interval -> 100 * interval.high())
                        .filter(Double::isFinite)
                        .max()
                        .orElse(0));
        double end = most > 0 ? 1.12 * most : 1;
        var chart = Style.dress(new HorizontalBarChart(FigureLayout.WIDTH, 300), xLabel, "");
        chart.getStyler()
                .setAvailableSpaceFill(FILL)
                .setPlotGridHorizontalLinesVisible(false)
                .setYAxisTicksVisible(false)
                .setXAxisMin(0.0)
                .setXAxisMax(end);
        if (end > ALL) { // the room beyond is for the number beside the bar
            chart.getStyler().setXAxisTickLabelsFormattingFunction(tick -> tick > ALL ? " " : Numbers.value(tick));
        }
        chart.addSeries("shares", drawable(percent), words).setFillColor(intervals.isEmpty() ? Style.BLUE : Style.SKY);
        var names = new CategoryAxes(List.of(), "", words.reversed(), "");
        var mark = new Mark((g, plot) -> {
            double strip = plot.getHeight() / words.size();
            for (int i = 0; i < words.size(); i++) {
                var text = percent[i] == 0
                        ? "0"
                        : intervals.isEmpty() ? Numbers.brief(percent[i]) : Numbers.beside(percent[i], 10);
                double middle = plot.getY() + (i + 0.5) * strip;
                double right = percent[i];
                if (!intervals.isEmpty() && intervals.get(i).isBounded()) {
                    right = Math.max(right, 100 * intervals.get(i).high());
                    double low = plot.getX()
                            + plot.getWidth() * 100 * intervals.get(i).low() / end;
                    double high = plot.getX()
                            + plot.getWidth() * 100 * intervals.get(i).high() / end;
                    paintWhisker(g, true, middle, low, high);
                }
                double beside = plot.getX() + plot.getWidth() * right / end + 5;
                Lettering.draw(g, text, Style.SMALL, Style.INK, beside, middle + 4, 0);
            }
            names.paint(g, plot);
        });
        chart.addAnnotation(mark);
        Readings.Source source = _ -> {
            var plot = mark.plot();
            double strip = plot.getHeight() / words.size();
            var data = IntStream.range(0, words.size())
                    .mapToObj(i -> new Readings.Datum(
                            plot.getX() + plot.getWidth() * percent[i] / end,
                            plot.getY() + (i + 0.5) * strip,
                            List.of(words.get(i), written(100 * shares[i], intervals, i, 100))))
                    .toList();
            var bar = new Readings.Bar(plot.getX(), strip * FILL / 2);
            var style = Style.series(0).in(intervals.isEmpty() ? Style.BLUE : Style.SKY);
            return new Readings(
                    List.of("", xLabel), plot, List.of(Readings.Series.bars(style, Readings.Near.Y, bar, data)));
        };
        var panel = new Panel("", chart, names.space()).reading(source);
        return FigureLayout.of(title, List.of(), panel, 70 + 26 * words.size());
    }

    private static List<Double> drawable(double[] values) {
        return Arrays.stream(values)
                .map(value -> Double.isFinite(value) ? value : 0)
                .boxed()
                .toList();
    }

    private static double most(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
    }

    private static double least(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).min().orElse(0);
    }
}
