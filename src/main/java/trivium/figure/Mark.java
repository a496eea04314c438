package trivium.figure;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.internal.chartpart.Annotation;

/** Something painted over a chart: XChart tells it where the plot is, a function does the painting. */
final class Mark extends Annotation {

    /** Paints on a chart whose plot fills {@code plot}. */
    @FunctionalInterface
    interface Painter {
        void paint(Graphics2D g, Rectangle2D plot);
    }

    private final Painter painter;
    private Rectangle2D plot = new Rectangle2D.Double();

    Mark(Painter painter) {
        super(false);
        this.painter = painter;
    }

    @Override
    public void paint(Graphics2D g) {
        double left = getXAxisScreenValueForMin();
        double top = getYAxisScreenValueForMin();
        bounds = new Rectangle2D.Double(
                left, top, getXAxisScreenValueForMax() - left, getYAxisScreenValueForMax() - top);
        plot = new Rectangle2D.Double(left, top, bounds.getWidth(), bounds.getHeight());
        painter.paint(g, bounds);
    }

    /** Where it was painted last. */
    Rectangle2D plot() {
        return plot;
    }
}
