package trivium.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;

/** Draws where on answers the log-probabilities moved. */
final class LogProbChanges {

    private static final List<String> COLUMNS = List.of("group", "text", "position", "token", "before", "after");

    /** A position that fewer than this share of the answers have is left out: its mean is of a few long ones. */
    private static final double REACHED = 0.1;

    /** A token that comes in fewer answers has no interval worth reading. */
    private static final int OFTEN = 5;

    private LogProbChanges() {}

    /** The mean change at each position, a curve for each group. */
    static Figure byPosition(Table table) {
        require(table);
        var groups = new LinkedHashMap<String, TreeMap<Integer, List<Double>>>();
        for (int row = 0; row < table.rowCount(); row++) {
            groups.computeIfAbsent(table.stringColumn("group").get(row), _ -> new TreeMap<>())
                    .computeIfAbsent((int) number(table, "position", row), _ -> new ArrayList<>())
                    .add(number(table, "after", row) - number(table, "before", row));
        }
        var title = "Where on the answer the log-probabilities moved, by position";
        var name = StringColumn.create("group");
        var at = IntColumn.create("position");
        var mean = DoubleColumn.create("change");
        var low = DoubleColumn.create("low");
        var high = DoubleColumn.create("high");
        var count = IntColumn.create("answers");
        var plot = new Plot("position in the answer (tokens)", "change of log p (nats)").wholeX(true);
        var keys = new ArrayList<LegendEntry>();
        var curves = new LinkedHashMap<String, Points>();
        for (var group : groups.entrySet()) {
            var positions = group.getValue();
            int answers =
                    positions.isEmpty() ? 0 : positions.firstEntry().getValue().size();
            positions.values().removeIf(values -> values.size() < Math.max(2, REACHED * answers));
            var summaries = new TreeMap<Integer, Summary>();
            positions.forEach((place, values) -> summaries.put(
                    place,
                    Summary.of(values.stream().mapToDouble(Double::doubleValue).toArray())));
            summaries.forEach((place, summary) -> {
                name.append(group.getKey());
                at.append(place);
                mean.append(summary.mean());
                low.append(summary.interval().low());
                high.append(summary.interval().high());
                count.append(summary.count());
            });
            plot.band(
                    points(summaries, summary -> summary.interval().low()),
                    points(summaries, summary -> summary.interval().high()),
                    Style.series(curves.size()).color());
            curves.put(group.getKey(), points(summaries, Summary::mean));
        }
        int i = 0;
        for (var curve : curves.entrySet()) {
            plot.line(curve.getValue(), Style.series(i).line());
            keys.add(LegendEntry.line(curve.getKey(), Style.series(i++).line()));
        }
        var behind = Table.create("figure", name, at, mean, low, high, count);
        if (behind.isEmpty()) {
            return new Figure(FigureLayout.empty(title), behind);
        }
        keys.add(LegendEntry.area(
                "95 % interval of the mean over answers", Style.series(0).in(Style.sheer(Style.BLUE))));
        return new Figure(
                FigureLayout.of(title, keys, plot.panel(""), 320)
                        .captioned(
                                "Positions that less than a tenth of a group's answers reach, or only one, are left out."),
                behind);
    }

    private static Points points(Map<Integer, Summary> summaries, ToDoubleFunction<Summary> value) {
        return Points.of(
                summaries.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
                summaries.values().stream().mapToDouble(value).toArray());
    }

    /** A token's mean change in each answer of one group, as one observation for each answer. */
    private record Moved(String token, Summary change, int occurrences) {

        /** How much of the answers' change is this token's, in nats over all answers. */
        double total() {
            return Math.abs(change.mean()) * occurrences;
        }
    }

    /** The tokens whose log-probabilities moved most in all, of the first group or the one of this name. */
    static Figure byToken(Table table, String group, int most) {
        require(table);
        if (!table.isEmpty() && !table.stringColumn("group").contains(group)) {
            throw new IllegalArgumentException("there is no group \"" + group + "\"; there is "
                    + String.join(", ", table.stringColumn("group").unique().asList()));
        }
        var changes = new LinkedHashMap<String, Map<Integer, List<Double>>>();
        for (int row = 0; row < table.rowCount(); row++) {
            if (table.stringColumn("group").get(row).equals(group)) {
                changes.computeIfAbsent(table.stringColumn("token").get(row), _ -> new LinkedHashMap<>())
                        .computeIfAbsent((int) number(table, "text", row), _ -> new ArrayList<>())
                        .add(number(table, "after", row) - number(table, "before", row));
            }
        }
        var moved = changes.entrySet().stream()
                .filter(entry -> entry.getValue().size() >= OFTEN)
                .map(entry -> new Moved(
                        entry.getKey(),
                        Summary.of(entry.getValue().values().stream()
                                .mapToDouble(values -> values.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .average()
                                        .orElseThrow())
                                .toArray()),
                        entry.getValue().values().stream().mapToInt(List::size).sum()))
                .sorted(Comparator.comparingDouble(Moved::total).reversed())
                .limit(most)
                .sorted(Comparator.comparingDouble((Moved each) -> each.change().mean())
                        .reversed())
                .toList();
        var behind = Table.create(
                "figure",
                StringColumn.create("token", moved.stream().map(Moved::token)),
                DoubleColumn.create(
                        "change",
                        moved.stream().mapToDouble(each -> each.change().mean())),
                DoubleColumn.create(
                        "low",
                        moved.stream()
                                .mapToDouble(each -> each.change().interval().low())),
                DoubleColumn.create(
                        "high",
                        moved.stream()
                                .mapToDouble(each -> each.change().interval().high())),
                IntColumn.create(
                        "occurrences",
                        moved.stream().mapToInt(Moved::occurrences).toArray()));
        var rows = moved.stream()
                .map(each -> new IntervalPlot.Row(
                        each.token(), each.change().mean(), each.change().interval()))
                .toList();
        var title = "Which tokens' log-probabilities moved most, in " + group + " answers";
        return new Figure(
                IntervalPlot.sheet(
                                title, "mean change of log p (nats)", rows, 0, IntervalPlot.keys("mean over answers"))
                        .captioned("Chosen by the size of their change summed over all answers, each in " + OFTEN
                                + " answers at least. One seed."),
                behind);
    }

    private static double number(Table table, String column, int row) {
        return table.numberColumn(column).getDouble(row);
    }

    private static void require(Table table) {
        if (!table.isEmpty()) {
            Points.requireColumns(table, COLUMNS);
        }
    }
}
