package trivium.figure;

import java.awt.Insets;
import org.knowm.xchart.internal.chartpart.IChart;

/**
 * One chart of a figure.
 *
 * @param title above it, or empty
 * @param chart the axes and what is drawn between them
 * @param around pixels kept free around the chart, for what it paints beyond its axes
 */
record Panel(String title, IChart chart, Insets around) {

    Panel(String title, IChart chart) {
        this(title, chart, new Insets(0, 0, 0, 0));
    }
}
