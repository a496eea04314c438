package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import trivium.text.Numbers;

/**
 * The colours of results, and the bar that explains them.
 *
 * @param best which end is good
 * @param good the best value
 * @param low the value at the bar's foot
 * @param high the value at its head
 * @param capped whether values beyond the bad end are shown in its colour
 */
record ColorScale(Best best, double good, double low, double high, boolean capped) {

    /** Pixels right of a plot that the bar takes. */
    static final int SPACE = 76;

    /**
     * Over these values, lowest first. One trial that went wrong should not take all the colours: they stop at four
     * times the middle's distance from the best.
     */
    static ColorScale of(double[] sorted, Best best) {
        boolean lowest = best == Best.LOWEST;
        double good = lowest ? sorted[0] : sorted[sorted.length - 1];
        double bad = lowest ? sorted[sorted.length - 1] : sorted[0];
        double end = good + 4 * (sorted[sorted.length / 2] - good);
        boolean capped = end != good && Math.abs(bad - good) > Math.abs(end - good);
        double last = capped ? end : bad;
        return new ColorScale(best, good, Math.min(good, last), Math.max(good, last), capped);
    }

    Color at(double value) {
        return ColorRamp.VIRIDIS.at(high == low ? 0.5 : (value - low) / (high - low));
    }

    /** The bar right of a plot, and above it what the colours say. */
    void paint(Graphics2D g, Rectangle2D plot, String label) {
        double x = plot.getMaxX() + 18;
        ColorRamp.VIRIDIS.paint(g, new Rectangle2D.Double(x, plot.getY(), 14, plot.getHeight()));
        for (int i = 0; i <= 4; i++) {
            double value = low + (high - low) * i / 4;
            double y = plot.getMaxY() - plot.getHeight() * i / 4;
            g.setColor(Style.AXIS);
            g.setStroke(Style.stroke(1));
            g.draw(new Line2D.Double(x + 14, y, x + 18, y));
            boolean beyond = capped && i == (best == Best.LOWEST ? 4 : 0);
            var text = (beyond ? best == Best.LOWEST ? "≥ " : "≤ " : "") + Numbers.brief(value);
            Lettering.draw(g, text, Style.SMALL, Style.SOFT, x + 21, y + 4, 0);
            if (high == low) {
                break;
            }
        }
        Lettering.draw(g, label, Style.SMALL, Style.INK, plot.getMaxX() + SPACE - 4, plot.getY() - 8, 1);
    }
}
