package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws what a search had found after each of its trials. */
final class BestSoFar {

    private static final String TRIAL = "trial";
    private static final String BEST = "best_so_far";

    private BestSoFar() {}

    /**
     * Over the number of the trial, or over what the trials until then have taken.
     *
     * @param spent a column to be added up, such as "tokens"; null for the number of the trial. With such a column a
     *     pruned trial adds what it spent, but its value is left out: it was measured after fewer steps than the others
     */
    static Figure of(Map<String, Table> searches, String value, Best best, String spent) {
        return Extremes.leftOut(
                searches,
                spent == null ? List.of(value) : List.of(value, spent),
                held -> drawn(held, value, best, spent));
    }

    private static Figure drawn(Map<String, Table> searches, String value, Best best, String spent) {
        var over = spent == null ? TRIAL : spent;
        int sign = best == Best.LOWEST ? 1 : -1; // so that less is better
        var table = empty(value);
        if (spent != null) {
            table.addColumns(DoubleColumn.create(spent));
        }
        searches.forEach((name, trials) -> append(
                table, name, spent == null ? FinishedTrials.finishedOrPruned(trials) : trials, value, sign, spent));
        var names = List.copyOf(searches.keySet());
        var what = Labels.title(value);
        if (Arrays.stream(table.doubleColumn(3).asDoubleArray()).noneMatch(Double::isFinite)) {
            return new Figure(FigureLayout.empty(what + ": best so far"), table);
        }
        double worst = spent == null
                ? cap(table.doubleColumn(2).asDoubleArray(), sign)
                : near(table.doubleColumn(3).asDoubleArray(), sign);
        var plot = new Plot(spent == null ? TRIAL : Labels.of(spent) + ", of all trials so far", Labels.of(value))
                .wholeX(spent == null)
                .markerSize(5);
        var keys = new ArrayList<LegendEntry>();
        int left = 0;
        for (int i = 0; i < names.size(); i++) {
            var rows = table.where(table.stringColumn(0).isEqualTo(names.get(i)));
            var trials = Points.of(rows, over, value);
            var shown = upTo(trials, sign, worst);
            left += trials.size() - shown.size();
            var style = Style.series(i);
            plot.line(shown, style.points().in(Style.pale(style.color())));
        }
        for (int i = 0; i < names.size(); i++) {
            var rows = table.where(table.stringColumn(0).isEqualTo(names.get(i)));
            plot.line(
                    stairs(upTo(Points.of(rows, over, BEST), sign, worst)),
                    Style.series(i).line());
            keys.add(LegendEntry.line(names.get(i), Style.series(i).line()));
        }
        var beyond = left == 0 ? "" : " (" + left + " worse ones lie outside)";
        keys.add(LegendEntry.line(
                (spent == null ? "each trial" : "each finished trial") + beyond,
                Style.series(0).points().in(Style.pale(Style.series(0).color()))));
        return new Figure(
                FigureLayout.of(title(what, names, table, sign), keys, plot.panel(""), 330)
                        .captioned("One run of each search, one seed of each trial: the best was picked for being the"
                                + " best, and fresh seeds of it are likely to be worse."),
                table);
    }

    /** The mean of the best so far over several runs of each search, with the mean's 95 % interval. */
    static Figure overRepeats(Map<String, List<Table>> searches, String value, Best best) {
        int sign = best == Best.LOWEST ? 1 : -1;
        var reached = new LinkedHashMap<String, List<Table>>();
        searches.forEach((name, repeats) -> reached.put(
                name,
                repeats.stream()
                        .map(trials -> {
                            var table = empty(value);
                            append(table, name, FinishedTrials.finishedOrPruned(trials), value, sign, null);
                            return table;
                        })
                        .toList()));
        var title = Labels.title(value) + ": best so far, mean over searches and its 95 % interval";
        var behind = OverSeeds.of(BEST, Axis.of(TRIAL), reached).table();
        if (behind.isEmpty()) {
            return new Figure(FigureLayout.empty(title), behind);
        }
        var plot = new Plot(TRIAL, Labels.of(value)).wholeX(true);
        var bands = reached.values().stream()
                .map(repeats -> OverSeeds.band(BEST, Axis.of(TRIAL), repeats))
                .toList();
        for (int i = 0; i < bands.size(); i++) {
            plot.band(
                    stairs(bands.get(i).end(-1)),
                    stairs(bands.get(i).end(1)),
                    Style.series(i).color());
        }
        var keys = new ArrayList<LegendEntry>();
        for (var entry : reached.entrySet()) {
            var style = Style.series(keys.size()).line();
            plot.line(stairs(bands.get(keys.size()).middle()), style);
            int count = entry.getValue().size();
            keys.add(LegendEntry.line(
                    entry.getKey() + (count == 1 ? ", one search" : ", mean of " + count + " searches"), style));
        }
        keys.add(LegendEntry.area(
                "95 % interval of the mean (Student's t)", Style.series(0).in(Style.sheer(Style.BLUE))));
        return new Figure(FigureLayout.of(title, keys, plot.panel(""), 330), behind);
    }

    private static Table empty(String value) {
        return Table.create(
                "figure",
                StringColumn.create("search"),
                IntColumn.create(TRIAL),
                DoubleColumn.create(value),
                DoubleColumn.create(BEST));
    }

    private static String title(String what, List<String> names, Table table, int sign) {
        int found = 0;
        var values = table.doubleColumn(2);
        for (int row = 1; row < values.size(); row++) {
            boolean better = Double.isFinite(values.getDouble(row))
                    && !(sign * values.getDouble(row) >= sign * values.getDouble(found));
            found = better ? row : found;
        }
        var best = Numbers.brief(values.getDouble(found));
        int trial = table.intColumn(1).get(found);
        return names.size() == 1
                ? what + ": best of " + values.size() + " trials " + best + ", found by trial " + trial
                : what + ": best of " + names.size() + " searches " + best + ", found by "
                        + table.stringColumn(0).get(found) + " in trial " + trial;
    }

    private static void append(Table table, String name, Table trials, String value, int sign, String spent) {
        if (!Points.isNumeric(trials, value)) {
            return;
        }
        double best = Double.NaN;
        double sum = 0;
        boolean numbered = Points.isNumeric(trials, TRIAL);
        for (int row = 0; row < trials.rowCount(); row++) {
            double result = spent == null || FinishedTrials.isFinished(trials, row)
                    ? trials.numberColumn(value).getDouble(row)
                    : Double.NaN;
            if (Double.isFinite(result) && !(sign * best <= sign * result)) {
                best = result;
            }
            table.stringColumn(0).append(name);
            table.intColumn(1)
                    .append(numbered ? (int) trials.numberColumn(TRIAL).getDouble(row) : row);
            table.doubleColumn(2).append(result);
            table.doubleColumn(3).append(best);
            if (spent != null) {
                double took = trials.numberColumn(spent).getDouble(row);
                sum += Double.isFinite(took) ? took : 0;
                table.doubleColumn(4).append(sum);
            }
        }
    }

    /** So far from the best as the lines go, and half as far again: what the searches differ in fills the picture. */
    private static double near(double[] lines, int sign) {
        var reached = DoubleStream.of(lines)
                .filter(Double::isFinite)
                .map(value -> sign * value)
                .summaryStatistics();
        double distance = reached.getMax() - reached.getMin();
        return reached.getMax() + 0.5 * (distance > 0 ? distance : Math.abs(reached.getMax()));
    }

    /**
     * Trials that went wrong must not flatten the curve: as in heat maps, four times the middle's distance is enough.
     */
    private static double cap(double[] values, int sign) {
        var sorted = DoubleStream.of(values)
                .filter(Double::isFinite)
                .map(value -> sign * value)
                .sorted()
                .toArray();
        double distance = sorted[sorted.length / 2] - sorted[0];
        return distance == 0 ? sorted[sorted.length - 1] : sorted[0] + 4 * distance;
    }

    private static Points upTo(Points points, int sign, double worst) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        for (int i = 0; i < points.size(); i++) {
            if (sign * points.y()[i] <= worst) {
                x.add(points.x()[i]);
                y.add(points.y()[i]);
            }
        }
        return new Points(
                x.stream().mapToDouble(Double::doubleValue).toArray(),
                y.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The best stays what it is until a trial beats it. */
    private static Points stairs(Points points) {
        int n = points.size();
        if (n == 0) {
            return points;
        }
        var x = new double[2 * n - 1];
        var y = new double[2 * n - 1];
        for (int i = 0; i < n; i++) {
            x[2 * i] = points.x()[i];
            y[2 * i] = points.y()[i];
            if (i + 1 < n) {
                x[2 * i + 1] = points.x()[i + 1];
                y[2 * i + 1] = points.y()[i];
            }
        }
        return new Points(x, y);
    }
}
