package trivium.figure;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The readings of a figure as JSON, for the script of a page ({@code trivium/notebook/figure.js}): the data of each
 * series by columns, in pixels of the layout.
 */
final class ReadingsJson {

    /** What a legend says of pale curves: "training (faint: every step)". */
    private static final Pattern FAINT = Pattern.compile("(.*) \\(faint: (.*)\\)");

    private static final String WITH_MARKERS = "with markers: ";

    private final List<LegendEntry> keys;

    private ReadingsJson(List<LegendEntry> keys) {
        this.keys = keys;
    }

    static String of(List<LegendEntry> keys, List<Rectangle2D> places, List<Readings> panels, int width) {
        var json = new ReadingsJson(keys);
        return "{\"w\":" + width + ",\"keys\":" + list(places, ReadingsJson::box) + ",\"names\":"
                + list(keys, key -> text(key.label())) + ",\"panels\":"
                + list(panels, json::panel) + "}";
    }

    private String panel(Readings panel) {
        var series =
                panel.series().stream().filter(each -> !each.data().isEmpty()).toList();
        return "{\"t\":" + list(panel.titles(), ReadingsJson::text) + ",\"b\":" + box(panel.plot()) + ",\"s\":"
                + list(series, each -> series(each, series, panel.titles().size()))
                + (panel.cells() == Readings.Cells.NONE ? "" : ",\"g\":" + cells(panel.cells())) + "}";
    }

    /** Names of columns and rows, of each row the cells that say something of their own, and what the others say. */
    private static String cells(Readings.Cells cells) {
        return "{\"x\":" + list(cells.columns(), ReadingsJson::text) + ",\"y\":"
                + list(cells.rows(), ReadingsJson::text)
                + ",\"v\":" + list(List.of(cells.values()), ReadingsJson::row) + ",\"e\":"
                + list(cells.others(), ReadingsJson::text) + "}";
    }

    private static String row(String[][] row) {
        return IntStream.range(0, row.length)
                .filter(i -> row[i] != null)
                .mapToObj(i -> "\"" + i + "\":" + list(List.of(row[i]), ReadingsJson::text))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private String series(Readings.Series series, List<Readings.Series> all, int values) {
        int key = key(series);
        return "{\"n\":" + text(series.name().isEmpty() ? name(key, series.style(), all) : series.name()) + ",\"k\":"
                + key + ",\"c\":\""
                + String.format("#%06x", series.style().color().getRGB() & 0xFFFFFF) + "\",\"d\":"
                + series.near().ordinal() + drawing(series) + ",\"x\":" + pixels(series, Readings.Datum::x) + ",\"y\":"
                + pixels(series, Readings.Datum::y) + ",\"v\":["
                + IntStream.range(0, values).mapToObj(i -> values(series, i)).collect(Collectors.joining(","))
                + "]}";
    }

    /** One for each datum, or a single one where all are the same. */
    private static String values(Readings.Series series, int i) {
        var values = series.data().stream().map(datum -> datum.values().get(i)).toList();
        boolean same = values.stream().distinct().count() == 1;
        return list(same ? values.subList(0, 1) : values, ReadingsJson::text);
    }

    /** How a series is drawn: the base and half the thickness of bars; of others line, dashes and markers. */
    private static String drawing(Readings.Series series) {
        if (series.near() == Readings.Near.X || series.near() == Readings.Near.Y) {
            return ",\"b\":" + pixel(series.bar().base()) + ",\"h\":"
                    + pixel(series.bar().half());
        }
        var stroke = series.style().stroke();
        boolean isLine = stroke != SeriesLines.NONE;
        var dashes = isLine && stroke.getDashArray() != null ? stroke.getDashArray() : new float[0];
        var dash = IntStream.range(0, dashes.length)
                .mapToObj(i -> pixel(dashes[i]))
                .collect(Collectors.joining(",", "[", "]"));
        return ",\"l\":" + (isLine ? pixel(stroke.getLineWidth()) : "0") + ",\"m\":"
                + (series.style().marker() == SeriesMarkers.NONE ? 0 : 1) + ",\"g\":" + dash;
    }

    /** The entry of the legend that is drawn most like a series; −1 where none has its colour. */
    private int key(Readings.Series series) {
        int best = -1;
        int most = 0;
        for (int i = 0; i < keys.size(); i++) {
            int alike = alike(keys.get(i).style(), series.style());
            if (alike > most) {
                best = i;
                most = alike;
            }
        }
        return best;
    }

    private static int alike(SeriesStyle key, SeriesStyle series) {
        boolean same = key.color().getRGB() == series.color().getRGB();
        if (!same && Style.pale(key.color()).getRGB() != series.color().getRGB()) {
            return 0;
        }
        return 1
                + (same ? 4 : 0)
                + (key.stroke().equals(series.stroke()) ? 2 : 0)
                + (key.marker() == series.marker() ? 1 : 0);
    }

    /** What the legend calls a series, and what tells it from others of the same entry. */
    private String name(int key, SeriesStyle style, List<Readings.Series> all) {
        if (key < 0) {
            return "";
        }
        var label = keys.get(key).label();
        var color = keys.get(key).style().color();
        var faint = FAINT.matcher(label);
        var name = faint.matches() ? faint.group(1) : label;
        if (isPale(style, color) && style.stroke() != SeriesLines.NONE) {
            var each = faint.matches() ? faint.group(2) : "not smoothed";
            return name.equals("smoothed") ? each : name + ", " + each;
        }
        if (style.marker() != SeriesMarkers.NONE && keys.get(key).style().marker() == SeriesMarkers.NONE) {
            return keys.stream()
                    .map(LegendEntry::label)
                    .filter(other -> other.startsWith(WITH_MARKERS))
                    .findFirst()
                    .map(other -> name + ", " + other.substring(WITH_MARKERS.length()))
                    .orElse(name);
        }
        boolean smoothed = all.stream()
                .anyMatch(other -> isPale(other.style(), color) && other.style().stroke() != SeriesLines.NONE);
        return smoothed && !name.equals("smoothed") ? name + ", smoothed" : name;
    }

    private static boolean isPale(SeriesStyle style, Color color) {
        return style.color().getRGB() == Style.pale(color).getRGB();
    }

    private static String pixels(Readings.Series series, ToDoubleFunction<Readings.Datum> place) {
        return list(series.data(), datum -> pixel(place.applyAsDouble(datum)));
    }

    private static String box(Rectangle2D box) {
        return "[" + pixel(box.getX()) + "," + pixel(box.getY()) + "," + pixel(box.getWidth()) + ","
                + pixel(box.getHeight()) + "]";
    }

    private static String pixel(double pixels) {
        var text = String.format(Locale.ROOT, "%.1f", pixels);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static <T> String list(List<T> items, Function<T, String> json) {
        return items.stream().map(json).collect(Collectors.joining(",", "[", "]"));
    }

    /** A string in which nothing ends the script around it. */
    private static String text(String text) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == '&' || c == '\u2028' || c == '\u2029') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
