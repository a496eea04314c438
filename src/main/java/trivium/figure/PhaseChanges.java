package trivium.figure;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import trivium.figure.FigureLayout.Cells;
import trivium.run.Metric;

/** Draws what each phase changed: a small panel for each measure, and for what lies behind the measures. */
final class PhaseChanges {

    /** Three side by side on a page, two in a column. */
    private static final Cells CELLS = new Cells(3, 180, 175);

    private static final BasicStroke BAR = new BasicStroke(9, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER);
    private static final int TOKENS = 8;

    private final Table measures;
    private final List<String> runs;

    PhaseChanges(Table measures) {
        this.measures = measures;
        runs = measures.stringColumn("run").asList().stream().distinct().toList();
    }

    Figure figure(Table positions, Table tokens, Table layers) {
        var title = "What each phase changed";
        if (runs.isEmpty()) {
            return new Figure(FigureLayout.empty(title), measures);
        }
        var panels = new ArrayList<Panel>();
        for (var measure : rows(measures, "measure").entrySet()) {
            panels.add(measure(measure.getKey(), measure.getValue()));
        }
        if (!positions.isEmpty()) {
            panels.add(positions(positions));
        }
        if (!tokens.isEmpty()) {
            panels.add(tokens(tokens));
        }
        if (!layers.isEmpty()) {
            panels.add(sizes(layers));
            panels.add(ranks(layers));
        }
        var keys = IntStream.range(0, runs.size())
                .mapToObj(i -> LegendEntry.line(runs.get(i), style(runs.get(i))))
                .toList();
        return new Figure(new FigureLayout(title + ", with 95 % intervals", keys, panels, CELLS), measures);
    }

    private SeriesStyle style(String run) {
        return Style.series(runs.indexOf(run));
    }

    /** The rows with each value of a column of text, in the order in which these come. */
    static Map<String, List<Row>> rows(Table table, String column) {
        var rows = new LinkedHashMap<String, List<Row>>();
        for (int i = 0; i < table.rowCount(); i++) {
            var row = new Row(table, i);
            rows.computeIfAbsent(row.getString(column), _ -> new ArrayList<>()).add(row);
        }
        return rows;
    }

    private Panel measure(String name, List<Row> rows) {
        var unit = rows.getFirst().getString("unit");
        double scale = unit.equals(Metric.SHARE) ? 100 : 1;
        var plot = new Plot("", "").places(runs.size()).markerSize(8);
        for (var row : rows) {
            var style = style(row.getString("run"));
            int x = runs.indexOf(row.getString("run"));
            if (!row.isMissing("low")) {
                plot.segment(
                        x,
                        scale * row.getDouble("low"),
                        x,
                        scale * row.getDouble("high"),
                        style.color(),
                        Style.stroke(2));
            }
            plot.line(Points.of(new double[] {x}, new double[] {scale * row.getDouble("value")}), style.points());
        }
        var shown = unit.equals(Metric.SHARE) ? "%" : unit;
        return plot.panel(name + (shown.isEmpty() || name.startsWith(shown) ? "" : " (" + shown + ")"));
    }

    /** On a logarithmic axis, for the phases differ by orders of magnitude; bands end at half the smallest mean. */
    private Panel positions(Table positions) {
        double least = positions.doubleColumn("kl").asList().stream()
                        .filter(kl -> kl > 0)
                        .min(Comparator.naturalOrder())
                        .orElse(1.0)
                / 2;
        var plot = new Plot("position in the answer", "").logarithmicY(true);
        var all = rows(positions, "run");
        all.forEach((run, rows) -> plot.band(
                points(rows, "low", least),
                points(rows, "high", least),
                style(run).color()));
        all.forEach(
                (run, rows) -> plot.line(points(rows, "kl", least), style(run).line()));
        return plot.panel("KL by position (nats)");
    }

    private static Points points(List<Row> rows, String y, double least) {
        return Points.of(
                rows.stream().mapToDouble(row -> row.getNumber("position")).toArray(),
                rows.stream()
                        .mapToDouble(row -> Math.max(least, row.getNumber(y)))
                        .toArray());
    }

    /** Of the last phase. */
    private Panel tokens(Table tokens) {
        var run = tokens.stringColumn("run").get(tokens.rowCount() - 1);
        var most = rows(tokens, "run").get(run).stream()
                .sorted(Comparator.comparingDouble(row -> -Math.abs(row.getDouble("kl"))))
                .limit(TOKENS)
                .toList();
        var plot = new Plot("nats per answer", "")
                .rows(most.reversed().stream()
                        .map(row -> AttentionMap.visible(row.getString("token")))
                        .toList());
        for (int i = 0; i < most.size(); i++) {
            double y = most.size() - 1.0 - i;
            double kl = most.get(i).getDouble("kl");
            plot.segment(0, y, kl, y, style(run).color(), BAR)
                    .told(
                            new Points(new double[] {kl}, new double[] {y}),
                            style(run).points());
        }
        return plot.panel("KL by token: " + run);
    }

    private Panel sizes(Table layers) {
        var plot = new Plot("layer (0 is the embedding)", "").wholeX(true).fromZero();
        byLayer(
                layers,
                rows -> {
                    double size = rows.stream()
                            .mapToDouble(row -> Math.pow(row.getDouble("size"), 2))
                            .sum();
                    double before = rows.stream()
                            .mapToDouble(row -> Math.pow(row.getDouble("before"), 2))
                            .sum();
                    return size == 0 ? 0 : 100 * Math.sqrt(size / before);
                },
                plot);
        return plot.panel("change of weights (%)");
    }

    private Panel ranks(Table layers) {
        var plot = new Plot("layer (0 is the embedding)", "").wholeX(true).fromZero();
        byLayer(
                layers,
                rows -> rows.stream()
                        .filter(row -> !row.isMissing("effective_rank"))
                        .mapToDouble(row -> row.getDouble("effective_rank"))
                        .average()
                        .orElse(Double.NaN),
                plot);
        return plot.panel("effective rank of the change");
    }

    private void byLayer(Table layers, ToDoubleFunction<List<Row>> value, Plot plot) {
        rows(layers, "run").forEach((run, rows) -> {
            var at = new TreeMap<Integer, List<Row>>();
            rows.forEach(row -> at.computeIfAbsent(row.getInt("layer"), _ -> new ArrayList<>())
                    .add(row));
            plot.line(
                    Points.of(
                            at.keySet().stream().mapToDouble(layer -> layer).toArray(),
                            at.values().stream().mapToDouble(value).toArray()),
                    style(run));
        });
    }
}
