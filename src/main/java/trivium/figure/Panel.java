package trivium.figure;

import java.awt.Insets;
import org.knowm.xchart.internal.chartpart.IChart;

/**
 * One chart of a figure.
 *
 * @param title above it, or empty
 * @param chart the axes and what is drawn between them
 * @param around pixels kept free around the chart, for what it paints beyond its axes
 * @param readings of the chart, in its own pixels, once it is painted
 */
record Panel(String title, IChart chart, Insets around, Readings.Source readings) {

    Panel(String title, IChart chart, Insets around) {
        this(title, chart, around, _ -> Readings.NONE);
    }

    Panel(String title, IChart chart) {
        this(title, chart, new Insets(0, 0, 0, 0));
    }

    Panel titled(String words) {
        return new Panel(words, chart, around, readings);
    }

    Panel reading(Readings.Source source) {
        return new Panel(title, chart, around, source);
    }
}
