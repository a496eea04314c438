package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import trivium.text.Numbers;

/**
 * Trials as points over two settings, coloured by their result: what a heat map is for a grid, for a search that tries
 * other settings each time.
 *
 * @param x where the trials are from left to right
 * @param y where they are from bottom to top
 * @param values of the trials, finite all of them
 */
record TrialScatter(Coordinate x, Coordinate y, double[] values, ColorScale colors, String value) {

    static final int HEIGHT = 360;
    private static final double RADIUS = 5.5;

    /** Of the plot, what stays free at its sides, so that no point is cut. */
    private static final double MARGIN = 0.05;

    private static final int LINE = 18;

    Panel panel() {
        return panel((g, plot) -> {}, Style.SOFT);
    }

    /** The same with a ground between the grid and the trials, whose outline stands out on it. */
    Panel panel(Mark.Painter ground, Color outline) {
        int left = (int) Math.ceil(widest()) + LINE + 20;
        Mark.Painter painter = (g, plot) -> {
            paintAxes(g, plot);
            ground.paint(g, plot);
            paint(g, plot, outline);
        };
        return Canvas.panel(new Insets(12, left, 2 * LINE + 10, ColorScale.SPACE), painter, this::read);
    }

    /** Of many the best, as many as data of four series. */
    private Readings read(Rectangle2D plot, int most) {
        var order = order();
        var data = order.subList(Math.max(0, order.size() - 4 * most), order.size()).stream()
                .map(i -> new Readings.Datum(
                        across(plot, x.places()[i]),
                        up(plot, y.places()[i]),
                        List.of(x.written().get(i), y.written().get(i), Numbers.value(values[i]))))
                .toList();
        var seen = Style.series(0).points().in(Style.VERMILLION); // on every colour of the ramp
        return new Readings(
                List.of(x.label(), y.label(), value), plot, List.of(Readings.Series.points("", seen, data)));
    }

    /** The worst first, so that the best is drawn over all others. */
    private List<Integer> order() {
        var byValue = Comparator.<Integer>comparingDouble(i -> values[i]);
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(colors.best() == Best.LOWEST ? byValue.reversed() : byValue)
                .filter(i -> Double.isFinite(x.places()[i]) && Double.isFinite(y.places()[i]))
                .toList();
    }

    private void paint(Graphics2D g, Rectangle2D plot, Color outline) {
        order().forEach(i -> paintTrial(g, across(plot, x.places()[i]), up(plot, y.places()[i]), values[i], outline));
        colors.paint(g, plot, value);
    }

    private void paintTrial(Graphics2D g, double across, double up, double result, Color outline) {
        g.setColor(colors.at(result));
        g.fill(circle(across, up, RADIUS));
        g.setColor(outline);
        g.setStroke(Style.stroke(outline == Style.SOFT ? 0.7f : 1.4f));
        g.draw(circle(across, up, RADIUS));
        if (result == colors.good()) {
            g.setColor(Color.BLACK);
            g.setStroke(Style.stroke(2.2f));
            g.draw(circle(across, up, RADIUS + 3.5));
        }
    }

    private static Ellipse2D circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private void paintAxes(Graphics2D g, Rectangle2D plot) {
        var taken = new ArrayList<double[]>();
        g.setStroke(Style.stroke(1));
        for (int i = 0; i < x.marks().length; i++) {
            double at = across(plot, x.marks()[i]);
            var name = Lettering.fit(x.names().get(i), Style.SMALL, plot.getWidth() / 3);
            double half = Lettering.width(name, Style.SMALL) / 2 + 4;
            g.setColor(Style.GRID);
            g.draw(new Line2D.Double(at, plot.getY(), at, plot.getMaxY()));
            if (LogAxis.isFree(taken, at - half, at + half)) {
                Lettering.draw(g, name, Style.SMALL, Style.SOFT, at, plot.getMaxY() + 16, 0.5);
            }
        }
        taken.clear();
        for (int i = 0; i < y.marks().length; i++) {
            double at = up(plot, y.marks()[i]);
            g.setColor(Style.GRID);
            g.draw(new Line2D.Double(plot.getX(), at, plot.getMaxX(), at));
            if (LogAxis.isFree(taken, at - 7, at + 7)) {
                var name = Lettering.fit(y.names().get(i), Style.SMALL, widest());
                Lettering.draw(g, name, Style.SMALL, Style.SOFT, plot.getX() - 7, at + 4, 1);
            }
        }
        g.setColor(Style.AXIS);
        g.draw(new Line2D.Double(plot.getX(), plot.getY(), plot.getX(), plot.getMaxY()));
        g.draw(new Line2D.Double(plot.getX(), plot.getMaxY(), plot.getMaxX(), plot.getMaxY()));
        double below = plot.getMaxY() + 2 * LINE + 2;
        Lettering.draw(g, x.label(), Style.TEXT, Style.INK, plot.getCenterX(), below, 0.5);
        Lettering.upright(g, y.label(), plot.getX() - 16 - widest(), plot.getCenterY());
    }

    private static double across(Rectangle2D plot, double share) {
        return plot.getX() + plot.getWidth() * (MARGIN + (1 - 2 * MARGIN) * share);
    }

    private static double up(Rectangle2D plot, double share) {
        return plot.getMaxY() - plot.getHeight() * (MARGIN + (1 - 2 * MARGIN) * share);
    }

    /** The place of the trials that stand at this share of the plot. */
    static double unmargined(double share) {
        return (share - MARGIN) / (1 - 2 * MARGIN);
    }

    private double widest() {
        return Math.min(
                120,
                y.names().stream()
                        .mapToDouble(name -> Lettering.width(name, Style.SMALL))
                        .max()
                        .orElse(0));
    }
}
