package trivium.figure;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Rectangle2D;
import java.util.Comparator;
import java.util.List;

/**
 * Names along the axes of a chart whose plot is cut into equal strips, on one baseline and with nothing left out.
 *
 * @param x under the plot, from left to right
 * @param xLabel below them
 * @param y left of the plot, from bottom to top
 * @param yLabel left of them
 */
record CategoryAxes(List<String> x, String xLabel, List<String> y, String yLabel) {

    private static final int LINE = 18;
    private static final double MOST = 170;

    /** The space they need around the plot. */
    Insets space() {
        int left = (int) Math.ceil(widest()) + (y.isEmpty() ? 0 : 8) + (yLabel.isEmpty() ? 0 : LINE + 4);
        int bottom = (x.isEmpty() ? 0 : LINE) + (xLabel.isEmpty() ? 0 : LINE + 2) + 2;
        return new Insets(0, left, bottom, 0);
    }

    void paint(Graphics2D g, Rectangle2D plot) {
        double width = plot.getWidth() / Math.max(1, x.size());
        var font = x.stream()
                .map(name -> Lettering.shrunk(name, Style.TEXT, width - 4))
                .min(Comparator.comparingDouble(Font::getSize2D))
                .orElse(Style.TEXT);
        for (int i = 0; i < x.size(); i++) {
            var name = Lettering.fit(x.get(i), font, width - 2);
            Lettering.draw(g, name, font, Style.INK, plot.getX() + (i + 0.5) * width, plot.getMaxY() + 16, 0.5);
        }
        double height = plot.getHeight() / Math.max(1, y.size());
        for (int j = 0; j < y.size(); j++) {
            var name = Lettering.fit(y.get(j), Style.TEXT, MOST);
            double middle = plot.getMaxY() - (j + 0.5) * height;
            Lettering.draw(g, name, Style.TEXT, Style.INK, plot.getX() - 8, middle + 4, 1);
        }
        double below = plot.getMaxY() + (x.isEmpty() ? 0 : LINE) + 18;
        Lettering.draw(g, xLabel, Style.TEXT, Style.INK, plot.getCenterX(), below, 0.5);
        if (!yLabel.isEmpty()) {
            Lettering.upright(g, yLabel, plot.getX() - 14 - widest(), plot.getCenterY());
        }
    }

    private double widest() {
        return y.stream()
                .mapToDouble(name -> Math.min(MOST, Lettering.width(name, Style.TEXT)))
                .max()
                .orElse(0);
    }
}
