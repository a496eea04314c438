package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How one thing is drawn, in the plot and in the legend: colour, line, marker. */
record Look(Color color, BasicStroke stroke, Marker marker) {

    Look line() {
        return new Look(color, stroke, SeriesMarkers.NONE);
    }

    Look points() {
        return new Look(color, SeriesLines.NONE, marker);
    }

    Look in(Color other) {
        return new Look(other, stroke, marker);
    }

    Look with(BasicStroke other) {
        return new Look(color, other, marker);
    }

    Look with(Marker other) {
        return new Look(color, stroke, other);
    }
}
