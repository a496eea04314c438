package trivium.figure;

import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * Draws distributions over three things as points of a triangle: a corner is certainty of one of them, and the distance
 * from the side opposite a corner is that corner's probability.
 */
final class Simplex {

    private static final double HEIGHT = Math.sqrt(3) / 2; // of a triangle of side 1
    private static final int LINES = 5; // of the grid, a fifth of all from each to the next
    private static final int SPACE = 34; // for the names of the corners
    private static final double DOT = 7;
    private static final double OFF = 1e-6; // that probabilities may miss 1

    private final List<String> corners;
    private final Map<String, double[][]> paths;
    private final Map<String, double[]> points;

    private Simplex(List<String> corners, Map<String, double[][]> paths, Map<String, double[]> points) {
        this.corners = corners;
        this.paths = paths;
        this.points = points;
    }

    static Figure of(String title, List<String> corners, Map<String, Table> paths, Map<String, double[]> points) {
        if (corners.size() != 3) {
            throw new IllegalArgumentException(
                    "a triangle has 3 corners, and these are names of " + corners.size() + ": " + corners);
        }
        var lines = new LinkedHashMap<String, double[][]>();
        paths.forEach((name, table) -> lines.put(name, rows(name, table, corners)));
        points.forEach(Simplex::check);
        var table = table(corners, lines, points);
        if (lines.isEmpty() && points.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var simplex = new Simplex(corners, lines, new LinkedHashMap<>(points));
        var panel = Canvas.panel(new Insets(0, 0, 0, 0), simplex::paint, simplex::read);
        var caption = "Percentages count “" + corners.get(0) + "” on the left side, “" + corners.get(1)
                + "” at the bottom and “" + corners.get(2) + "” on the right side.";
        return new Figure(FigureLayout.of(title, simplex.keys(), panel, 430).captioned(caption), table);
    }

    private static double[][] rows(String name, Table table, List<String> corners) {
        var rows = new double[table.rowCount()][3];
        for (int corner = 0; corner < 3; corner++) {
            var column = table.numberColumn(corners.get(corner));
            for (int row = 0; row < rows.length; row++) {
                rows[row][corner] = column.getDouble(row);
            }
        }
        for (var row : rows) {
            check(name, row);
        }
        return rows;
    }

    private static void check(String name, double[] p) {
        double sum = 0;
        for (double each : p) {
            sum += each >= 0 ? each : Double.NaN;
        }
        if (p.length != 3 || !(Math.abs(sum - 1) < 1e3 * OFF)) {
            throw new IllegalArgumentException("\"" + name + "\" is no point of the triangle: expected 3 probabilities"
                    + " that add up to 1, not " + List.of(p.length, sum));
        }
    }

    private List<LegendEntry> keys() {
        var keys = new ArrayList<LegendEntry>();
        for (var name : paths.keySet()) {
            keys.add(LegendEntry.line(name, Style.series(keys.size())));
        }
        return keys;
    }

    private static double side(Rectangle2D plot) {
        return Math.min(plot.getWidth(), (plot.getHeight() - 2 * SPACE) / HEIGHT);
    }

    private static double left(Rectangle2D plot) {
        return plot.getCenterX() - side(plot) / 2;
    }

    private static double bottom(Rectangle2D plot) {
        return plot.getCenterY() + side(plot) * HEIGHT / 2;
    }

    /** The steps of the paths, from 0, and the points, which have none. */
    private Readings read(Rectangle2D plot, int most) {
        var series = new ArrayList<Readings.Series>();
        for (var path : paths.values()) {
            var data = IntStream.range(0, path.length)
                    .mapToObj(step -> datum(path[step], plot, Numbers.count(step)))
                    .toList();
            var line = Style.series(series.size()).line(); // a marker stands at its end only
            series.add(Readings.Series.points("", line, Readings.some(data, most)));
        }
        var ring = Style.series(0).points().in(Style.INK);
        points.forEach((name, p) -> series.add(Readings.Series.points(name, ring, List.of(datum(p, plot, "")))));
        var titles = new ArrayList<>(corners);
        titles.addFirst("step");
        return new Readings(titles, plot, series);
    }

    private static Readings.Datum datum(double[] p, Rectangle2D plot, String step) {
        var at = place(p, left(plot), bottom(plot), side(plot));
        var says = List.of(step, Numbers.percent(p[0]), Numbers.percent(p[1]), Numbers.percent(p[2]));
        return new Readings.Datum(at.getX(), at.getY(), says);
    }

    private void paint(Graphics2D g, Rectangle2D plot) {
        double side = side(plot);
        double left = left(plot);
        double bottom = bottom(plot);
        paintGrid(g, left, bottom, side);
        int i = 0;
        for (var path : paths.values()) {
            paintPath(g, path, Style.series(i++), left, bottom, side);
        }
        var taken = new ArrayList<Rectangle2D>();
        for (var path : paths.values()) {
            for (var p : path) {
                var at = place(p, left, bottom, side);
                taken.add(new Rectangle2D.Double(at.getX() - 1, at.getY() - 1, 2, 2));
            }
        }
        for (var point : points.values()) {
            var at = place(point, left, bottom, side);
            taken.add(new Rectangle2D.Double(at.getX() - DOT / 2, at.getY() - DOT / 2, DOT, DOT));
        }
        points.forEach((name, point) -> paintPoint(g, name, place(point, left, bottom, side), taken));
    }

    /** The first thing is at the left, the second at the right, the third at the top. */
    private static Point2D place(double[] p, double left, double bottom, double side) {
        return new Point2D.Double(left + side * (p[1] + p[2] / 2), bottom - side * HEIGHT * p[2]);
    }

    private void paintGrid(Graphics2D g, double left, double bottom, double side) {
        for (int corner = 0; corner < 3; corner++) {
            for (int i = 0; i < LINES; i++) {
                double share = (double) i / LINES;
                var from = place(mix(corner, share, (corner + 1) % 3), left, bottom, side);
                var to = place(mix(corner, share, (corner + 2) % 3), left, bottom, side);
                g.setColor(i == 0 ? Style.AXIS : Style.GRID);
                g.setStroke(Style.stroke(1));
                g.draw(new Line2D.Double(from, to));
                if (i > 0) {
                    paintShare(g, corner, share, to);
                }
            }
        }
        name(g, 0, left, bottom + 20, 0.5);
        name(g, 1, left + side, bottom + 20, 0.5);
        name(g, 2, left + side / 2, bottom - side * HEIGHT - 10, 0.5);
    }

    /** Beside the side on which a corner's share falls, clockwise. */
    private static void paintShare(Graphics2D g, int corner, double share, Point2D at) {
        double[] x = {6, 0, -6};
        double[] y = {4, 14, 4};
        double[] anchor = {0, 0.5, 1};
        int side = corner == 0 ? 2 : corner == 1 ? 1 : 0;
        Lettering.draw(
                g,
                Numbers.tick(Math.round(100 * share)) + " %",
                Style.SMALL,
                Style.SOFT,
                at.getX() + x[side],
                at.getY() + y[side],
                anchor[side]);
    }

    private void name(Graphics2D g, int corner, double x, double baseline, double anchor) {
        Lettering.draw(
                g, Lettering.fit(corners.get(corner), Style.TEXT, 220), Style.TEXT, Style.INK, x, baseline, anchor);
    }

    /** So much of one, the rest of the other. */
    private static double[] mix(int corner, double share, int rest) {
        var p = new double[3];
        p[corner] = share;
        p[rest] += 1 - share;
        return p;
    }

    private static void paintPath(
            Graphics2D g, double[][] path, SeriesStyle style, double left, double bottom, double side) {
        var line = new Path2D.Double();
        Point2D last = null;
        for (var p : path) {
            var at = place(p, left, bottom, side);
            if (last == null) {
                line.moveTo(at.getX(), at.getY());
            } else if (last.distance(at) > 0.25) {
                line.lineTo(at.getX(), at.getY());
            } else {
                continue; // as fine as can be seen
            }
            last = at;
        }
        g.setColor(style.color());
        g.setStroke(style.stroke());
        g.draw(line);
        if (path.length > 0 && style.marker() != SeriesMarkers.NONE) {
            var end = place(path[path.length - 1], left, bottom, side);
            g.setStroke(Style.stroke(1));
            style.marker().paint(g, end.getX(), end.getY(), (int) DOT);
        }
    }

    /** A ring, and its name where it covers no other. */
    private static void paintPoint(Graphics2D g, String name, Point2D at, List<Rectangle2D> taken) {
        g.setColor(Style.INK);
        g.setStroke(Style.stroke(1.4f));
        g.draw(new Ellipse2D.Double(at.getX() - DOT / 2, at.getY() - DOT / 2, DOT, DOT));
        double width = Lettering.width(name, Style.SMALL);
        double[][] places = {
            {DOT + 2, 4}, {-DOT - 2 - width, 4}, {-width / 2, -DOT - 2}, {-width / 2, DOT + 11},
            {DOT, 15}, {DOT, -8}, {-DOT - width, 15}, {-DOT - width, -8}
        };
        Rectangle2D best = null;
        for (var place : places) {
            var box = new Rectangle2D.Double(at.getX() + place[0], at.getY() + place[1] - 10, width, 13);
            if (best == null || taken.stream().noneMatch(box::intersects)) {
                best = box;
                if (taken.stream().noneMatch(box::intersects)) {
                    break;
                }
            }
        }
        taken.add(best);
        Lettering.draw(g, name, Style.SMALL, Style.INK, best.getX(), best.getY() + 10, 0);
    }

    private static Table table(List<String> corners, Map<String, double[][]> paths, Map<String, double[]> points) {
        var name = StringColumn.create("name");
        var step = IntColumn.create("step");
        var shares = corners.stream().map(DoubleColumn::create).toList();
        paths.forEach((path, rows) -> {
            for (int row = 0; row < rows.length; row++) {
                name.append(path);
                step.append(row);
                for (int corner = 0; corner < 3; corner++) {
                    shares.get(corner).append(rows[row][corner]);
                }
            }
        });
        points.forEach((point, p) -> {
            name.append(point);
            step.appendMissing();
            for (int corner = 0; corner < 3; corner++) {
                shares.get(corner).append(p[corner]);
            }
        });
        var table = Table.create("figure", name, step);
        shares.forEach(table::addColumns);
        return table;
    }
}
