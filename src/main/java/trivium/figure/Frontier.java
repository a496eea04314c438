package trivium.figure;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.OverOptimisationLaw;
import trivium.measure.Summary;
import trivium.text.Numbers;

/**
 * Draws the reward that is optimised and the gold reward of several algorithms against √KL, with bands over seeds, the
 * hull, and the laws of Gao and others (2022).
 */
final class Frontier {

    /** Most points of a curve; settings at neighbouring distances are put together where there are more. */
    private static final int MOST = 12;

    /** Different distances above 0 that a law needs: through two, both of its numbers go exactly. */
    private static final int FEWEST = 4;

    private static final List<String> COLUMNS = List.of("algorithm", "beta", "seed", "step", "kl", "reward", "gold");
    private static final SeriesStyle HULL = new SeriesStyle(Style.INK, Style.stroke(1), SeriesMarkers.NONE);
    /** A law that explains too little to be read off. */
    private static final BasicStroke POOR = Style.stroke(0.8f, 1, 3);

    private static final SeriesStyle TURN =
            new SeriesStyle(Style.INK, Style.stroke(1.2f, 2, 3), SeriesMarkers.TRIANGLE_DOWN);

    /** A measured point: √KL and both rewards. */
    private record Measured(String setting, long seed, double distance, double reward, double gold) {}

    /** One algorithm: its points, its curve over seeds, and the law of its gold reward, null with too few points. */
    private record Algorithm(String name, List<Measured> points, List<Node> curve, OverOptimisationLaw law) {}

    /** A point of a curve: over seeds, the mean distance and the summaries of both rewards. */
    record Node(double distance, Summary reward, Summary gold) {

        Summary of(boolean wanted) {
            return wanted ? gold : reward;
        }
    }

    private Frontier() {}

    static Figure of(Table table) {
        var algorithms = algorithms(table);
        var title = title(algorithms);
        if (algorithms.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var keys = new ArrayList<LegendEntry>();
        for (int i = 0; i < algorithms.size(); i++) {
            keys.add(LegendEntry.line(algorithms.get(i).name(), Style.series(i)));
        }
        if (algorithms.stream().anyMatch(each -> seeds(each) > 1)) {
            keys.add(LegendEntry.area(
                    "95 % interval of the mean over seeds", Style.series(0).in(Style.sheer(Style.BLUE))));
        }
        keys.add(LegendEntry.line("hull: most reward for that distance", HULL));
        if (algorithms.stream().anyMatch(each -> turn(each).isPresent())) {
            keys.add(LegendEntry.line("gold turns", TURN.points()));
        }
        var panels = List.of(
                plot(algorithms, false).panel("Learned reward"),
                plot(algorithms, true)
                        .panel(
                                laws(algorithms).findAny().isPresent()
                                        ? "Gold reward and its fitted laws"
                                        : "Gold reward"));
        return new Figure(
                new FigureLayout(title, keys, panels, panels.size(), 300).captioned(caption(algorithms)),
                behind(algorithms));
    }

    /**
     * Columns "algorithm", "law", "alpha", "beta", "explained", "turn" (√nat, missing where none is given) and
     * "remark".
     */
    static Table laws(Table table) {
        var name = StringColumn.create("algorithm");
        var law = StringColumn.create("law");
        var alpha = DoubleColumn.create("alpha");
        var beta = DoubleColumn.create("beta");
        var explained = DoubleColumn.create("explained");
        var turn = DoubleColumn.create("turn");
        var remark = StringColumn.create("remark");
        for (var algorithm : algorithms(table)) {
            if (algorithm.law() != null) {
                name.append(algorithm.name());
                law.append(algorithm.law().toString());
                alpha.append(algorithm.law().alpha());
                beta.append(algorithm.law().beta());
                explained.append(algorithm.law().explained());
                turn.append(turn(algorithm).orElse(Double.NaN));
                remark.append(remark(algorithm.law()));
            }
        }
        return Table.create("laws", name, law, alpha, beta, explained, turn, remark);
    }

    private static String remark(OverOptimisationLaw law) {
        if (!law.explainsEnough()) {
            return "law explains " + explained(law) + ": no turning point is given";
        }
        if (!law.endSlope().isBounded()) {
            return "one run alone: no turning point is given";
        }
        if (law.turnsBeforeMeasured()) {
            return "nothing was measured between the reference and √KL "
                    + Numbers.brief(law.measured().nearest()) + ", before which gold turns: no turning point is given";
        }
        return law.turn().isPresent() ? "gold turns" : "not seen to fall";
    }

    /** The share of the variance; a law that is worse than the mean explains nothing. */
    private static String explained(OverOptimisationLaw law) {
        return Numbers.percent(Math.max(0, law.explained()));
    }

    private static List<Algorithm> algorithms(Table table) {
        if (!table.isEmpty()) {
            Points.requireColumns(table, COLUMNS);
        }
        var points = new LinkedHashMap<String, List<Measured>>();
        for (int row = 0; row < table.rowCount(); row++) {
            double kl = number(table, "kl", row);
            double reward = number(table, "reward", row);
            double gold = number(table, "gold", row);
            if (Double.isFinite(kl) && Double.isFinite(reward) && Double.isFinite(gold)) {
                long step = (long) number(table, "step", row);
                // the reference is the same for every β
                var setting = step == 0 ? "0" : number(table, "beta", row) + " " + step;
                // the estimate of a small divergence may be below 0
                double distance = step == 0 ? 0 : Math.sqrt(Math.max(0, kl));
                points.computeIfAbsent(
                                String.valueOf(table.get(row, table.columnIndex("algorithm"))), _ -> new ArrayList<>())
                        .add(new Measured(setting, (long) number(table, "seed", row), distance, reward, gold));
            }
        }
        var start = points.values().stream()
                .flatMap(List::stream)
                .filter(point -> point.setting().equals("0"))
                .mapToDouble(Measured::gold)
                .average();
        return points.entrySet().stream()
                .map(entry -> new Algorithm(
                        entry.getKey(), entry.getValue(), curve(entry.getValue()), law(entry.getValue(), start)))
                .toList();
    }

    private static double number(Table table, String column, int row) {
        return table.numberColumn(column).getDouble(row);
    }

    private static long seeds(Algorithm algorithm) {
        return algorithm.points().stream().mapToLong(Measured::seed).distinct().count();
    }

    /**
     * Settings that all seeds have, by their mean distance; where there are many, neighbours are averaged for each seed
     * first.
     */
    private static List<Node> curve(List<Measured> points) {
        var settings = new LinkedHashMap<String, Map<Long, List<Measured>>>();
        points.forEach(point -> settings.computeIfAbsent(point.setting(), _ -> new TreeMap<>())
                .computeIfAbsent(point.seed(), _ -> new ArrayList<>())
                .add(point));
        long seeds = points.stream().mapToLong(Measured::seed).distinct().count();
        var whole = settings.values().stream()
                .filter(bySeed -> bySeed.size() == seeds)
                .sorted(Comparator.comparingDouble(Frontier::distance))
                .toList();
        int together = Math.max(1, Math.ceilDiv(whole.size() - 1, MOST));
        var curve = new ArrayList<Node>();
        // the first is the reference, or the nearest to it, and stands alone
        for (int from = 0; from < whole.size(); from += from == 0 ? 1 : together) {
            var group = whole.subList(from, from == 0 ? 1 : Math.min(from + together, whole.size()));
            var distances = group.stream().mapToDouble(Frontier::distance);
            curve.add(new Node(distances.average().orElseThrow(), summary(group, false), summary(group, true)));
        }
        return curve;
    }

    private static double distance(Map<Long, List<Measured>> bySeed) {
        return bySeed.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Measured::distance)
                .average()
                .orElseThrow();
    }

    private static Summary summary(List<Map<Long, List<Measured>>> group, boolean gold) {
        var seeds = group.getFirst().keySet();
        return Summary.of(seeds.stream()
                .mapToDouble(seed -> group.stream()
                        .flatMap(bySeed -> bySeed.get(seed).stream())
                        .mapToDouble(gold ? Measured::gold : Measured::reward)
                        .average()
                        .orElseThrow())
                .toArray());
    }

    private static OverOptimisationLaw law(List<Measured> all, OptionalDouble start) {
        // at 0 every law is at the start
        var points = all.stream().filter(point -> point.distance() > 0).toList();
        if (start.isEmpty()
                || points.stream().mapToDouble(Measured::distance).distinct().count() < FEWEST) {
            return null;
        }
        return OverOptimisationLaw.better(
                start.getAsDouble(),
                points.stream().mapToDouble(Measured::distance).toArray(),
                points.stream().mapToDouble(Measured::gold).toArray(),
                points.stream()
                        .map(point -> point.setting().split(" ")[0] + " " + point.seed())
                        .toList());
    }

    private static OptionalDouble turn(Algorithm algorithm) {
        return algorithm.law() == null
                ? OptionalDouble.empty()
                : algorithm.law().turn();
    }

    /** Bands and points; through them straight lines or, of the gold reward, the laws. */
    private static Plot plot(List<Algorithm> algorithms, boolean gold) {
        var plot = new Plot("distance √KL (√nat)", gold ? "mean gold reward" : "mean reward").markerSize(6);
        for (int i = 0; i < algorithms.size(); i++) {
            var curve = algorithms.get(i).curve();
            if (curve.stream().allMatch(node -> node.of(gold).interval().isBounded())) {
                plot.band(
                        points(curve, node -> node.of(gold).interval().low()),
                        points(curve, node -> node.of(gold).interval().high()),
                        Style.series(i).color());
            }
        }
        for (int i = 0; i < algorithms.size(); i++) {
            var points = points(algorithms.get(i).curve(), node -> node.of(gold).mean());
            var law = algorithms.get(i).law();
            if (gold && law != null) {
                var line = Style.series(i).line();
                plot.line(points, Style.series(i).points())
                        .line(drawn(law), law.explainsEnough() ? line : line.with(POOR));
            } else {
                plot.line(points, Style.series(i));
            }
        }
        var all = algorithms.stream().flatMap(each -> each.curve().stream()).toList();
        plot.line(hull(points(all, node -> node.of(gold).mean())), HULL);
        if (gold) {
            algorithms.forEach(algorithm -> turn(algorithm)
                    .ifPresent(d -> plot.line(
                            Points.of(
                                    new double[] {d},
                                    new double[] {algorithm.law().at(d)}),
                            TURN.points())));
        }
        return plot;
    }

    private static Points drawn(OverOptimisationLaw law) {
        var x = IntStream.rangeClosed(0, 100)
                .mapToDouble(k -> law.measured().farthest() * k / 100)
                .toArray();
        return Points.of(x, Arrays.stream(x).map(law::at).toArray());
    }

    private static Points points(List<Node> curve, ToDoubleFunction<Node> value) {
        return Points.of(
                curve.stream().mapToDouble(Node::distance).toArray(),
                curve.stream().mapToDouble(value).toArray());
    }

    /** The upper concave hull up to the highest point: what mixtures of the measured models earn at least. */
    static Points hull(Points points) {
        var order = IntStream.range(0, points.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> points.x()[i]).thenComparingDouble(i -> points.y()[i]))
                .toList();
        var kept = new ArrayList<Integer>();
        for (int i : order) {
            while (kept.size() > 1 && isBelow(points, kept.get(kept.size() - 2), kept.getLast(), i)) {
                kept.removeLast();
            }
            if (kept.size() == 1 && points.x()[kept.getFirst()] == points.x()[i]) {
                kept.removeLast();
            }
            kept.add(i);
        }
        while (kept.size() > 1 && points.y()[kept.get(kept.size() - 2)] >= points.y()[kept.getLast()]) {
            kept.removeLast();
        }
        return new Points(
                kept.stream().mapToDouble(i -> points.x()[i]).toArray(),
                kept.stream().mapToDouble(i -> points.y()[i]).toArray());
    }

    /** Whether {@code b} lies on or below the line from {@code a} to {@code c}. */
    private static boolean isBelow(Points points, int a, int b, int c) {
        double right = points.x()[c] - points.x()[a];
        double up = points.y()[c] - points.y()[a];
        return (points.y()[b] - points.y()[a]) * right <= up * (points.x()[b] - points.x()[a]);
    }

    private static String title(List<Algorithm> algorithms) {
        var base = "Learned and gold reward against the distance from the reference";
        var turned = algorithms.stream().filter(each -> turn(each).isPresent()).toList();
        if (!turned.isEmpty()) {
            return base + ": gold turns "
                    + String.join(
                            ", ",
                            turned.stream()
                                    .map(each -> "at √KL "
                                            + Numbers.brief(turn(each).orElseThrow()) + " under " + each.name())
                                    .toList());
        }
        // of a single run nobody knows how far the slope at its end may be off, and a poor law says nothing of it
        var laws = laws(algorithms).filter(law -> law.endSlope().isBounded()).toList();
        boolean isKnown = !laws.isEmpty() && laws.stream().allMatch(law -> law.explainsEnough() && !law.falls());
        return isKnown ? base + ": nowhere does gold turn" : base;
    }

    private static Stream<OverOptimisationLaw> laws(List<Algorithm> algorithms) {
        return algorithms.stream().map(Algorithm::law).filter(Objects::nonNull);
    }

    /**
     * What the lines of gold are, and of which algorithms no turning point is given as their laws explain too little.
     */
    private static String caption(List<Algorithm> algorithms) {
        if (laws(algorithms).findAny().isEmpty()) {
            return "";
        }
        var joined = algorithms.stream()
                .filter(each -> each.law() == null)
                .map(Algorithm::name)
                .toList();
        var lines = "Lines of gold are fitted laws"
                + (joined.isEmpty() ? "" : ", but join the points of " + String.join(", ", joined)) + ".";
        var poor = algorithms.stream()
                .filter(each -> each.law() != null && !each.law().explainsEnough())
                .map(each -> explained(each.law()) + " under " + each.name())
                .toList();
        return poor.isEmpty()
                ? lines
                : lines + " Of the variance of gold the law explains " + String.join(", ", poor)
                        + " (thin lines): no turning point is given there.";
    }

    private static Table behind(List<Algorithm> algorithms) {
        var name = StringColumn.create("algorithm");
        var distance = DoubleColumn.create("distance");
        var seeds = IntColumn.create("seeds");
        var numbers = new LinkedHashMap<String, DoubleColumn>();
        for (var what : List.of("reward", "gold")) {
            for (var end : List.of("", "_low", "_high")) {
                numbers.put(what + end, DoubleColumn.create(what + end));
            }
        }
        numbers.put("gold_law", DoubleColumn.create("gold_law"));
        for (var algorithm : algorithms) {
            for (var node : algorithm.curve()) {
                name.append(algorithm.name());
                distance.append(node.distance());
                seeds.append(node.reward().count());
                append(numbers, "reward", node.reward());
                append(numbers, "gold", node.gold());
                numbers.get("gold_law")
                        .append(
                                algorithm.law() == null
                                        ? Double.NaN
                                        : algorithm.law().at(node.distance()));
            }
        }
        var table = Table.create("figure", name, distance, seeds);
        numbers.values().forEach(table::addColumns);
        return table;
    }

    private static void append(Map<String, DoubleColumn> numbers, String what, Summary summary) {
        boolean known = summary.interval().isBounded();
        numbers.get(what).append(summary.mean());
        numbers.get(what + "_low").append(known ? summary.interval().low() : Double.NaN);
        numbers.get(what + "_high").append(known ? summary.interval().high() : Double.NaN);
    }
}
