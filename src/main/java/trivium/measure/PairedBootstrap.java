package trivium.measure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import trivium.data.Seeds;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Estimate;
import trivium.measure.Difference.Method;
import trivium.measure.Difference.Sample;

/**
 * The difference of two ratios of sums over the same observations, R = Σ d / Σ w, by the symmetric bootstrap-t (Hall
 * 1988; Davison and Hinkley 1997, section 5.2): observations are drawn again with replacement, each draw's R is divided
 * by its own standard error, and the interval reaches as many standard errors to both sides as hold 95 % of the draws.
 * A mean is the ratio with w = 1.
 */
final class PairedBootstrap {

    /** How often the observations are drawn again. */
    static final int DRAWS = 4_999;

    /** Of every draw, so that the same numbers always give the same interval. */
    private static final long SEED = 20_260_101;

    /** The observations: differences and what they are divided by. */
    private record Observations(double[] d, double[] w) {

        int n() {
            return d.length;
        }

        double ratio() {
            return Arrays.stream(d).sum() / Arrays.stream(w).sum();
        }

        /** √(n/(n − 1) Σ (d − R w)²) / Σ w, the ratio estimator's (Cochran 1977, section 2.11). */
        double standardError(double ratio) {
            double squares = 0;
            double sum = 0;
            for (int i = 0; i < d.length; i++) {
                double apart = d[i] - ratio * w[i];
                squares += apart * apart;
                sum += w[i];
            }
            return Math.sqrt(n() / (n() - 1.0) * squares) / sum;
        }
    }

    /**
     * What the draws say.
     *
     * @param p the share of draws as many standard errors from R as R is from 0, and at least the chance that all
     *     differences that are not 0 have one sign
     * @param variance of one observation
     */
    record Result(Interval interval, double p, double variance) {}

    private PairedBootstrap() {}

    static Difference overPrompts(Compared compared, String unit, double[] a, double[] b, List<?> prompts) {
        checkLengths(a, b, prompts.size());
        var together = new LinkedHashMap<Object, double[]>(); // of equal prompts Σ (b − a), how many
        for (int i = 0; i < a.length; i++) {
            var sums = together.computeIfAbsent(prompts.get(i), _ -> new double[2]);
            sums[0] += b[i] - a[i];
            sums[1]++;
        }
        var result = of(
                together.values().stream().mapToDouble(sums -> sums[0]).toArray(),
                together.values().stream().mapToDouble(sums -> sums[1]).toArray(),
                NoSpread.of(together.size(), a, b),
                DRAWS,
                SEED);
        return new Difference(
                compared,
                new Estimate(mean(a), mean(b), result.interval(), result.p(), 1),
                Method.BOOTSTRAP,
                new Sample(unit, together.size(), 1, Spread.ofPrompts(result.variance())));
    }

    static Difference overDocuments(Compared compared, double[] a, double[] b, double[] bytes) {
        checkLengths(a, b, bytes.length);
        double all = 0;
        for (double each : bytes) {
            if (!(each > 0)) {
                throw new IllegalArgumentException("a document of " + each + " bytes: expected at least one byte");
            }
            all += each;
        }
        var change = new double[a.length];
        Arrays.setAll(change, i -> b[i] - a[i]);
        var none = new NoSpread(NoSpread.of(1, a, b).rounding() / all * bytes.length, a.length);
        var result = of(change, bytes, none, DRAWS, SEED);
        return new Difference(
                compared,
                new Estimate(
                        Arrays.stream(a).sum() / all, Arrays.stream(b).sum() / all, result.interval(), result.p(), 1),
                Method.BOOTSTRAP,
                new Sample("document", a.length, 1, Spread.ofPrompts(result.variance())));
    }

    static void checkLengths(double[] a, double[] b, int n) {
        if (a.length != b.length || a.length != n || n == 0) {
            throw new IllegalArgumentException("values of " + a.length + " and of " + b.length + " cases of " + n
                    + ": expected two of each case, in the same order, and at least one case");
        }
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(a[i]) || !Double.isFinite(b[i])) {
                throw new IllegalArgumentException("values " + a[i] + " and " + b[i] + " of case " + i
                        + ": expected two finite numbers; leave out a case that has none, of both");
            }
        }
    }

    static double mean(double... values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /**
     * Of observations that do not tell anything about each other.
     *
     * @param d difference of each
     * @param w what it is divided by
     */
    static Result of(double[] d, double[] w, int draws, long seed) {
        return of(d, w, NoSpread.of(d.length, d), draws, seed);
    }

    private static Result of(double[] d, double[] w, NoSpread none, int draws, long seed) {
        var observed = new Observations(d, w);
        int n = observed.n();
        double ratio = observed.ratio();
        double error = n == 1 ? 0 : observed.standardError(ratio);
        if (none.is(error)) {
            return new Result(none.interval(), none.p(ratio), 0);
        }
        var distances = distances(observed, ratio, none, draws, Seeds.random(seed, n));
        double seen = Math.abs(ratio) / error;
        double half = distances[(int) Math.ceil(Interval.LEVEL * (draws + 1)) - 1] * error;
        int from = Arrays.binarySearch(distances, seen);
        int below = from < 0 ? -from - 1 : from;
        while (below > 0 && distances[below - 1] == seen) {
            below--;
        }
        int signs = (int)
                IntStream.range(0, n).filter(i -> !none.isTie(d[i] / w[i])).count();
        double least = NoSpread.chanceOfOneSign(signs);
        boolean reaches = least >= Difference.ALPHA; // so few signs cannot refuse 0
        return new Result(
                new Interval(
                        reaches ? Math.min(0, ratio - half) : ratio - half,
                        reaches ? Math.max(0, ratio + half) : ratio + half,
                        Interval.LEVEL),
                Math.max(least, (draws - below + 1.0) / (draws + 1)),
                error * error * n);
    }

    /** |R* − R| in standard errors of its own, of each draw, rising; infinite of a draw without a spread. */
    private static double[] distances(
            Observations observed, double ratio, NoSpread none, int draws, SplittableRandom random) {
        int n = observed.n();
        var distances = new double[draws];
        for (int draw = 0; draw < draws; draw++) {
            double sumE = 0;
            double sumEE = 0;
            double sumW = 0;
            double sumWW = 0;
            double sumEW = 0;
            for (int i = 0; i < n; i++) {
                int at = random.nextInt(n);
                double w = observed.w()[at];
                double e = observed.d()[at] - ratio * w;
                sumE += e;
                sumEE += e * e;
                sumW += w;
                sumWW += w * w;
                sumEW += e * w;
            }
            double off = sumE / sumW; // R* − R
            double squares = sumEE - 2 * off * sumEW + off * off * sumWW;
            double error = Math.sqrt(n / (n - 1.0) * Math.max(0, squares)) / sumW;
            boolean spread = squares > 1e-12 * sumEE && !none.is(error);
            distances[draw] = spread ? Math.abs(off) / error : Double.POSITIVE_INFINITY;
        }
        Arrays.sort(distances);
        return distances;
    }
}
