package trivium.figure;

import java.awt.Insets;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A panel without axes, for figures for which XChart has no chart: a function paints all of the panel. */
final class Canvas {

    private Canvas() {}

    /** What can be read off a panel whose plot lies there, with at most so many data of a series. */
    @FunctionalInterface
    interface Reader {
        Readings read(Rectangle2D plot, int most);
    }

    static Panel panel(Insets around, Mark.Painter painter, Reader reader) {
        var chart = Style.dress(new XYChart(FigureLayout.WIDTH, 300), "", "");
        chart.getStyler()
                .setXAxisTicksVisible(false)
                .setYAxisTicksVisible(false)
                .setPlotGridLinesVisible(false);
        // XChart knows where its plot is once it has a series
        var corners = chart.addSeries("corners", new double[] {0, 1}, new double[] {0, 1});
        corners.setLineStyle(SeriesLines.NONE);
        corners.setMarker(SeriesMarkers.NONE);
        var mark = new Mark(painter);
        chart.addAnnotation(mark);
        return new Panel("", chart, around).reading(most -> reader.read(mark.plot(), most));
    }
}
