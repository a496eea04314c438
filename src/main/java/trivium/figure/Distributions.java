package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.measure.Paired;
import trivium.text.Numbers;

/** Draws how a distribution moved. */
final class Distributions {

    private static final int MOST_BINS = 40;
    private static final SeriesStyle BEFORE = Style.series(1).line().with(Style.stroke(2, 6, 3));
    private static final SeriesStyle AFTER = Style.series(0).line();

    private Distributions() {}

    /** Histograms of two samples over each other, with their means. */
    static Figure shift(double[] before, double[] after, String label) {
        var sheet = new ArrayList<Panel>();
        var keys = new ArrayList<LegendEntry>();
        histograms(finite(before), finite(after), label, "", sheet, keys);
        var title = title(before, after, label);
        return new Figure(
                sheet.isEmpty() ? FigureLayout.empty(title) : new FigureLayout(title, keys, sheet, 1, 300),
                behind(before, after, Table.create("figure")));
    }

    /** The histograms, and beside them the path from one mean to the other. */
    static Figure shiftAndPath(double[] before, double[] after, String label, Table metrics, String metric) {
        var panels = new ArrayList<Panel>();
        var keys = new ArrayList<LegendEntry>();
        histograms(finite(before), finite(after), label, "Before and after", panels, keys);
        var path = Curves.points(metrics, Axis.STEPS, metric);
        if (!path.isEmpty()) {
            var plot = Plot.over(Axis.STEPS, "mean " + label)
                    .line(path, AFTER.in(Style.pale(Style.SOFT)).with(Style.stroke(1)))
                    .line(
                            path.smooth(Curves.window(path)),
                            new SeriesStyle(Style.INK, Style.stroke(2), AFTER.marker()));
            panels.add(plot.panel("Over training"));
        }
        var title = title(before, after, label);
        var all = Table.create("figure");
        if (!path.isEmpty()) {
            all = metrics.selectColumns(Axis.STEPS.column(), metric);
        }
        return new Figure(
                panels.isEmpty()
                        ? FigureLayout.empty(title)
                        : new FigureLayout(title, keys, panels, panels.size(), 290),
                behind(before, after, all));
    }

    private static void histograms(
            double[] before, double[] after, String label, String heading, List<Panel> panels, List<LegendEntry> keys) {
        if (before.length == 0 && after.length == 0) {
            return;
        }
        var edges = edges(DoubleStream.concat(Arrays.stream(before), Arrays.stream(after))
                .sorted()
                .toArray());
        var plot = new Plot(label, "share of completions (%)").fromZero();
        double top = Math.max(draw(plot, before, edges, BEFORE), draw(plot, after, edges, AFTER));
        mean(plot, before, 1.04 * top, BEFORE, "before", keys);
        mean(plot, after, 1.04 * top, AFTER, "after", keys);
        panels.add(plot.panel(heading));
    }

    private static double draw(Plot plot, double[] sample, double[] edges, SeriesStyle style) {
        if (sample.length == 0) {
            return 0;
        }
        return outline(plot, shares(sample, edges), edges, style);
    }

    /** A histogram as a filled outline; answers its highest share. */
    static double outline(Plot plot, double[] shares, double[] edges, SeriesStyle style) {
        int bins = shares.length;
        var x = new double[2 * bins + 2];
        var y = new double[2 * bins + 2];
        x[0] = edges[0];
        x[2 * bins + 1] = edges[bins];
        for (int i = 0; i < bins; i++) {
            x[2 * i + 1] = edges[i];
            x[2 * i + 2] = edges[i + 1];
            y[2 * i + 1] = shares[i];
            y[2 * i + 2] = shares[i];
        }
        plot.polygon(new Points(x, y), Style.sheer(style.color()));
        plot.line(new Points(x, y), style.with(style == BEFORE ? Style.stroke(1.2f, 5, 3) : Style.stroke(1.2f)));
        return Arrays.stream(shares).max().orElse(0);
    }

    /** The same for several panels that are to be compared: with these bins, and means as lines so high. */
    static Plot overlaid(double[] before, double[] after, double[] edges, double top, String label) {
        var plot = new Plot(label, "answers (%)").fromZero();
        draw(plot, finite(before), edges, BEFORE);
        draw(plot, finite(after), edges, AFTER);
        mean(plot, finite(before), top, BEFORE, "", new ArrayList<>());
        mean(plot, finite(after), top, AFTER, "", new ArrayList<>());
        return plot;
    }

    /** What {@link #overlaid} draws. */
    static List<LegendEntry> keys(String before, String after) {
        return List.of(
                LegendEntry.line(before + ", and its mean", BEFORE), LegendEntry.line(after + ", and its mean", AFTER));
    }

    private static void mean(
            Plot plot, double[] sample, double top, SeriesStyle style, String name, List<LegendEntry> keys) {
        if (sample.length == 0) {
            return;
        }
        double mean = Arrays.stream(sample).average().orElseThrow();
        plot.segment(mean, 0, mean, top, style.color(), style.stroke());
        keys.add(LegendEntry.line(
                name + ": mean " + Numbers.brief(mean) + " (" + Numbers.count(sample.length, "completion") + ")",
                style));
    }

    /** Share of the sample in each bin, in percent. The last bin includes its right edge. */
    static double[] shares(double[] sample, double[] edges) {
        var shares = new double[edges.length - 1];
        double width = edges[1] - edges[0];
        for (double value : sample) {
            shares[Math.clamp((long) ((value - edges[0]) / width), 0, shares.length - 1)] += 100.0 / sample.length;
        }
        return shares;
    }

    /**
     * Bins of one width: around the values if there are few of them (rewards of 0 and 1), otherwise by Freedman and
     * Diaconis' rule (1981), but no fewer than 10 and no more than 40.
     */
    static double[] edges(double[] sorted) {
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        if (low == high) {
            return spaced(low - 0.5, high + 0.5, 11);
        }
        var distinct = Arrays.stream(sorted).distinct().toArray();
        double gap = IntStream.range(1, distinct.length)
                .mapToDouble(i -> distinct[i] - distinct[i - 1])
                .min()
                .orElseThrow();
        if (2 * distinct.length <= sorted.length && (high - low) / gap < MOST_BINS) {
            double width = distinct.length <= 5 ? gap / 5 : gap; // narrow bars for a rule's few values
            int bins = (int) Math.round((high - low) / width) + 1;
            return spaced(low - width / 2, low - width / 2 + bins * width, bins);
        }
        double middleHalf = sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4];
        double wanted = 2 * middleHalf / Math.cbrt(sorted.length);
        int bins = wanted > 0 ? (int) Math.clamp(Math.ceil((high - low) / wanted), 10, MOST_BINS) : 20;
        return spaced(low, high, bins);
    }

    private static double[] spaced(double from, double to, int bins) {
        return IntStream.rangeClosed(0, bins)
                .mapToDouble(i -> from + i * (to - from) / bins)
                .toArray();
    }

    private static String title(double[] before, double[] after, String label) {
        var b = finite(before);
        var a = finite(after);
        var name = label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
        if (a.length == 0 || b.length == 0) {
            return name + " of completions";
        }
        double difference = Arrays.stream(a).average().orElseThrow()
                - Arrays.stream(b).average().orElseThrow();
        var moved = difference == 0
                ? "unchanged"
                : (difference > 0 ? "up by " : "down by ") + Numbers.brief(Math.abs(difference));
        if (a.length == 1 && b.length == 1) {
            return name + " of one completion, before and after: " + moved;
        }
        return name + " of completions, before and after: mean " + moved + interval(before, after);
    }

    /** Of the mean change, where the two samples are the same cases. */
    private static String interval(double[] before, double[] after) {
        if (before.length != after.length || finite(before).length + finite(after).length < 2 * before.length) {
            return "";
        }
        var interval = Paired.of(before, after).interval();
        return " (95 % interval " + signed(interval.low()) + " to " + signed(interval.high()) + ")";
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + Numbers.brief(value);
    }

    /** Both panels side by side: the samples, and the path's steps with their values; the shorter one ends earlier. */
    private static Table behind(double[] before, double[] after, Table path) {
        var columns = new LinkedHashMap<String, double[]>();
        columns.put("before", before);
        columns.put("after", after);
        path.columnNames()
                .forEach(name -> columns.put(name, path.numberColumn(name).asDoubleArray()));
        return FigureTable.arrays(columns);
    }

    private static double[] finite(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).toArray();
    }
}
