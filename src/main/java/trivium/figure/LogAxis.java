package trivium.figure;

import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import trivium.text.Numbers;

/**
 * A logarithmic axis, painted around a plot. XChart labels powers of ten only, and a loss rarely spans one.
 *
 * @param low the value at the left or lower end, above 0
 * @param high the value at the other end
 * @param label of the whole axis
 * @param upright whether it stands left of the plot, not below it
 */
record LogAxis(double low, double high, String label, boolean upright) {

    /** Of each of which there is a label; XChart has nine lines of its grid in each. */
    static final int MOST_DECADES = 12;

    private static final int LINE = 18;

    /** The space it needs around the plot. */
    Insets space() {
        int title = label.isEmpty() ? 4 : LINE + 6;
        return upright ? new Insets(0, (int) Math.ceil(widest()) + 9 + title, 0, 0) : new Insets(0, 0, LINE + title, 0);
    }

    void paint(Graphics2D g, Rectangle2D plot) {
        g.setColor(Style.AXIS);
        g.setStroke(Style.stroke(1));
        g.draw(
                upright
                        ? new Line2D.Double(plot.getX(), plot.getY(), plot.getX(), plot.getMaxY())
                        : new Line2D.Double(plot.getX(), plot.getMaxY(), plot.getMaxX(), plot.getMaxY()));
        var taken = new ArrayList<double[]>();
        for (double tick : ticks(low, high)) {
            if (upright) {
                paintLeft(g, plot, tick, taken);
            } else {
                paintBelow(g, plot, tick, taken);
            }
        }
        if (upright) {
            Lettering.upright(g, label, plot.getX() - 16 - widest(), plot.getCenterY());
        } else {
            double baseline = plot.getMaxY() + 2 * LINE + 2;
            Lettering.draw(g, label, Style.TEXT, Style.INK, plot.getCenterX(), baseline, 0.5);
        }
    }

    private void paintLeft(Graphics2D g, Rectangle2D plot, double tick, List<double[]> taken) {
        double y = plot.getMaxY() - share(tick) * plot.getHeight();
        if (isFree(taken, y - 7, y + 7)) {
            g.setColor(Style.AXIS);
            g.draw(new Line2D.Double(plot.getX() - 4, y, plot.getX(), y));
            Lettering.draw(g, written(tick), Style.SMALL, Style.SOFT, plot.getX() - 7, y + 4, 1);
        }
    }

    private void paintBelow(Graphics2D g, Rectangle2D plot, double tick, List<double[]> taken) {
        double x = plot.getX() + share(tick) * plot.getWidth();
        double half = Lettering.width(written(tick), Style.SMALL) / 2 + 3;
        if (x + half < plot.getMaxX() + LINE && isFree(taken, x - half, x + half)) { // not cut off at the figure's edge
            g.setColor(Style.AXIS);
            g.draw(new Line2D.Double(x, plot.getMaxY(), x, plot.getMaxY() + 4));
            Lettering.draw(g, written(tick), Style.SMALL, Style.SOFT, x, plot.getMaxY() + 17, 0.5);
        }
    }

    /** Whether a label has this stretch of the axis for itself; it then has taken it. */
    static boolean isFree(List<double[]> taken, double from, double to) {
        if (taken.stream().anyMatch(other -> from < other[1] && to > other[0])) {
            return false;
        }
        return taken.add(new double[] {from, to});
    }

    double decades() {
        return Math.log10(high) - Math.log10(low);
    }

    private double share(double value) {
        return (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)); // the ratio may be infinite
    }

    /** A tick of other axes that is so near to 0 is one. */
    private String written(double tick) {
        return high / low < 2
                ? Numbers.tick(tick, Style.apart(low, high))
                : tick < 1e-9 ? Numbers.setting(tick) : Numbers.tick(tick);
    }

    private double widest() {
        return Arrays.stream(ticks(low, high))
                .mapToObj(this::written)
                .mapToDouble(text -> Lettering.width(text, Style.SMALL))
                .max()
                .orElse(0);
    }

    /** Round values between two positive ends, the roundest first: they are labelled before the others. */
    static double[] ticks(double low, double high) {
        double ratio = high / low;
        if (ratio < 2) {
            return even(low, high);
        }
        var digits = ratio < 4
                ? new double[] {1, 5, 2, 3, 4, 1.5, 2.5, 1.2, 1.8, 7, 6, 8, 9, 3.5, 4.5}
                : ratio < 40
                        ? new double[] {1, 5, 2, 3, 4, 6, 8}
                        : ratio < 1e4 ? new double[] {1, 5, 2} : new double[] {1};
        int from = (int) Math.floor(Math.log10(low));
        int to = (int) Math.ceil(Math.log10(high));
        int every = Math.ceilDiv(to - from, MOST_DECADES);
        return Arrays.stream(digits)
                .flatMap(digit -> IntStream.rangeClosed(from, to)
                        .filter(decade -> decade % every == 0)
                        .mapToDouble(decade -> digit * Math.pow(10, decade)))
                .filter(tick -> tick >= low && tick <= high)
                .toArray();
    }

    /** Equal differences, where there is too little of a logarithm to see. */
    static double[] even(double low, double high) {
        double rough = (high - low) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(digit -> digit * power)
                .filter(candidate -> candidate >= rough)
                .boxed()
                .min(Comparator.naturalOrder())
                .orElse(rough);
        long first = (long) Math.ceil(low / step);
        long last = (long) Math.floor(high / step);
        return IntStream.rangeClosed(0, (int) (last - first))
                .mapToDouble(i -> (first + i) * step)
                .toArray();
    }
}
