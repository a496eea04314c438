package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How a series is drawn, in the plot and in the legend: colour, line, marker. */
record SeriesStyle(Color color, BasicStroke stroke, Marker marker) {

    SeriesStyle line() {
        return new SeriesStyle(color, stroke, SeriesMarkers.NONE);
    }

    SeriesStyle points() {
        return new SeriesStyle(color, SeriesLines.NONE, marker);
    }

    SeriesStyle in(Color other) {
        return new SeriesStyle(other, stroke, marker);
    }

    SeriesStyle with(BasicStroke other) {
        return new SeriesStyle(color, other, marker);
    }

    SeriesStyle with(Marker other) {
        return new SeriesStyle(color, stroke, other);
    }
}
