package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.RegressionForest.Leaf;
import trivium.measure.RegressionForest.Tree;
import trivium.measure.RegressionForest.Variable;

/**
 * How much settings explain of a result, alone and in pairs: the functional analysis of variance of a random forest
 * (Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", 2014). A tree is
 * constant on boxes, so that its mean over all other settings, and the variance of that mean, are sums over its leaves
 * (their algorithm 2) and no estimates. A share is V_U / V: the variance of the tree's function that the settings U
 * explain and no part of U does, of all of its variance; the forest's is the mean over its trees.
 *
 * @param effects every setting and every pair of settings, those with the largest share first
 * @param explained the share of the results' variance that the forest predicts of trials that a tree has not seen (the
 *     R² out of the bag); near or below 0 the shares are of chance
 * @param trials how many finite results there were
 */
public record Fanova(List<Effect> effects, double explained, int trials) {

    /** Trees of the forest. */
    private static final int TREES = 256;

    private static final long SEED = 20_140_621;

    /**
     * What one or two settings explain.
     *
     * @param settings the names, one or two
     * @param share of the variance, in [0, 1]
     * @param standardError how far another sample of as many trials would move the share (the infinitesimal jackknife
     *     of bagging: Wager, Hastie and Efron 2014, equations 5 and 7). What a forest makes of every sample, the part
     *     of chance that it learns and the humps that it flattens, is not in it
     */
    public record Effect(List<String> settings, double share, double standardError) {}

    /**
     * Of finished trials. All values between the smallest and the largest that were tried count alike: numbers on a
     * logarithmic scale where they {@linkplain LogScale#suits suit} one, but each of a list's values alike where two
     * trials share one on average, and likewise text. A number that is missing, since another setting made it useless,
     * is taken for the median. Where no setting varies all shares are 0.
     *
     * @param trials one row a trial; rows without a finite result are left out
     * @param value the column of results
     * @param settings columns, at least one
     * @throws IllegalArgumentException if the table lacks a column, results are no numbers, or text has more than 64
     *     values
     */
    public static Fanova of(Table trials, String value, List<String> settings) {
        for (var column : settings) {
            if (!trials.containsColumn(column)) {
                throw new IllegalArgumentException(
                        "the table has no column \"" + column + "\"; it has " + trials.columnNames());
            }
        }
        if (settings.isEmpty() || !trials.containsColumn(value) || !(trials.column(value) instanceof NumericColumn)) {
            throw new IllegalArgumentException("importance needs at least one setting and a column of numbers \""
                    + value + "\"; the table has " + trials.columnNames());
        }
        var results = trials.numberColumn(value);
        int[] rows = IntStream.range(0, trials.rowCount())
                .filter(row -> Double.isFinite(results.getDouble(row)))
                .toArray();
        double[] y = Arrays.stream(rows).mapToDouble(results::getDouble).toArray();
        var variables = new ArrayList<Variable>();
        var x = new double[rows.length][settings.size()];
        for (int i = 0; i < settings.size(); i++) {
            variables.add(code(trials, settings.get(i), rows, x, i));
        }
        return of(settings, variables, x, y);
    }

    private static Fanova of(List<String> settings, List<Variable> variables, double[][] x, double[] y) {
        if (Arrays.stream(y).distinct().count() < 2) {
            return new Fanova(List.of(), Double.NaN, y.length);
        }
        var forest = RegressionForest.grow(variables, x, y, TREES, SEED);
        var trees =
                forest.trees().stream().filter(tree -> tree.leaves().size() > 1).toList();
        if (trees.isEmpty()) {
            // no setting varies, or too little for a tree to split by
            var effects = subsets(settings).stream()
                    .map(each -> new Effect(each, 0, 0))
                    .toList();
            return new Fanova(effects, Double.NaN, y.length);
        }
        var shares = trees.stream()
                .map(tree -> TreeVariance.of(tree.leaves(), variables).shares())
                .toList();
        var effects = new ArrayList<Effect>();
        var subsets = subsets(settings);
        for (int i = 0; i < subsets.size(); i++) {
            int at = i;
            double[] each = shares.stream().mapToDouble(tree -> tree[at]).toArray();
            double share = Arrays.stream(each).average().orElseThrow();
            effects.add(new Effect(subsets.get(i), share, error(trees, each, share)));
        }
        effects.sort(Comparator.comparingDouble(Effect::share).reversed());
        return new Fanova(List.copyOf(effects), explained(forest, y), y.length);
    }

    /**
     * Each setting, and behind it its pairs with those that come later, in the order of {@link TreeVariance#shares}.
     */
    private static List<List<String>> subsets(List<String> settings) {
        var subsets = new ArrayList<List<String>>();
        for (int i = 0; i < settings.size(); i++) {
            subsets.add(List.of(settings.get(i)));
            for (int j = i + 1; j < settings.size(); j++) {
                subsets.add(List.of(settings.get(i), settings.get(j)));
            }
        }
        return subsets;
    }

    /** Whether some setting explains something; none does where none varies. */
    public boolean explainsSomething() {
        return effects.stream().anyMatch(effect -> effect.share() > 0);
    }

    /** What these settings explain together that none of them does alone; in either order. */
    public Effect effect(String... settings) {
        var wanted = List.of(settings);
        return effects.stream()
                .filter(each -> each.settings().equals(wanted)
                        || each.settings().reversed().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no effect of " + wanted + "; there are "
                        + effects.stream().map(Effect::settings).toList()));
    }

    /** What is left for three settings and more together. */
    public double rest() {
        return !explainsSomething()
                ? 0
                : Math.max(0, 1 - effects.stream().mapToDouble(Effect::share).sum());
    }

    /** A row for each effect: columns "settings" (two are joined by " × "), "share" and "standard_error". */
    public Table table() {
        return Table.create(
                "importance",
                StringColumn.create("settings", effects.stream().map(each -> String.join(" × ", each.settings()))),
                column("share", effects.stream().mapToDouble(Effect::share).toArray()),
                column(
                        "standard_error",
                        effects.stream().mapToDouble(Effect::standardError).toArray()));
    }

    private static DoubleColumn column(String name, double[] values) {
        return DoubleColumn.create(name, values);
    }

    /**
     * The standard error over samples of trials: with N_ib how often tree b has case i and F_b its share, Σ_i
     * cov_b(N_ib, F_b)², less what B trees show by chance, n / B² Σ_b (F_b − F)².
     */
    private static double error(List<Tree> trees, double[] shares, double mean) {
        int n = trees.getFirst().drawn().length;
        int b = trees.size();
        double squares = Arrays.stream(shares).map(f -> (f - mean) * (f - mean)).sum();
        double variance = 0;
        for (int i = 0; i < n; i++) {
            double covariance = 0;
            for (int tree = 0; tree < b; tree++) {
                covariance += (trees.get(tree).drawn()[i] - 1) * (shares[tree] - mean) / b;
            }
            variance += covariance * covariance;
        }
        return Math.sqrt(Math.max(variance - n * squares / b / b, squares / b / b));
    }

    /** R² of each case as the mean of the trees that have not seen it. */
    private static double explained(RegressionForest forest, double[] y) {
        double mean = Arrays.stream(y).average().orElseThrow();
        double left = 0;
        double all = 0;
        for (int i = 0; i < y.length; i++) {
            int row = i;
            var said = forest.trees().stream()
                    .mapToDouble(tree -> tree.said()[row])
                    .filter(Double::isFinite)
                    .average();
            if (said.isPresent()) {
                left += Math.pow(y[i] - said.getAsDouble(), 2);
                all += Math.pow(y[i] - mean, 2);
            }
        }
        return 1 - left / all;
    }

    /** Writes a setting into column i of x. */
    private static Variable code(Table trials, String setting, int[] rows, double[][] x, int i) {
        if (!(trials.column(setting) instanceof NumericColumn<?> numbers)) {
            var column = trials.column(setting);
            var names =
                    Arrays.stream(rows).mapToObj(column::getString).distinct().toList();
            if (names.size() > Long.SIZE) {
                throw new IllegalArgumentException("the setting \"" + setting + "\" has " + names.size()
                        + " different texts: expected at most " + Long.SIZE + ", or numbers");
            }
            for (int row = 0; row < rows.length; row++) {
                x[row][i] = names.indexOf(column.getString(rows[row]));
            }
            return new Variable(names.size(), false);
        }
        double[] known = Arrays.stream(rows)
                .mapToDouble(numbers::getDouble)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (known.length == 0) {
            return new Variable(1, true);
        }
        double[] listed = Arrays.stream(known).distinct().toArray();
        double middle = known[(known.length - 1) / 2];
        double low = listed[0];
        double high = listed[listed.length - 1];
        boolean isList = 2 * listed.length <= known.length || listed.length == 1;
        boolean wide = LogScale.suits(known);
        for (int row = 0; row < rows.length; row++) {
            double number = numbers.getDouble(rows[row]);
            double at = Double.isFinite(number) ? number : middle;
            x[row][i] = isList
                    ? (Arrays.binarySearch(listed, at) + 0.5) / listed.length
                    : wide ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
        }
        return new Variable(isList ? listed.length : 0, true);
    }

    /**
     * The variance of one tree's function, all values of all variables alike likely.
     *
     * @param leaves of the tree
     * @param cells of each variable: between which ends all leaves are whole
     */
    record TreeVariance(List<Leaf> leaves, List<Variable> variables, List<double[]> cells) {

        static TreeVariance of(List<Leaf> leaves, List<Variable> variables) {
            var cells = new ArrayList<double[]>();
            for (int i = 0; i < variables.size(); i++) {
                int at = i;
                int levels = variables.get(i).levels();
                cells.add(
                        variables.get(i).isCategory()
                                ? IntStream.rangeClosed(0, levels)
                                        .mapToDouble(k -> (double) k / levels)
                                        .toArray()
                                : leaves.stream()
                                        .flatMapToDouble(
                                                leaf -> Arrays.stream(new double[] {leaf.low()[at], leaf.high()[at]}))
                                        .sorted()
                                        .distinct()
                                        .toArray());
            }
            return new TreeVariance(leaves, variables, cells);
        }

        /** V_U / V of each variable and each pair: (0), (0, 1), (0, 2), … (1), (1, 2), … */
        double[] shares() {
            int d = variables.size();
            double mean = 0;
            double all = 0;
            for (var leaf : leaves) {
                double volume = volume(leaf);
                mean += volume * leaf.value();
                all += volume * leaf.value() * leaf.value();
            }
            all -= mean * mean;
            var single = new double[d];
            for (int i = 0; i < d; i++) {
                single[i] = variance(mean, i, i);
            }
            var shares = new double[d * (d + 1) / 2];
            int place = 0;
            for (int i = 0; i < d; i++) {
                for (int j = i; j < d; j++) {
                    double of = i == j ? single[i] : variance(mean, i, j) - single[i] - single[j];
                    shares[place++] = all > 0 ? Math.max(0, of / all) : 0;
                }
            }
            return shares;
        }

        private double volume(Leaf leaf) {
            double volume = 1;
            for (int i = 0; i < variables.size(); i++) {
                volume *= leaf.share(i, variables.get(i));
            }
            return volume;
        }

        /** Of the mean over all variables but i and j; of that over all but i where both are i. */
        private double variance(double mean, int i, int j) {
            double[] across = cells.get(i);
            double[] up = i == j ? new double[] {0, 1} : cells.get(j);
            var change = new double[across.length][up.length]; // of the sums, from one cell to the next
            for (var leaf : leaves) {
                double part = leaf.value()
                        * volume(leaf)
                        / leaf.share(i, variables.get(i))
                        / (i == j ? 1 : leaf.share(j, variables.get(j)));
                var rows = i == j ? List.of(new int[] {0, 1}) : ranges(leaf, j);
                for (var columns : ranges(leaf, i)) {
                    for (var row : rows) {
                        change[columns[0]][row[0]] += part;
                        change[columns[1]][row[0]] -= part;
                        change[columns[0]][row[1]] -= part;
                        change[columns[1]][row[1]] += part;
                    }
                }
            }
            double squares = 0;
            for (int a = 0; a + 1 < across.length; a++) {
                double inRow = 0;
                for (int b = 0; b + 1 < up.length; b++) {
                    change[a][b] += a == 0 ? 0 : change[a - 1][b];
                    inRow += change[a][b];
                    double apart = inRow - mean;
                    squares += apart * apart * (across[a + 1] - across[a]) * (up[b + 1] - up[b]);
                }
            }
            return squares;
        }

        /** The cells of a variable that a leaf has: from, and to before. */
        private List<int[]> ranges(Leaf leaf, int i) {
            if (!variables.get(i).isCategory()) {
                double[] ends = cells.get(i);
                return List.of(
                        new int[] {Arrays.binarySearch(ends, leaf.low()[i]), Arrays.binarySearch(ends, leaf.high()[i])
                        });
            }
            return IntStream.range(0, variables.get(i).levels())
                    .filter(k -> (leaf.among()[i] >>> k & 1) == 1)
                    .mapToObj(k -> new int[] {k, k + 1})
                    .toList();
        }
    }
}
