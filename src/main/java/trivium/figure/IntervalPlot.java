package trivium.figure;

import java.util.List;
import org.knowm.xchart.style.markers.SeriesMarkers;
import trivium.measure.Interval;

/** Draws means with their intervals, a row each from top to bottom, beside a line that says where nothing happens. */
final class IntervalPlot {

    private static final SeriesStyle ZERO = new SeriesStyle(Style.SOFT, Style.stroke(1, 4, 3), SeriesMarkers.NONE);
    private static final int ROW = 26;

    /** One row; the interval may have no ends. */
    record Row(String name, double mean, Interval interval) {}

    private IntervalPlot() {}

    /**
     * The sheet of these rows.
     *
     * @param nothing where a value means that nothing happened
     */
    static FigureLayout sheet(String title, String label, List<Row> rows, double nothing, List<LegendEntry> keys) {
        if (rows.isEmpty()) {
            return FigureLayout.empty(title);
        }
        var plot = new Plot(label, "")
                .rows(rows.stream().map(Row::name).toList().reversed())
                .markerSize(8);
        plot.segment(nothing, -0.5, nothing, rows.size() - 0.5, ZERO.color(), ZERO.stroke());
        for (int i = 0; i < rows.size(); i++) {
            double y = rows.size() - 1.0 - i;
            var row = rows.get(i);
            if (row.interval().isBounded()) {
                plot.segment(row.interval().low(), y, row.interval().high(), y, Style.BLUE, Style.stroke(2));
            }
            plot.line(
                    Points.of(new double[] {row.mean()}, new double[] {y}),
                    Style.series(0).points());
        }
        return FigureLayout.of(title, keys, plot.panel(""), 80 + ROW * rows.size());
    }

    /** What mean and interval look like. */
    static List<LegendEntry> keys(String mean) {
        return List.of(
                LegendEntry.line(mean + ", 95 % interval", Style.series(0)), LegendEntry.line("no difference", ZERO));
    }
}
