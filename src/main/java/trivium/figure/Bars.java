package trivium.figure;

import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HorizontalBarChart;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws amounts by name. */
final class Bars {

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
        if (labels.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var chart = Style.dress(new CategoryChart(FigureLayout.WIDTH, 300), "", yLabel);
        double low = 1.15 * Math.min(0, Math.min(least(before), least(after)));
        double high = 1.12 * Math.max(most(before), most(after));
        chart.getStyler()
                .setAvailableSpaceFill(FILL)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisTicksVisible(false)
                .setYAxisMin(low)
                .setYAxisMax(high > 0 ? high : 1);
        chart.addSeries("before", labels, drawable(before)).setFillColor(Style.SKY);
        chart.addSeries("after", labels, drawable(after)).setFillColor(Style.BLUE);
        var names = new CategoryAxes(labels, "", List.of(), "");
        chart.addAnnotation(new Mark((g, plot) -> {
            double strip = plot.getWidth() / labels.size();
            for (int i = 0; i < labels.size(); i++) {
                double middle = plot.getX() + (i + 0.5) * strip;
                for (int side : new int[] {-1, 1}) {
                    double value = side < 0 ? before[i] : after[i];
                    var text = Double.isFinite(value) ? Numbers.beside(value, high / 1.12) : "–";
                    double top = chart.getScreenYFromChart(value > 0 ? value : 0);
                    double at = middle + side * strip * FILL / 4;
                    Lettering.draw(g, text, Style.SMALL, Style.INK, at, top - 5, 0.5);
                }
            }
            names.paint(g, plot);
        }));
        var style = Style.series(0);
        var keys = List.of(
                LegendEntry.area("before", style.in(Style.SKY)), LegendEntry.area("after", style.in(Style.BLUE)));
        return new Figure(FigureLayout.of(title, keys, new Panel("", chart, names.space()), 300), table);
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
        if (words.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var percent =
                Arrays.stream(shares).map(p -> Double.isFinite(p) ? 100 * p : 0).toArray();
        double most = most(percent);
        var chart = Style.dress(new HorizontalBarChart(FigureLayout.WIDTH, 300), xLabel, "");
        chart.getStyler()
                .setAvailableSpaceFill(FILL)
                .setPlotGridHorizontalLinesVisible(false)
                .setYAxisTicksVisible(false)
                .setXAxisMin(0.0)
                .setXAxisMax(most > 0 ? 1.12 * most : 1);
        chart.addSeries(columns.get(1), drawable(percent), words).setFillColor(Style.BLUE);
        var names = new CategoryAxes(List.of(), "", words.reversed(), "");
        chart.addAnnotation(new Mark((g, plot) -> {
            double strip = plot.getHeight() / words.size();
            for (int i = 0; i < words.size(); i++) {
                double end = plot.getX() + plot.getWidth() * percent[i] / (most > 0 ? 1.12 * most : 1);
                var text = percent[i] == 0 ? "0" : Numbers.brief(percent[i]);
                double baseline = plot.getY() + (i + 0.5) * strip + 4;
                Lettering.draw(g, text, Style.SMALL, Style.INK, end + 5, baseline, 0);
            }
            names.paint(g, plot);
        }));
        var panel = new Panel("", chart, names.space());
        return new Figure(FigureLayout.of(title, List.of(), panel, 70 + 26 * words.size()), table);
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
