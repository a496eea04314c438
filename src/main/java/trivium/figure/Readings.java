package trivium.figure;

import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What a reader can have read off a painted panel: where each datum stands, and what it says.
 *
 * @param titles of what each datum says, such as those of both axes
 * @param plot between the axes, in pixels
 * @param series in the order in which they are drawn
 * @param cells that fill the plot
 */
record Readings(List<String> titles, Rectangle2D plot, List<Series> series, Cells cells) {

    Readings(List<String> titles, Rectangle2D plot, List<Series> series) {
        this(titles, plot, series, Cells.NONE);
    }

    /** Of a panel that says nothing. */
    static final Readings NONE = new Readings(List.of(), new Rectangle2D.Double(), List.of());

    /** By what a pointer is near a datum; of a line, any place between its data. */
    enum Near {
        PLACE,
        X,
        Y,
        LINE
    }

    /**
     * Cells of one size, side by side.
     *
     * @param columns names from the left, which the first title is of
     * @param rows names from above, which the second title is of
     * @param values of each cell by row and column, as written, one for each further title; null for {@code others}
     * @param others what the other cells say
     */
    record Cells(List<String> columns, List<String> rows, String[][][] values, List<String> others) {

        static final Cells NONE = new Cells(List.of(), List.of(), new String[0][][], List.of());

        int count() {
            return (int) Arrays.stream(values)
                    .flatMap(Arrays::stream)
                    .filter(Objects::nonNull)
                    .count();
        }
    }

    /**
     * Data that are drawn alike.
     *
     * @param name empty for that of the entry of the legend
     * @param bar of bars, where they begin and half of how thick they are, in pixels; else both 0
     */
    record Series(String name, SeriesStyle style, Near near, Bar bar, List<Datum> data) {

        static Series points(String name, SeriesStyle style, List<Datum> data) {
            return new Series(name, style, Near.PLACE, new Bar(0, 0), data);
        }

        /** A line on which every place says the same. */
        static Series line(SeriesStyle style, List<Datum> data) {
            return new Series("", style, Near.LINE, new Bar(0, 0), data);
        }

        /** Bars in one colour, which end at the data. */
        static Series bars(SeriesStyle style, Near near, Bar bar, List<Datum> data) {
            return new Series("", style, near, bar, data);
        }

        private Series moved(double dx, double dy) {
            var from = new Bar(bar.base + (near == Near.X ? dy : near == Near.Y ? dx : 0), bar.half);
            return new Series(
                    name,
                    style,
                    near,
                    from,
                    data.stream()
                            .map(datum -> new Datum(datum.x() + dx, datum.y() + dy, datum.values()))
                            .toList());
        }
    }

    /** Where bars begin, and half of how thick they are. */
    record Bar(double base, double half) {}

    /**
     * A datum.
     *
     * @param x of its middle, in pixels from the left
     * @param y of its middle, in pixels from above
     * @param values as written, one for each title; of empty ones nothing is told
     */
    record Datum(double x, double y, List<String> values) {}

    /** Asks a panel, once it is painted. */
    @FunctionalInterface
    interface Source {
        /** The readings, with at most so many data of a series. */
        Readings of(int most);
    }

    int count() {
        return series.stream().mapToInt(each -> each.data().size()).sum() + cells.count();
    }

    Readings moved(double dx, double dy) {
        return new Readings(
                titles,
                new Rectangle2D.Double(plot.getX() + dx, plot.getY() + dy, plot.getWidth(), plot.getHeight()),
                series.stream().map(each -> each.moved(dx, dy)).toList(),
                cells);
    }

    /** Every so-manieth of these, the first and the last among them. */
    static <T> List<T> some(List<T> data, int most) {
        int n = data.size();
        return n <= most
                ? data
                : IntStream.range(0, most)
                        .mapToObj(i -> data.get((int) ((long) i * (n - 1) / (most - 1))))
                        .toList();
    }
}
