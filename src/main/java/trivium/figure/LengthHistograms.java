package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws how long texts are. */
final class LengthHistograms {

    private static final int MOST_BINS = 30;
    /** Where the longest is more than so many times the 99th percentile, the histogram ends before the longest. */
    private static final double FAR = 1.5;

    private LengthHistograms() {}

    static Figure of(String title, String unit, Map<String, int[]> samples) {
        var all =
                samples.values().stream().flatMapToInt(Arrays::stream).sorted().toArray();
        if (all.length == 0) {
            return new Figure(FigureLayout.empty(title), behind(samples));
        }
        double[] edges = edges(all);
        int beyond = (int) Arrays.stream(all)
                .filter(length -> length > edges[edges.length - 1])
                .count();
        var cut = beyond == 0 ? "" : "; " + beyond + " longer, up to " + Numbers.tick(all[all.length - 1]);
        var plot = new Plot("length (" + unit + ")" + cut, "share (%)").fromZero();
        var keys = new ArrayList<LegendEntry>();
        double top = 0;
        int index = 0;
        for (var sample : samples.values()) {
            top = Math.max(top, Distributions.outline(plot, shares(sample, edges), edges, style(index++)));
        }
        index = 0;
        for (var sample : samples.entrySet()) {
            var style = style(index++);
            int[] sorted = sample.getValue().clone();
            Arrays.sort(sorted);
            double median = sorted[(sorted.length - 1) / 2];
            plot.segment(median, 0, median, 1.04 * top, style.color(), style.stroke());
            keys.add(LegendEntry.line(sample.getKey() + ": median " + Numbers.tick(median), style));
        }
        return new Figure(FigureLayout.of(title, keys, plot.panel(""), 300), behind(samples));
    }

    private static SeriesStyle style(int index) {
        return Style.series(index).line();
    }

    /** Bins of one whole width around whole numbers, up to the longest or to what 99 in 100 stay below. */
    static double[] edges(int[] sorted) {
        int low = sorted[0];
        int nearly = sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        int longest = sorted[sorted.length - 1];
        int high = longest - low > FAR * (nearly - low) ? Math.max(nearly, low + 1) : longest;
        int width = Math.ceilDiv(high - low + 1, MOST_BINS);
        int bins = Math.ceilDiv(high - low + 1, width);
        return IntStream.rangeClosed(0, bins)
                .mapToDouble(i -> low - 0.5 + (double) i * width)
                .toArray();
    }

    /** Share of the sample in each bin, in percent of all of it; what is beyond the last is in none. */
    static double[] shares(int[] sample, double[] edges) {
        var shares = new double[edges.length - 1];
        double width = edges[1] - edges[0];
        for (int length : sample) {
            int bin = (int) ((length - edges[0]) / width);
            if (bin < shares.length) {
                shares[bin] += 100.0 / sample.length;
            }
        }
        return shares;
    }

    private static Table behind(Map<String, int[]> samples) {
        var columns = new LinkedHashMap<String, double[]>();
        samples.forEach((name, lengths) ->
                columns.put(name, Arrays.stream(lengths).asDoubleStream().toArray()));
        return FigureTable.arrays(columns);
    }
}
