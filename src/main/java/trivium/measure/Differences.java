package trivium.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Several comparisons at once, each with a p that is corrected for how many there are: with no difference anywhere, one
 * or more of them are called clear in at most 5 % of cases.
 *
 * @param list in the order they were asked for
 */
public record Differences(List<Difference> list) {

    public Differences {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to compare: expected at least one difference");
        }
    }

    /** These with their p corrected by Holm's method (Holm 1979); intervals stay those of each comparison alone. */
    public static Differences holm(List<Difference> each) {
        var p = holm(each.stream().mapToDouble(Difference::p).toArray());
        return new Differences(IntStream.range(0, p.length)
                .mapToObj(i -> each.get(i).corrected(p[i], p.length))
                .toList());
    }

    /**
     * The best of several settings, picked for being the best, against each of the others, the second best first: p and
     * intervals are of all of them together, see docs/better.md, "The best of several".
     *
     * @param compared what is measured; the names are not used
     * @param names of the settings (K)
     * @param values of each setting what each seed came to, (K, S), the same seeds of each
     */
    public static Differences ofBest(Difference.Compared compared, List<String> names, double[][] values) {
        return BestOfTrials.compare(compared, names, values);
    }

    /** Of p, the i-th smallest of m times m − i + 1, at least as large as the smaller ones, and at most 1. */
    static double[] holm(double... p) {
        int[] rising = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(i -> i)
                .toArray();
        var corrected = new double[p.length];
        double before = 0;
        for (int i = 0; i < p.length; i++) {
            before = Math.min(1, Math.max(before, (p.length - i) * p[rising[i]]));
            corrected[rising[i]] = before;
        }
        return corrected;
    }

    /** The clear ones. */
    public List<Difference> clear() {
        return list.stream().filter(Difference::isClear).toList();
    }

    /**
     * A row a comparison: "measure", the two's names and values, "difference", the ends "low" and "high" of its 95 %
     * interval, "p", and what it comes to ("verdict").
     */
    public Table table() {
        var numbers = new ArrayList<DoubleColumn>();
        for (var name : List.of("value_a", "value_b", "difference", "low", "high", "p")) {
            numbers.add(DoubleColumn.create(name));
        }
        var measure = StringColumn.create("measure");
        var a = StringColumn.create("a");
        var b = StringColumn.create("b");
        var verdict = StringColumn.create("verdict");
        for (var each : list) {
            measure.append(each.compared().measure());
            a.append(each.compared().a());
            b.append(each.compared().b());
            double[] row = {
                each.estimate().a(),
                each.estimate().b(),
                each.value(),
                each.interval().low(),
                each.interval().high(),
                each.p()
            };
            for (int i = 0; i < row.length; i++) {
                numbers.get(i).append(row[i]);
            }
            verdict.append(each.verdict());
        }
        var table = Table.create("differences", measure, a, b);
        numbers.forEach(table::addColumns);
        return table.addColumns(verdict);
    }

    @Override
    public String toString() {
        return list.stream().map(Difference::toString).collect(Collectors.joining("\n"));
    }
}
