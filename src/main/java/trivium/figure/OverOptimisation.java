package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * Draws the optimised and the gold reward against the distance from the reference (Gao, Schulman and Hilton, "Scaling
 * Laws for Reward Model Overoptimization", 2022).
 */
final class OverOptimisation {

    /** Most steps that are put together: both axes are noisy, so that the path needs more than other curves. */
    private static final int LONGEST = 15;

    /** Nats that are rounding. */
    private static final double LEAST = 1e-3;

    private static final SeriesStyle FRONTIER = new SeriesStyle(Style.INK, Style.stroke(1), SeriesMarkers.NONE);

    private OverOptimisation() {}

    static Figure of(Table metrics, String kl, String learned, String gold) {
        var plot = new Plot(Labels.of(kl), "mean reward").markerSize(5);
        var keys = new ArrayList<LegendEntry>();
        var proxy = Points.of(metrics, kl, learned);
        var real = Points.of(metrics, kl, gold);
        plot.line(proxy, cloud(0)).line(real, cloud(1));
        var path = path(plot, keys, proxy, "learned reward, which is optimised", Style.series(0));
        var truth = path(plot, keys, real, "gold reward, which is wanted", Style.series(1));
        var title = "Learned and gold reward as the policy leaves the reference";
        if (path.isEmpty() && truth.isEmpty()) {
            return new Figure(FigureLayout.empty(title), metrics);
        }
        keys.add(LegendEntry.line("each step; the lines are smoothed", cloud(0)));
        frontier(plot, keys, truth.isEmpty() ? path : truth, truth.isEmpty() ? "learned" : "gold");
        if (!truth.isEmpty()) {
            int peak = peak(truth.y());
            var line = new SeriesStyle(Style.INK, Style.stroke(1.2f, 2, 3), SeriesMarkers.NONE);
            double at = truth.x()[peak];
            double bottom = DoubleStream.concat(Arrays.stream(proxy.y()), Arrays.stream(real.y()))
                    .min()
                    .orElseThrow();
            plot.segment(at, bottom, at, truth.y()[peak], line.color(), line.stroke());
            boolean atEnd = peak == truth.size() - 1;
            keys.add(LegendEntry.line(
                    "gold is highest " + (atEnd ? "where it ends, " : "at ")
                            + Numbers.brief(Math.abs(at) < LEAST ? 0 : at) + " nats",
                    line));
        }
        var columns = new ArrayList<>(List.of(kl, learned, gold));
        if (metrics.containsColumn("step")) {
            columns.addFirst("step");
        }
        columns.removeIf(column -> !metrics.containsColumn(column));
        return new Figure(
                FigureLayout.of(title, keys, plot.panel(""), 350),
                metrics.selectColumns(columns.toArray(String[]::new)));
    }

    private static SeriesStyle cloud(int i) {
        return Style.series(i).points().in(Style.pale(Style.series(i).color()));
    }

    /** The smoothed path through the steps, in their order. */
    private static Points path(Plot plot, List<LegendEntry> keys, Points points, String label, SeriesStyle style) {
        if (points.isEmpty()) {
            return points;
        }
        int window = Math.max(Curves.window(points), Math.min(points.size() / 6, LONGEST));
        var path = new Points(
                new Points(points.y(), points.x()).smooth(window).y(),
                points.smooth(window).y());
        plot.line(path, style.line());
        keys.add(LegendEntry.line(label, style.line()));
        return path;
    }

    /** The most reward that the path has had within each distance: what one can get for that much KL. */
    private static void frontier(Plot plot, List<LegendEntry> keys, Points path, String name) {
        var points = frontier(path);
        plot.line(points, FRONTIER);
        keys.add(LegendEntry.line("frontier: most " + name + " reward within that distance", FRONTIER));
    }

    /** As steps: level to the next better point, then up. */
    static Points frontier(Points path) {
        var order = IntStream.range(0, path.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> path.x()[i]))
                .toList();
        var x = DoubleStream.builder();
        var y = DoubleStream.builder();
        double best = Double.NEGATIVE_INFINITY;
        for (int i : order) {
            if (best != Double.NEGATIVE_INFINITY) {
                x.add(path.x()[i]);
                y.add(best);
            }
            if (path.y()[i] > best) {
                best = path.y()[i];
                x.add(path.x()[i]);
                y.add(best);
            }
        }
        return new Points(x.build().toArray(), y.build().toArray());
    }

    private static int peak(double[] values) {
        int peak = 0;
        for (int i = 1; i < values.length; i++) {
            peak = values[i] > values[peak] ? i : peak;
        }
        return peak;
    }
}
