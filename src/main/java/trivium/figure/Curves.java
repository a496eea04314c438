package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.Table;
import trivium.run.Metric;
import trivium.text.Numbers;

/** Draws metrics over steps, tokens or seconds. */
final class Curves {

    private static final int HEIGHT = 330;
    private static final int SMALL_HEIGHT = 215;
    private static final int PAIR_HEIGHT = 270;

    /** The validation loss of a single run. */
    private static final SeriesStyle VALIDATION =
            new SeriesStyle(Style.VERMILLION, Style.stroke(2), SeriesMarkers.CIRCLE);

    private Curves() {}

    /** The losses of runs that are measured alike, in the order of their names. */
    private record Losses(String unit, List<String> names, List<Points> training, List<Points> validation) {

        static Losses of(LossConditions.Group group, Axis axis) {
            var names = List.copyOf(group.metrics().keySet());
            return new Losses(group.axis("loss"), names, all(group, axis, "loss"), all(group, axis, "validation_loss"));
        }

        private static List<Points> all(LossConditions.Group group, Axis axis, String metric) {
            return group.metrics().values().stream()
                    .map(table -> points(table, axis, metric))
                    .toList();
        }

        boolean isValidated() {
            return validation.stream().anyMatch(points -> !points.isEmpty());
        }
    }

    /**
     * Training loss, faint as measured and strong as smoothed, with validation loss in markers. A panel for each group.
     */
    static Figure loss(List<LossConditions.Group> groups, Axis axis) {
        var all = new LinkedHashMap<String, Table>();
        groups.forEach(group -> all.putAll(group.metrics()));
        var names = List.copyOf(all.keySet());
        boolean single = names.size() == 1;
        var panels = new ArrayList<Panel>();
        boolean validated = false;
        Optional<Ending> ending = Optional.empty();
        int first = 0;
        for (var group : groups) {
            var losses = Losses.of(group, axis);
            var plot = lossPlot(losses, axis, first, single);
            first += losses.names().size();
            if (!plot.isEmpty()) {
                ending = ending(losses);
                panels.add(plot.panel(
                        groups.size() == 1 ? "" : ending.map(Ending::heading).orElse("")));
                validated |= losses.isValidated();
            }
        }
        var data = together(all, axis, List.of("loss", "validation_loss"));
        if (panels.isEmpty()) {
            return new Figure(FigureLayout.empty("Loss"), data);
        }
        var end = ending.map(Ending::sentence).orElse("");
        var title = single
                ? "Loss of " + names.getFirst() + end
                : groups.size() == 1
                        ? "Loss of " + names.size() + " runs" + end
                        : "Losses of " + names.size() + " runs, not to be compared: validation data or unit differ";
        boolean smoothed = all.values().stream().anyMatch(table -> window(points(table, axis, "loss")) > 1);
        var shown = all.entrySet().stream()
                .map(run -> isMeasured(run.getValue(), axis) ? run.getKey() : run.getKey() + " (no losses)")
                .toList();
        var keys = lossKeys(shown, validated, smoothed);
        return new Figure(
                panels.size() == 1
                        ? FigureLayout.of(title, keys, panels.getFirst(), HEIGHT)
                        : new FigureLayout(title, keys, panels, 2, PAIR_HEIGHT),
                data);
    }

    /**
     * How the losses of a panel end.
     *
     * @param what kind of loss
     * @param value the lowest at the end
     * @param best whose it is, several where the value is the same as written; empty where it is everybody's
     */
    private record Ending(String what, String value, List<String> best) {

        /** What follows the name of the figure in its title. */
        String sentence() {
            return best.isEmpty()
                    ? ": " + what + " ends at " + value
                    : ": " + String.join(" and ", best) + (best.size() == 1 ? " ends" : " end") + " with the lowest "
                            + what + ", " + value;
        }

        /** Above a panel: the value first, for a long name may be cut. */
        String heading() {
            return best.isEmpty()
                    ? what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + " ends at " + value
                    : "Lowest " + what + ": " + value + ", " + String.join(" and ", best);
        }
    }

    private static Plot lossPlot(Losses losses, Axis axis, int first, boolean single) {
        var plot = Plot.over(axis, losses.unit());
        int count = losses.names().size();
        for (int i = 0; i < count; i++) { // all faint curves first, so that they cover nothing
            var style = Style.series(first + i).line();
            var training = losses.training().get(i);
            if (window(training) > 1) { // a short curve is drawn once, as measured
                plot.line(training, style.in(Style.pale(style.color())).with(Style.stroke(1)));
            }
        }
        for (int i = 0; i < count; i++) {
            var training = losses.training().get(i);
            plot.line(training.smooth(window(training)), Style.series(first + i).line());
        }
        for (int i = 0; i < count; i++) {
            plot.line(losses.validation().get(i), single ? VALIDATION : Style.series(first + i));
        }
        return plot;
    }

    /** The loss in the title: the validation loss at the end, or where there is none the training loss. */
    private static Optional<Ending> ending(Losses losses) {
        var names = losses.names();
        var training = losses.training();
        var validation = losses.validation();
        boolean validated = losses.isValidated();
        var curves = validated
                ? validation
                : training.stream().map(points -> points.smooth(window(points))).toList();
        var what = validated ? "validation loss" : "loss";
        var ends = IntStream.range(0, names.size())
                .filter(i -> !curves.get(i).isEmpty())
                .boxed()
                .toList();
        if (ends.isEmpty()) {
            return Optional.empty();
        }
        int best = ends.stream()
                .min(Comparator.comparingDouble(i -> curves.get(i).last()))
                .orElseThrow();
        var value = Numbers.brief(curves.get(best).last());
        var lowest = ends.stream()
                .filter(i -> Numbers.brief(curves.get(i).last()).equals(value))
                .map(names::get)
                .toList();
        return Optional.of(new Ending(what, value, lowest.size() == names.size() ? List.of() : lowest));
    }

    /** Whether a run has losses that are drawn; one that was loaded without its metrics has none. */
    private static boolean isMeasured(Table table, Axis axis) {
        boolean trained = !points(table, axis, "loss").isEmpty();
        return trained || !points(table, axis, "validation_loss").isEmpty();
    }

    private static List<LegendEntry> lossKeys(List<String> names, boolean validated, boolean smoothed) {
        var keys = new ArrayList<LegendEntry>();
        if (names.size() == 1) {
            keys.add(LegendEntry.line(
                    smoothed ? "training (faint: every step)" : "training",
                    Style.series(0).line()));
        } else {
            IntStream.range(0, names.size())
                    .forEach(i -> keys.add(
                            LegendEntry.line(names.get(i), Style.series(i).line())));
        }
        if (validated && names.size() == 1) {
            keys.add(LegendEntry.line("validation", VALIDATION));
        } else if (validated) {
            keys.add(LegendEntry.line(
                    "with markers: validation", new SeriesStyle(Style.SOFT, Style.stroke(2), SeriesMarkers.CIRCLE)));
        }
        return keys;
    }

    /** One metric of several tables in one panel. */
    static Figure metric(String title, Map<String, Table> tables, Axis axis, String metric) {
        return metric(title, List.of(new LossConditions.Group(Metric.of(metric).unit(), tables)), axis, metric);
    }

    /** One metric of several tables, a panel for each group. */
    static Figure metric(String title, List<LossConditions.Group> groups, Axis axis, String metric) {
        var tables = groups.stream()
                .flatMap(group -> group.metrics().values().stream())
                .filter(table -> !table.isEmpty())
                .toList();
        if (!tables.isEmpty() && tables.stream().noneMatch(table -> table.containsColumn(metric))) {
            throw new IllegalArgumentException("none of what is compared has the metric \"" + metric + "\"; there is "
                    + String.join(", ", tables.getFirst().columnNames()));
        }
        var keys = new ArrayList<LegendEntry>();
        var panels = new ArrayList<Panel>();
        var all = new LinkedHashMap<String, Table>();
        for (var group : groups) {
            var plot = Plot.over(axis, group.axis(metric));
            for (var table : group.metrics().entrySet()) {
                var points = points(table.getValue(), axis, metric);
                var style = Style.series(keys.size());
                keys.add(LegendEntry.line(table.getKey(), points.size() > 40 ? style.line() : style));
                plot.line(points, points.size() > 40 ? style.line() : style);
            }
            if (!plot.isEmpty()) {
                panels.add(plot.panel(
                        groups.size() == 1
                                ? ""
                                : String.join(", ", group.metrics().keySet())));
            }
            all.putAll(group.metrics());
        }
        var data = together(all, axis, List.of(metric));
        var whole = groups.size() == 1 ? title : title + ", not to be compared: validation data or unit differ";
        return new Figure(
                panels.isEmpty()
                        ? FigureLayout.empty(whole)
                        : panels.size() == 1
                                ? FigureLayout.of(whole, keys, panels.getFirst(), HEIGHT)
                                : new FigureLayout(whole, keys, panels, 2, PAIR_HEIGHT),
                data);
    }

    /**
     * A panel for each metric; a metric with a column {@code …_std} beside it gets a band of one standard deviation.
     */
    static Figure panels(String title, String kind, Table table, Axis axis, List<String> metrics) {
        var panels = new ArrayList<Panel>();
        boolean banded = false;
        boolean smoothed = false;
        for (var metric : metrics) {
            var points = points(table, axis, metric);
            if (points.isEmpty()) {
                continue;
            }
            var style = Style.series(0).line();
            var plot = Plot.over(axis, "");
            if (table.containsColumn(metric + "_std") && !axis.logarithmicValues()) {
                var low = shifted(table, axis, metric, -1);
                plot.band(
                        low.smooth(window(low)), shifted(table, axis, metric, 1).smooth(window(low)), style.color());
                banded = true;
            }
            if (points.size() > 60) {
                plot.line(points, style.in(Style.pale(style.color())).with(Style.stroke(1)));
                points = points.smooth(window(points));
                smoothed = true;
            }
            panels.add(plot.line(points, style).panel(Metric.of(metric).in(kind).axis()));
        }
        var data = together(Map.of("", table), axis, metrics);
        if (panels.isEmpty()) {
            return new Figure(FigureLayout.empty(title), data);
        }
        var keys = new ArrayList<LegendEntry>();
        if (smoothed) {
            keys.add(LegendEntry.line(
                    "smoothed (faint: every step)", Style.series(0).line()));
        }
        if (banded) {
            keys.add(LegendEntry.area(
                    "± 1 standard deviation within a step", Style.series(0).in(Style.sheer(Style.BLUE))));
        }
        return new Figure(new FigureLayout(title, keys, panels, panels.size() == 1 ? 1 : 2, SMALL_HEIGHT), data);
    }

    static Points points(Table table, Axis axis, String metric) {
        return Points.of(table, axis.column(), metric).shownOn(axis);
    }

    /**
     * "reward from 0.41 to 1.5 (first and last tenth)": the means of the first and the last tenth of a metric's values.
     */
    static String fromTo(Table table, String metric) {
        var values = points(table, Axis.STEPS, metric).y();
        // a policy that is still its reference has all its pairs tied, which is no accuracy of 0
        boolean tied = metric.equals(Metric.REWARDS_ACCURACIES.name()) && values.length > 1 && values[0] == 0;
        values = tied ? Arrays.copyOfRange(values, 1, values.length) : values;
        int some = Math.max(1, values.length / 10);
        double from = Arrays.stream(values, 0, some).average().orElse(Double.NaN);
        double to = Arrays.stream(values, values.length - some, values.length)
                .average()
                .orElse(Double.NaN);
        var words = Labels.title(metric);
        return words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1) + " from " + Numbers.brief(from)
                + " to " + Numbers.brief(to)
                + (some == 1 ? "" : " (first and last tenth" + (tied ? " after step 1, where all tie)" : ")"));
    }

    /** Smooth over a twenty-fifth of the curve: enough to see the trend, too little to hide a bump. */
    static int window(Points points) {
        return Math.max(1, points.size() / 25);
    }

    private static Points shifted(Table table, Axis axis, String metric, int sign) {
        var middle = table.numberColumn(metric).asDoubleArray();
        var spread = table.numberColumn(metric + "_std").asDoubleArray();
        var y = IntStream.range(0, middle.length)
                .mapToDouble(i -> middle[i] + sign * spread[i])
                .toArray();
        return Points.of(table.numberColumn(axis.column()).asDoubleArray(), y).shownOn(axis);
    }

    /** The drawn columns of all tables, one below the other, with a column that tells them apart. */
    private static Table together(Map<String, Table> tables, Axis axis, List<String> metrics) {
        var columns = new LinkedHashSet<String>();
        columns.add(axis.column());
        columns.addAll(metrics);
        return FigureTable.tables(tables, List.copyOf(columns));
    }
}
