package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * One column of a table over another, in the colours of a third: as curves where x only grows from row to row of a
 * colour, as points elsewhere and where a colour stands for a range of numbers, whose rows are no series.
 */
final class Relation {

    /** Names in a legend that are told apart. */
    static final int MOST = 12;

    private static final int HEIGHT = 360;

    /** Numbers up to which each has a colour of its own; more are put into {@link #CLASSES} of as many rows each. */
    private static final int FEW = 7;

    private static final int CLASSES = 5;

    /** Of the ramp, what stands out on white. */
    private static final double SEEN = 0.85;

    /**
     * The rows of one colour.
     *
     * @param series whether they belong together, rather than lie in one range
     */
    private record Group(String name, SeriesStyle style, int[] rows, boolean series) {

        boolean isCurve(Points points) {
            return series && points.size() > 1 && grows(points.x());
        }

        SeriesStyle drawn(Points points) {
            return isCurve(points) ? style.line() : style.points();
        }
    }

    private Relation() {}

    static Figure of(Table table, Axis x, String y, String color, int smoothing) {
        Points.requireColumns(table, color.isEmpty() ? List.of(x.column(), y) : List.of(x.column(), y, color));
        requireNumbers(table, x.column());
        requireNumbers(table, y);
        if (smoothing < 1) {
            throw new IllegalArgumentException("smoothing is the mean over so many rows, 1 or more, not " + smoothing);
        }
        var across = table.numberColumn(x.column()).asDoubleArray();
        var up = table.numberColumn(y).asDoubleArray();
        var groups = groups(table, color);
        var finite = groups.stream()
                .map(group -> Points.of(pick(across, group.rows()), pick(up, group.rows())))
                .toList();
        var held = finite.stream()
                .map(points -> points.within(x.logarithmic(), x.logarithmicValues()))
                .toList();
        var shown = held.stream().map(points -> points.shownOn(x)).toList();
        int count = count(shown);
        if (count == 0) {
            throw new IllegalArgumentException("no row has both a value of \"" + x.column() + "\" and one of \"" + y
                    + "\" that can be shown" + (count(finite) > count(held) ? ", none beyond " + limit(x) : "")
                    + (x.logarithmic() || x.logarithmicValues() ? " on these scales" : "")
                    + ": choose other columns" + (x.logarithmic() || x.logarithmicValues() ? " or no logarithm" : ""));
        }
        var thinned = thinned(x, groups, shown);
        var plot = plot(x, Labels.of(y), groups, shown, thinned.drawn(), smoothing);
        var keys = new ArrayList<LegendEntry>();
        for (int i = 0; !color.isEmpty() && i < groups.size(); i++) {
            if (!shown.get(i).isEmpty()) {
                var group = groups.get(i);
                boolean smooth = smoothing > 1 && group.series();
                var style = smooth ? group.style().line() : group.drawn(shown.get(i));
                keys.add(LegendEntry.line(group.name(), style));
            }
        }
        var columns = new LinkedHashSet<>(List.of(x.column(), y));
        if (!color.isEmpty()) {
            columns.add(color);
        }
        var by = color.isEmpty() ? "" : ", by " + lower(Labels.title(color));
        var title = Labels.title(y) + " over " + lower(Labels.title(x.column())) + by;
        var caption = Stream.of(
                        smoothed(smoothing, groups),
                        fewer(groups, shown, thinned, x),
                        leftOut(table.rowCount() - count(finite), table.rowCount(), "lack", "lacks")
                                .formatted("a finite value of " + lower(Labels.title(x.column())) + " or of "
                                        + lower(Labels.title(y))),
                        leftOut(count(finite) - count(held), table.rowCount(), "are", "is")
                                .formatted("beyond " + limit(x)),
                        leftOut(count(held) - count, table.rowCount(), "are", "is")
                                .formatted("at or below 0 on a logarithmic axis"))
                .filter(sentence -> !sentence.isEmpty())
                .collect(Collectors.joining(" "));
        return new Figure(
                FigureLayout.of(title, keys, plot.panel(""), HEIGHT).captioned(caption),
                table.selectColumns(columns.toArray(String[]::new)));
    }

    private static String limit(Axis x) {
        return "±1e150" + (x.logarithmic() || x.logarithmicValues() ? " or, on a logarithmic axis, below 1e−150" : "");
    }

    private static int count(List<Points> parts) {
        return parts.stream().mapToInt(Points::size).sum();
    }

    private static String smoothed(int smoothing, List<Group> groups) {
        if (smoothing == 1) {
            return "";
        }
        // Points.smooth takes as many rows before a row as after it
        return (groups.stream().allMatch(Group::series) ? "Strong lines: the mean" : "Black line: the mean")
                + " over up to " + Numbers.count(2L * (smoothing / 2) + 1)
                + " rows in the order of x, at the end their line of least squares.";
    }

    /** How many rows are not drawn, and a place for why; empty if none. */
    private static String leftOut(int count, int all, String plural, String singular) {
        return count == 0
                ? ""
                : Numbers.count(count) + " of " + Numbers.count(all, "row") + " "
                        + (count == 1 ? singular + " %s and is" : plural + " %s and are") + " left out.";
    }

    /** The points without those beside others; curves are thinned where they are drawn. */
    private static Thinning thinned(Axis x, List<Group> groups, List<Points> shown) {
        var alone = IntStream.range(0, groups.size())
                .mapToObj(i -> groups.get(i).isCurve(shown.get(i)) ? Points.NONE : shown.get(i))
                .toList();
        var thinning = Thinning.of(alone, x);
        var drawn = IntStream.range(0, groups.size())
                .mapToObj(i -> alone.get(i) == shown.get(i) ? thinning.drawn().get(i) : shown.get(i))
                .toList();
        return new Thinning(drawn, thinning.cell());
    }

    /** What is said where more rows lie beside one another than can be seen. */
    private static String fewer(List<Group> groups, List<Points> shown, Thinning thinned, Axis x) {
        int drawn = IntStream.range(0, groups.size())
                .map(i -> {
                    var points = thinned.drawn().get(i);
                    return groups.get(i).isCurve(shown.get(i))
                            ? points.thin(Plot.FINE, at -> x.logarithmic() ? Math.log10(at) : at)
                                    .size()
                            : points.size();
                })
                .sum();
        return drawn == count(shown)
                ? ""
                : Numbers.count(drawn) + " of " + Numbers.count(count(shown), "row")
                        + " are drawn: the lowest and the highest of each column of pixels"
                        + (thinned.cell() == 0
                                ? "."
                                : ", and of points beside each other one in " + thinned.cell() + " × " + thinned.cell()
                                        + " pixels.");
    }

    private static Plot plot(
            Axis x, String yLabel, List<Group> groups, List<Points> shown, List<Points> drawn, int smoothing) {
        var plot = Plot.over(x, yLabel);
        for (int i = 0; i < groups.size(); i++) { // all rows first, so that they cover no mean
            var style = groups.get(i).drawn(shown.get(i));
            boolean pale = smoothing > 1 && groups.get(i).series();
            var faint = style.in(Style.pale(style.color()));
            plot.line(
                    drawn.get(i),
                    !pale ? style : groups.get(i).isCurve(shown.get(i)) ? faint.with(Style.stroke(1)) : faint);
        }
        if (smoothing > 1 && groups.stream().anyMatch(group -> !group.series())) {
            plot.line(
                    sorted(together(shown)).smooth(smoothing).shownOn(x),
                    Style.series(0).in(Style.INK).line());
        } else if (smoothing > 1) {
            for (int i = 0; i < groups.size(); i++) {
                plot.line(
                        sorted(shown.get(i)).smooth(smoothing).shownOn(x), // its end may fall below 0
                        groups.get(i).style().line());
            }
        }
        return plot;
    }

    private static Points together(List<Points> parts) {
        return new Points(
                parts.stream().flatMapToDouble(part -> Arrays.stream(part.x())).toArray(),
                parts.stream().flatMapToDouble(part -> Arrays.stream(part.y())).toArray());
    }

    private static Points sorted(Points points) {
        if (IntStream.range(1, points.size()).allMatch(i -> points.x()[i] >= points.x()[i - 1])) {
            return points;
        }
        var order = IntStream.range(0, points.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> points.x()[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Points(pick(points.x(), order), pick(points.y(), order));
    }

    private static boolean grows(double[] x) {
        return IntStream.range(1, x.length).allMatch(i -> x[i] > x[i - 1]);
    }

    private static List<Group> groups(Table table, String color) {
        int[] all = IntStream.range(0, table.rowCount()).toArray();
        if (color.isEmpty()) {
            return List.of(new Group("", Style.series(0), all, true));
        }
        boolean numeric = Points.isNumeric(table, color);
        int names = table.column(color).unique().size();
        if (!numeric && names > MOST) {
            throw new IllegalArgumentException("the column \"" + color + "\" has " + names
                    + " different values, of which at most " + MOST + " can be told apart by colours: "
                    + "choose a column with fewer, or one of numbers");
        }
        return numeric ? numbers(table.numberColumn(color).asDoubleArray()) : names(table, color, all);
    }

    private static List<Group> names(Table table, String color, int[] all) {
        var rows = new LinkedHashMap<String, List<Integer>>();
        var column = table.column(color);
        Arrays.stream(all)
                .forEach(i -> rows.computeIfAbsent(
                                column.isMissing(i) ? "(missing)" : column.getString(i), _ -> new ArrayList<>())
                        .add(i));
        var groups = new ArrayList<Group>();
        for (Map.Entry<String, List<Integer>> row : rows.entrySet()) {
            groups.add(new Group(
                    row.getKey(),
                    Style.series(groups.size()),
                    row.getValue().stream().mapToInt(Integer::intValue).toArray(),
                    true));
        }
        return groups;
    }

    /** A group for each number, or where there are many for each fifth of the rows, in the ramp's colours. */
    private static List<Group> numbers(double[] values) {
        double[] finite =
                Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        double[] distinct = Arrays.stream(finite).distinct().toArray();
        boolean few = distinct.length <= FEW;
        double[] starts = few
                ? distinct
                : IntStream.range(0, CLASSES)
                        .mapToDouble(i -> finite[(int) ((long) i * finite.length / CLASSES)])
                        .distinct()
                        .toArray();
        var groups = new ArrayList<Group>();
        for (int i = 0; i < starts.length; i++) {
            double from = starts[i];
            double to = i + 1 < starts.length ? starts[i + 1] : Double.POSITIVE_INFINITY;
            int[] rows = IntStream.range(0, values.length)
                    .filter(row -> values[row] >= from && values[row] < to)
                    .toArray();
            double last =
                    Arrays.stream(rows).mapToDouble(row -> values[row]).max().orElse(from);
            var name = from == last ? Numbers.value(from) : Numbers.value(from) + " to " + Numbers.value(last);
            var ink = ColorRamp.VIRIDIS.at(starts.length == 1 ? 0 : SEEN * i / (starts.length - 1));
            groups.add(new Group(name, Style.series(i).in(ink).with(Style.stroke(2)), rows, few));
        }
        int[] missing = IntStream.range(0, values.length)
                .filter(row -> !Double.isFinite(values[row]))
                .toArray();
        if (missing.length > 0) {
            groups.add(new Group("(missing)", Style.series(0).in(Style.AXIS), missing, few));
        }
        return groups;
    }

    private static void requireNumbers(Table table, String column) {
        if (!Points.isNumeric(table, column)) {
            throw new IllegalArgumentException(
                    "the column \"" + column + "\" holds no numbers; those that do are " + numeric(table));
        }
    }

    /** The columns of numbers. */
    static List<String> numeric(Table table) {
        return table.columnNames().stream()
                .filter(column -> Points.isNumeric(table, column))
                .toList();
    }

    /** The columns by whose values rows can be coloured. */
    static List<String> colors(Table table) {
        return table.columnNames().stream()
                .filter(column -> Points.isNumeric(table, column)
                        || table.column(column).unique().size() <= MOST)
                .toList();
    }

    private static double[] pick(double[] values, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
    }

    private static String lower(String words) {
        return words.isEmpty() || words.length() > 1 && Character.isUpperCase(words.charAt(1))
                ? words
                : words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
    }
}
