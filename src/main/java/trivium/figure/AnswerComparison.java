package trivium.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Interval;
import trivium.measure.Paired;
import trivium.measure.WinRate;
import trivium.text.Numbers;

/** Draws answers of several runs to the same prompts, the first of which is what the others are compared with. */
final class AnswerComparison {

    private static final String RUN = "run";
    private static final String PROMPT = "prompt";
    private static final String LENGTH = "length";

    /** z of the normal distribution's middle 95 %. */
    private static final double NORMAL = 1.959964;

    private final Table table;

    /** Rows of each run, in the order in which the runs come. */
    private final Map<String, List<Integer>> rows = new LinkedHashMap<>();

    /**
     * @param table columns "run" and "prompt", and what is drawn; each run answers the same prompts in the same order
     */
    AnswerComparison(Table table) {
        this.table = table;
        if (!table.isEmpty()) {
            Points.requireColumns(table, List.of(RUN, PROMPT));
        }
        for (int row = 0; row < table.rowCount(); row++) {
            rows.computeIfAbsent(String.valueOf(table.get(row, table.columnIndex(RUN))), _ -> new ArrayList<>())
                    .add(row);
        }
    }

    private List<String> runs() {
        return List.copyOf(rows.keySet());
    }

    private double[] values(String run, String column) {
        Points.requireColumns(table, List.of(column));
        var numbers = table.numberColumn(column);
        return rows.get(run).stream().mapToDouble(numbers::getDouble).toArray();
    }

    private List<String> prompts(String run) {
        int column = table.columnIndex(PROMPT);
        return rows.get(run).stream()
                .map(row -> String.valueOf(table.get(row, column)))
                .toList();
    }

    /** The reference and another run, which must have answered the same prompts. */
    private Paired paired(String run, String column) {
        requireSame(run);
        return Paired.of(values(runs().getFirst(), column), values(run, column));
    }

    private void requireSame(String run) {
        if (!prompts(run).equals(prompts(runs().getFirst()))) {
            throw new IllegalArgumentException("\"" + run + "\" and \"" + runs().getFirst()
                    + "\" did not answer the same prompts in the same order, so their answers are no pairs");
        }
    }

    /** A panel for each run but the first: its scores over those of the first. */
    Figure shifts(String score) {
        var title = Labels.title(score) + " of answers, before and after";
        if (rows.size() < 2) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var panels = new ArrayList<Panel>();
        var all = runs().stream()
                .flatMapToDouble(run -> Arrays.stream(values(run, score)))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        var edges = Distributions.edges(all);
        double[] before = values(runs().getFirst(), score);
        double top = runs().stream()
                .mapToDouble(run -> Arrays.stream(Distributions.shares(values(run, score), edges))
                        .max()
                        .orElse(0))
                .max()
                .orElse(0);
        for (var run : runs().subList(1, rows.size())) {
            var paired = paired(run, score);
            panels.add(Distributions.overlaid(before, values(run, score), edges, 1.04 * top, Labels.of(score))
                    .panel(run + ": " + signed(paired.change().mean()) + " ("
                            + signed(paired.interval().low()) + " to "
                            + signed(paired.interval().high()) + ")"));
        }
        int columns = panels.size() == 4 ? 2 : Math.min(3, panels.size());
        var keys = Distributions.keys(runs().getFirst(), "after");
        var sheet = new FigureLayout(title + ": mean change and its 95 % interval", keys, panels, columns, 230);
        return new Figure(sheet.captioned(counts()), table);
    }

    /** How many prompts there are, and that runs are no recipes. */
    private String counts() {
        long prompts = prompts(runs().getFirst()).stream().distinct().count();
        return Numbers.count(prompts, "prompt") + ", one seed of each run.";
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + Numbers.brief(value);
    }

    /** How often each run but the first is better than the first. */
    Figure winRates(String score) {
        var name = StringColumn.create("run");
        var against = StringColumn.create("against");
        var rate = DoubleColumn.create("win_rate");
        var low = DoubleColumn.create("low");
        var high = DoubleColumn.create("high");
        var ties = DoubleColumn.create("ties");
        var prompts = IntColumn.create("prompts");
        var drawn = new ArrayList<IntervalPlot.Row>();
        for (var run : runs().subList(Math.min(1, rows.size()), rows.size())) {
            requireSame(run);
            var first = runs().getFirst();
            var won = WinRate.of(values(run, score), values(first, score), prompts(run));
            var percent = won.interval();
            drawn.add(new IntervalPlot.Row(
                    run, 100 * won.value(), new Interval(100 * percent.low(), 100 * percent.high(), percent.level())));
            name.append(run);
            against.append(first);
            rate.append(won.value());
            low.append(percent.low());
            high.append(percent.high());
            ties.append(won.ties());
            prompts.append(won.prompts());
        }
        var behind = Table.create("figure", name, against, rate, low, high, ties, prompts);
        var title = rows.isEmpty()
                ? "Win rate by " + Labels.title(score).toLowerCase(Locale.ROOT)
                : "Win rate over “" + runs().getFirst() + "” by "
                        + Labels.title(score).toLowerCase(Locale.ROOT);
        var keys = IntervalPlot.keys("share of prompts won");
        var sheet = IntervalPlot.sheet(title, "win rate (%), a tie counting half", drawn, 50, keys);
        return new Figure(drawn.isEmpty() ? sheet : sheet.captioned(counts()), behind);
    }

    /** Each answer's score over its length, with the line of least squares. */
    Figure lengthAgainst(String score) {
        var title = Labels.title(score) + " against length";
        if (rows.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var plot = new Plot("length (tokens)", Labels.of(score)).markerSize(4);
        var keys = new ArrayList<LegendEntry>();
        int i = 0;
        for (var run : runs()) {
            var points = Points.of(values(run, LENGTH), values(run, score));
            plot.line(
                    points,
                    Style.series(i).points().in(Style.pale(Style.series(i).color())));
            i++;
        }
        i = 0;
        for (var run : runs()) {
            var points = Points.of(values(run, LENGTH), values(run, score));
            var line = new SimpleRegression();
            IntStream.range(0, points.size()).forEach(k -> line.addData(points.x()[k], points.y()[k]));
            var marked = Style.series(i++);
            var style = marked.line();
            double from = Arrays.stream(points.x()).min().orElse(0);
            double to = Arrays.stream(points.x()).max().orElse(0);
            if (from < to) {
                plot.segment(from, line.predict(from), to, line.predict(to), style.color(), style.stroke());
                keys.add(LegendEntry.line(run + ": r = " + correlation(line.getR(), points.size()), marked));
            } else {
                keys.add(LegendEntry.line(run, marked));
            }
        }
        var caption = "Correlations r with their 95 % intervals over answers; " + counts();
        return new Figure(FigureLayout.of(title, keys, plot.panel(""), 340).captioned(caption), table);
    }

    /** "0.45 (0.38 to 0.52)": with the interval by Fisher's z (1921), where there are points enough for one. */
    static String correlation(double r, int n) {
        var text = String.format(Locale.ROOT, "%.2f", r);
        if (n > 3 && Math.abs(r) < 1) {
            double z = 0.5 * Math.log((1 + r) / (1 - r));
            double half = NORMAL / Math.sqrt(n - 3.0);
            text += String.format(Locale.ROOT, " (%.2f to %.2f)", Math.tanh(z - half), Math.tanh(z + half));
        }
        return text.replace('-', '−');
    }

    /** Histograms of lengths. */
    Figure lengths() {
        var samples = new LinkedHashMap<String, int[]>();
        runs().forEach(run -> samples.put(
                run, Arrays.stream(values(run, LENGTH)).mapToInt(x -> (int) x).toArray()));
        return LengthHistograms.of("Length of answers", "tokens", samples);
    }
}
