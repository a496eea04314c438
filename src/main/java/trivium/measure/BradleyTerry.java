package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import trivium.data.Label;
import trivium.data.Label.Verdict;

/**
 * What a person's choices between two answers follow: the log odds that the answer at 1 is chosen are
 *
 * <pre>b + Σ_k w_k (x_k(answer at 1) − x_k(answer at 2))</pre>
 *
 * with the position bias b and a utility w_k for each property x_k of an answer (Bradley and Terry 1952; the order
 * effect: Davidson and Beaver 1977). Where a person likes long answers and good ones are long, this tells the two
 * apart, which {@link LabelQuality} cannot. Fitted by maximum likelihood; intervals are Wald's, from the inverse of the
 * Fisher information. Ties choose nothing and are left out.
 *
 * @param position b, in nats of log odds; above 0 the answer at 1 is preferred for where it stands
 * @param utilities w_k by the property's name, in nats of log odds for each unit of it
 * @param labels how many chose
 */
public record BradleyTerry(Estimate position, Map<String, Estimate> utilities, int labels) {

    private static final int ITERATIONS = 60;

    /**
     * A step of Newton's that promises less than this, in nats of likelihood, is the last; sums are no more precise.
     */
    private static final double SMALL = 1e-9;

    /** Log odds of a single pair beyond which a probability is 0 or 1 for all purposes. */
    private static final double CERTAIN = 30;

    /** A standard error of this size, in median sizes of a property, is one of a weight without bound. */
    private static final double ENDLESS = 50;

    /** An estimate with its interval of level 0.95. */
    public record Estimate(double value, Interval interval) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%+.2f", value).replace('-', '−') + " (" + interval.toString("%+.2f")
                    + ")";
        }
    }

    public BradleyTerry {
        utilities = new LinkedHashMap<>(utilities);
    }

    /** Only the position bias. */
    public static BradleyTerry of(List<Label> labels) {
        return of(labels, Map.of());
    }

    /**
     * Of these labels and these properties of an answer, such as {@code Map.of("words", answer -> …)}.
     *
     * @throws IllegalArgumentException if none of the labels chose, if a property is the same in both answers of every
     *     pair or follows from the others, or if the choices follow the properties without exception, where no finite
     *     utility is the likeliest
     */
    public static BradleyTerry of(List<Label> labels, Map<String, ToDoubleFunction<String>> properties) {
        var chose =
                labels.stream().filter(label -> label.verdict() != Verdict.TIE).toList();
        if (chose.isEmpty()) {
            throw new IllegalArgumentException("none of the " + labels.size() + " labels chose an answer");
        }
        if (chose.size() <= properties.size()) {
            throw new IllegalArgumentException("too few labels: " + chose.size() + " chose an answer, and "
                    + (properties.size() + 1) + " things are to be told apart");
        }
        var names = List.copyOf(properties.keySet());
        var rows = new double[chose.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(chose.get(i), names, properties);
        }
        var fit = fit(rows, chose, names);
        var utilities = new LinkedHashMap<String, Estimate>();
        for (int k = 0; k < names.size(); k++) {
            utilities.put(names.get(k), fit.get(k + 1));
        }
        return new BradleyTerry(fit.getFirst(), utilities, rows.length);
    }

    /** 1 for the position, then what each property is greater by in the answer at 1. */
    private static double[] row(Label label, List<String> names, Map<String, ToDoubleFunction<String>> properties) {
        var row = new double[names.size() + 1];
        row[0] = 1;
        for (int k = 0; k < names.size(); k++) {
            var property = properties.get(names.get(k));
            row[k + 1] = property.applyAsDouble(label.first()) - property.applyAsDouble(label.second());
            if (!Double.isFinite(row[k + 1])) {
                throw new IllegalArgumentException(
                        "\"" + names.get(k) + "\" of an answer to \"" + label.prompt() + "\" is not a finite number");
            }
        }
        return row;
    }

    /** Newton's method with halved steps where one goes too far. */
    private static List<Estimate> fit(double[][] rows, List<Label> chose, List<String> names) {
        var scale = scaled(rows);
        var weights = new ArrayRealVector(scale.length);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            var solver = new LUDecomposition(information(rows, weights)).getSolver();
            if (!solver.isNonSingular()) {
                throw iteration == 0 ? unclear(names) : certain(names, rows);
            }
            var gradient = gradient(rows, chose, weights);
            var step = solver.solve(gradient);
            if (step.dotProduct(gradient) < SMALL) {
                return estimates(weights.add(step), solver.getInverse(), scale).orElseThrow(() -> certain(names, rows));
            }
            double enough = likelihood(rows, chose, weights) - SMALL * rows.length;
            while (likelihood(rows, chose, weights.add(step)) < enough) {
                step = step.mapMultiply(0.5);
            }
            weights = weights.add(step);
        }
        throw certain(names, rows);
    }

    /**
     * Divides each column by its median size, which is returned: units do not matter to the solver, nor does one answer
     * of a size of its own.
     */
    private static double[] scaled(double[][] rows) {
        var scale = new double[rows[0].length];
        for (int k = 0; k < scale.length; k++) {
            int column = k;
            var sizes = Arrays.stream(rows)
                    .mapToDouble(row -> Math.abs(row[column]))
                    .filter(size -> size > 0)
                    .sorted()
                    .toArray();
            scale[k] = sizes.length == 0 ? 1 : sizes[sizes.length / 2];
            for (var row : rows) {
                row[k] /= scale[k];
            }
        }
        return scale;
    }

    /** Nothing where a weight is on its way to infinity. */
    private static Optional<List<Estimate>> estimates(RealVector weights, RealMatrix covariance, double[] scale) {
        var estimates = new ArrayList<Estimate>();
        for (int k = 0; k < scale.length; k++) {
            double error = Math.sqrt(covariance.getEntry(k, k));
            if (!(error < ENDLESS)) {
                return Optional.empty();
            }
            double value = weights.getEntry(k) / scale[k];
            double half = Interval.normal(Interval.LEVEL) * error / scale[k];
            estimates.add(new Estimate(value, new Interval(value - half, value + half, Interval.LEVEL)));
        }
        return Optional.of(estimates);
    }

    private static double likelihood(double[][] rows, List<Label> chose, RealVector weights) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double odds = odds(rows[i], weights) * (isFirst(chose.get(i)) ? 1 : -1);
            sum -= odds > 0 ? Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)) - odds;
        }
        return sum;
    }

    private static ArrayRealVector gradient(double[][] rows, List<Label> chose, RealVector weights) {
        var gradient = new double[weights.getDimension()];
        for (int i = 0; i < rows.length; i++) {
            double missed = (isFirst(chose.get(i)) ? 1 : 0) - probability(rows[i], weights);
            for (int k = 0; k < gradient.length; k++) {
                gradient[k] += missed * rows[i][k];
            }
        }
        return new ArrayRealVector(gradient, false);
    }

    private static Array2DRowRealMatrix information(double[][] rows, RealVector weights) {
        var sum = new double[weights.getDimension()][weights.getDimension()];
        for (var row : rows) {
            double p = probability(row, weights);
            for (int k = 0; k < row.length; k++) {
                for (int l = 0; l < row.length; l++) {
                    sum[k][l] += p * (1 - p) * row[k] * row[l];
                }
            }
        }
        return new Array2DRowRealMatrix(sum, false);
    }

    private static double odds(double[] row, RealVector weights) {
        return Math.clamp(weights.dotProduct(new ArrayRealVector(row, false)), -CERTAIN, CERTAIN);
    }

    private static double probability(double[] row, RealVector weights) {
        return 1 / (1 + Math.exp(-odds(row, weights)));
    }

    private static boolean isFirst(Label label) {
        return label.verdict() == Verdict.FIRST;
    }

    private static IllegalArgumentException unclear(List<String> names) {
        return new IllegalArgumentException(
                "what the choices owe to " + String.join(", ", names) + " cannot be told: one of these is the same in"
                        + " both answers of every pair, or follows from the others; leave it out");
    }

    private static IllegalArgumentException certain(List<String> names, double[][] rows) {
        var what = names.isEmpty() ? "the position" : "the position, " + String.join(", ", names);
        return new IllegalArgumentException(
                "the " + rows.length + " choices follow " + what + " without exception, so no finite utility is the"
                        + " likeliest: label more pairs, or leave a property out");
    }

    @Override
    public String toString() {
        return "log odds of being chosen, of " + labels + " labels: for standing at 1 " + position
                + utilities.entrySet().stream()
                        .map(each -> ", for each " + each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining());
    }
}
