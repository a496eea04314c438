package trivium.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Method;
import trivium.measure.Difference.Sample;

/**
 * The same prompts answered by several seeds of two recipes. A difference then varies with the seed, with the prompt,
 * and with both together; the same prompts come back with every seed, so that prompts do not belong to one seed. The
 * variance of the mean of all S · P differences is (MS_S + MS_P − MS_SP) / (S P) with the mean squares of the two-way
 * analysis of variance, and its degrees of freedom are Satterthwaite's (1946; Searle, Casella and McCulloch 1992,
 * section 4.4), or with fewer than five seeds S − 1, in which simulated intervals hold the truth; they are then too
 * wide where seeds hardly differ.
 */
final class SeedsAndPrompts {

    /** Fewer seeds may be alike by chance, which makes Satterthwaite's degrees of freedom far too many. */
    private static final int ENOUGH = 5;

    private SeedsAndPrompts() {}

    static Difference difference(Compared compared, double[][] a, double[][] b, String unit) {
        int s = a.length;
        if (s == 0 || s != b.length) {
            throw new IllegalArgumentException(
                    s + " seeds of one and " + b.length + " of the other: expected as many, and at least one");
        }
        int p = a[0].length;
        var change = new double[s][p];
        for (int i = 0; i < s; i++) {
            PairedBootstrap.checkLengths(a[i], b[i], p);
            for (int j = 0; j < p; j++) {
                change[i][j] = b[i][j] - a[i][j];
            }
        }
        if (s == 1) {
            return PairedBootstrap.overPrompts(
                    compared, unit, a[0], b[0], IntStream.range(0, p).boxed().toList());
        }
        if (p == 1) {
            return OverSeeds.paired(compared, column(a), column(b));
        }
        double meanA =
                Arrays.stream(a).mapToDouble(PairedBootstrap::mean).average().orElseThrow();
        double meanB =
                Arrays.stream(b).mapToDouble(PairedBootstrap::mean).average().orElseThrow();
        double rounding =
                Math.max(NoSpread.of(1, a).rounding(), NoSpread.of(1, b).rounding());
        return difference(compared, meanA, meanB, change, unit, rounding);
    }

    private static Difference difference(
            Compared compared, double a, double b, double[][] change, String unit, double rounding) {
        var squares = MeanSquares.of(change);
        double error = Math.sqrt(squares.variance());
        // As many signs as there are seeds, or prompts if these are fewer.
        var none = new NoSpread(rounding, Math.min(change.length, change[0].length));
        var spread = none.is(error) && none.is(Math.sqrt(squares.rest())) ? Spread.ofSeeds(0) : squares.spread();
        return new Difference(
                compared,
                OverSeeds.student(a, b, error, squares.freedom(), none),
                Method.SEEDS_AND_PROMPTS,
                new Sample(unit, change[0].length, change.length, spread));
    }

    /**
     * Of ratios R = Σ d / Σ w over documents: a document of a seed stands for R + (d − R w) / w̄, R being that seed's,
     * whose mean is R and whose variance is the ratio estimator's (Cochran 1977, section 2.11).
     */
    static Difference ofDocuments(Compared compared, double[][] a, double[][] b, double[] bytes) {
        int s = a.length;
        if (s != b.length || s == 0) {
            throw new IllegalArgumentException(
                    s + " seeds of one and " + b.length + " of the other: expected as many, and at least one");
        }
        if (s == 1) {
            return PairedBootstrap.overDocuments(compared, a[0], b[0], bytes);
        }
        double all = Arrays.stream(bytes).sum();
        double mean = all / bytes.length;
        var change = new double[s][bytes.length];
        double sumA = 0;
        double sumB = 0;
        for (int i = 0; i < s; i++) {
            PairedBootstrap.checkLengths(a[i], b[i], bytes.length);
            double ofA = Arrays.stream(a[i]).sum() / all;
            double ofB = Arrays.stream(b[i]).sum() / all;
            sumA += ofA;
            sumB += ofB;
            for (int j = 0; j < bytes.length; j++) {
                change[i][j] = ofB - ofA + (b[i][j] - a[i][j] - (ofB - ofA) * bytes[j]) / mean;
            }
        }
        if (bytes.length == 1) {
            return OverSeeds.paired(
                    compared,
                    Arrays.stream(a).mapToDouble(row -> row[0] / all).toArray(),
                    Arrays.stream(b).mapToDouble(row -> row[0] / all).toArray());
        }
        double rounding =
                Math.max(NoSpread.of(1, a).rounding(), NoSpread.of(1, b).rounding()) / mean;
        return difference(compared, sumA / s, sumB / s, change, "document", rounding);
    }

    private static double[] column(double[]... table) {
        return Arrays.stream(table).mapToDouble(row -> row[0]).toArray();
    }

    /**
     * Mean squares of a table (S, P).
     *
     * @param bySeed of the seeds' means, times P
     * @param byPrompt of the prompts' means, times S
     * @param rest of what both together do not explain
     */
    record MeanSquares(int s, int p, double bySeed, double byPrompt, double rest) {

        static MeanSquares of(double[]... table) {
            int s = table.length;
            int p = table[0].length;
            var rows = new double[s];
            var columns = new double[p];
            for (int i = 0; i < s; i++) {
                for (int j = 0; j < p; j++) {
                    rows[i] += table[i][j] / p;
                    columns[j] += table[i][j] / s;
                }
            }
            double mean = PairedBootstrap.mean(rows);
            double rest = 0;
            for (int i = 0; i < s; i++) {
                for (int j = 0; j < p; j++) {
                    double left = table[i][j] - rows[i] - columns[j] + mean;
                    rest += left * left;
                }
            }
            return new MeanSquares(
                    s,
                    p,
                    p * squares(mean, rows) / (s - 1),
                    s * squares(mean, columns) / (p - 1),
                    rest / (s - 1) / (p - 1));
        }

        private static double squares(double mean, double... values) {
            return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        }

        /** Where the rest is larger than one of the others by chance, the larger of these alone is the safer. */
        private boolean isMixed() {
            return bySeed > rest && byPrompt > rest;
        }

        double variance() {
            return (isMixed() ? bySeed + byPrompt - rest : Math.max(bySeed, byPrompt)) / s / p;
        }

        double freedom() {
            if (s < ENOUGH) {
                return s - 1.0;
            }
            if (!isMixed()) {
                return bySeed >= byPrompt ? s - 1.0 : p - 1.0;
            }
            double all = bySeed + byPrompt - rest;
            double terms =
                    bySeed * bySeed / (s - 1) + byPrompt * byPrompt / (p - 1) + rest * rest / (s - 1.0) / (p - 1.0);
            return all * all / terms;
        }

        Spread spread() {
            return new Spread(Math.max(0, bySeed - rest) / p, Math.max(0, byPrompt - rest) / s, rest);
        }
    }
}
