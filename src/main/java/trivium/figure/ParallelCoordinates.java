package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws every trial of a sweep as a line through its settings to its result; good ones dark, the best one black. */
final class ParallelCoordinates {

    private static final Insets AROUND = new Insets(6, 44, 42, 62);
    private static final int BAR = 14;

    /** Viridis without its yellow, which is lost in thin lines on white. */
    private static final List<Color> COLORS = ColorRamp.VIRIDIS.colors().subList(0, 9);

    private static final SeriesStyle BEST =
            Style.series(0).line().in(Color.BLACK).with(Style.stroke(3));

    private final List<Coordinate> hyperparameters;
    private final double[] values;
    private final double low;
    private final double high;
    private final boolean lowest;
    private final boolean capped;
    private final ColorRamp ramp;

    private ParallelCoordinates(List<Coordinate> hyperparameters, double[] values, Best best) {
        this.hyperparameters = hyperparameters;
        this.values = values;
        this.lowest = best == Best.LOWEST;
        var sorted = Arrays.stream(values).sorted().toArray();
        double good = lowest ? sorted[0] : sorted[sorted.length - 1];
        double bad = lowest ? sorted[sorted.length - 1] : sorted[0];
        double end = good + 4 * (sorted[sorted.length / 2] - good); // as in heat maps: a few bad ones take no colours
        capped = end != good && Math.abs(bad - good) > Math.abs(end - good);
        double last = capped ? end : bad;
        low = Math.min(good, last);
        high = Math.max(good, last);
        ramp = new ColorRamp(lowest ? COLORS : COLORS.reversed());
    }

    static Figure of(Table trials, String value, Best best, List<String> hyperparameters) {
        return Extremes.leftOut(trials, hyperparameters, value, held -> drawn(held, value, best, hyperparameters));
    }

    private static Figure drawn(Table trials, String value, Best best, List<String> hyperparameters) {
        var name = Labels.title(value);
        int[] rows = Points.finiteRows(trials, value);
        if (rows.length == 0 || hyperparameters.isEmpty()) {
            return new Figure(FigureLayout.empty(name + " of trials by their settings"), trials);
        }
        var coordinates = hyperparameters.stream()
                .map(hyperparameter -> Coordinate.of(trials, hyperparameter, rows))
                .toList();
        var values = Arrays.stream(rows)
                .mapToDouble(row -> trials.numberColumn(value).getDouble(row))
                .toArray();
        var picture = new ParallelCoordinates(coordinates, values, best);
        var all = rows.length == trials.rowCount() ? "" : " of " + trials.rowCount();
        var title = name + " of " + rows.length + all + " trials by their settings: best "
                + Numbers.brief(values[picture.order().getLast()]);
        var keys = new ArrayList<LegendEntry>();
        keys.add(LegendEntry.line("the best trial", BEST));
        keys.add(LegendEntry.area(
                "dark: good " + Labels.of(value), Style.series(0).in(COLORS.getFirst())));
        var columns = new ArrayList<>(hyperparameters);
        columns.add(value);
        return new Figure(
                FigureLayout.of(
                                title,
                                keys,
                                Canvas.panel(AROUND, picture::paint, picture.reader(Labels.of(value))),
                                370)
                        .captioned(FinishedTrials.seeds(trials).replaceFirst(";.*", ".")),
                trials.selectColumns(columns.toArray(String[]::new)));
    }

    /** The worst trial first, so that the best is drawn over all others. */
    private List<Integer> order() {
        var ascending = Comparator.<Integer>comparingDouble(i -> values[i]);
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(lowest ? ascending.reversed() : ascending)
                .toList();
    }

    private void paint(Graphics2D g, Rectangle2D plot) {
        double gap = plot.getWidth() / hyperparameters.size();
        var order = order();
        for (int trial : order) {
            var style = style(trial, order);
            g.setColor(style.color());
            g.setStroke(style.stroke());
            g.draw(path(trial, plot));
        }
        for (int i = 0; i < hyperparameters.size(); i++) {
            paintAxis(g, plot, plot.getX() + i * gap, hyperparameters.get(i), gap);
            // in two rows, so that long names have room
            var label = Lettering.fit(hyperparameters.get(i).label(), Style.TEXT, 1.7 * gap);
            double baseline = plot.getMaxY() + 24 + i % 2 * 17;
            double x = plot.getX() + i * gap;
            double left = Math.max(x - Lettering.width(label, Style.TEXT) / 2, plot.getX() - AROUND.left);
            Lettering.draw(g, label, Style.TEXT, Style.INK, left, baseline, 0);
        }
        paintBar(g, plot);
    }

    private SeriesStyle style(int trial, List<Integer> order) {
        return trial == order.getLast()
                ? BEST
                : BEST.in(ramp.at(share(values[trial]))).with(Style.stroke(1.3f));
    }

    private Path2D path(int trial, Rectangle2D plot) {
        var path = new Path2D.Double();
        for (var place : places(trial, plot)) {
            if (path.getCurrentPoint() == null) {
                path.moveTo(place.getX(), place.getY());
            } else {
                path.lineTo(place.getX(), place.getY());
            }
        }
        return path;
    }

    /** Where a trial's line crosses the axes of the settings that it has, and that of the result. */
    private List<Point2D> places(int trial, Rectangle2D plot) {
        double gap = plot.getWidth() / hyperparameters.size();
        var places = new ArrayList<Point2D>();
        for (int i = 0; i <= hyperparameters.size(); i++) {
            double place = i < hyperparameters.size() ? hyperparameters.get(i).places()[trial] : share(values[trial]);
            if (!Double.isNaN(place)) {
                places.add(new Point2D.Double(plot.getX() + i * gap, plot.getMaxY() - place * plot.getHeight()));
            }
        }
        return places;
    }

    /** A line for each trial; of many the best, with as many crossings as four series have data. */
    private Canvas.Reader reader(String value) {
        var titles = new ArrayList<String>();
        hyperparameters.forEach(hyperparameter -> titles.add(hyperparameter.label()));
        titles.add(value);
        return (plot, most) -> {
            var order = order();
            int shown = Math.max(1, 4 * most / titles.size());
            var lines = order.subList(Math.max(0, order.size() - shown), order.size()).stream()
                    .map(trial -> Readings.Series.line(style(trial, order), data(trial, plot)))
                    .toList();
            return new Readings(titles, plot, lines);
        };
    }

    private List<Readings.Datum> data(int trial, Rectangle2D plot) {
        var says = new ArrayList<String>();
        hyperparameters.forEach(
                hyperparameter -> says.add(hyperparameter.written().get(trial)));
        says.add(Numbers.value(values[trial]));
        return places(trial, plot).stream()
                .map(place -> new Readings.Datum(place.getX(), place.getY(), says))
                .toList();
    }

    private static void paintAxis(Graphics2D g, Rectangle2D plot, double x, Coordinate hyperparameter, double gap) {
        g.setColor(Style.SOFT);
        g.setStroke(Style.stroke(1));
        g.draw(new Line2D.Double(x, plot.getY(), x, plot.getMaxY()));
        for (int i = 0; i < hyperparameter.marks().length; i++) {
            double y = plot.getMaxY() - hyperparameter.marks()[i] * plot.getHeight();
            var font = Lettering.shrunk(hyperparameter.names().get(i), Style.SMALL, gap - 10);
            var name = Lettering.fit(hyperparameter.names().get(i), font, gap - 8);
            double width = Lettering.width(name, font);
            g.setColor(new Color(255, 255, 255, 215)); // lines shine through a little, the name stays readable
            g.fill(new Rectangle2D.Double(x - width - 8, y - 8, width + 5, 16));
            Lettering.draw(g, name, font, Style.INK, x - 6, y + 4, 1);
            g.setColor(Style.SOFT);
            g.draw(new Line2D.Double(x - 3, y, x + 3, y));
        }
    }

    /** The result's axis is the legend of the colours. */
    private void paintBar(Graphics2D g, Rectangle2D plot) {
        double x = plot.getMaxX();
        ramp.paint(g, new Rectangle2D.Double(x, plot.getY(), BAR, plot.getHeight()));
        for (int i = 0; i <= 4; i++) {
            double y = plot.getMaxY() - i * plot.getHeight() / 4;
            boolean beyond = capped && i == (lowest ? 4 : 0);
            var text = (beyond ? lowest ? "≥ " : "≤ " : "") + Numbers.brief(low + (high - low) * i / 4);
            Lettering.draw(g, text, Style.SMALL, Style.INK, x + BAR + 5, y + 4, 0);
            if (high == low) {
                break;
            }
        }
    }

    private double share(double value) {
        return high == low ? 0 : Math.clamp((value - low) / (high - low), 0, 1);
    }
}
