package trivium.measure;

import java.util.Arrays;
import trivium.data.Seeds;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Estimate;
import trivium.measure.Difference.Method;
import trivium.measure.Difference.Sample;

/** One number for each seed of two recipes. */
final class OverSeeds {

    /** Up to so many seeds all flips of signs are gone through: 2¹⁶ of them. */
    private static final int ALL = 16;

    private static final int FLIPS = 99_999;
    private static final long SEED = 20_260_102;

    private OverSeeds() {}

    /** Student's test of the mean of the pairs' differences. */
    static Difference paired(Compared compared, double[] a, double[] b) {
        PairedBootstrap.checkLengths(a, b, a.length);
        var change = Paired.of(a, b).change();
        double p = student(change.mean(), change.standardError(), change.count() - 1.0);
        return difference(compared, a, b, change.interval(), p, Method.PAIRED_T);
    }

    /**
     * With each pair's difference as likely of the other sign (Fisher 1935, section 21): the share of all 2ⁿ choices of
     * signs whose mean is as far from 0, or with more than {@value #ALL} pairs of {@value #FLIPS} random ones and the
     * one that was seen.
     */
    static Difference signFlips(Compared compared, double[] a, double[] b) {
        PairedBootstrap.checkLengths(a, b, a.length);
        var change = new double[a.length];
        Arrays.setAll(change, i -> b[i] - a[i]);
        return difference(compared, a, b, Summary.of(change).interval(), signFlips(change), Method.SIGN_FLIPS);
    }

    static double signFlips(double... change) {
        int n = change.length;
        double seen = Math.abs(Arrays.stream(change).sum());
        double size = Arrays.stream(change).map(Math::abs).sum();
        double rounding = 1e-12 * size; // the same numbers in another order have another sum
        long flips = n <= ALL ? 1L << n : FLIPS;
        var random = Seeds.random(SEED, n);
        long asFar = 0;
        for (long flip = 0; flip < flips; flip++) {
            double sum = 0;
            long bits = flip;
            for (int i = 0; i < n; i++) {
                if (n > ALL && i % Long.SIZE == 0) {
                    bits = random.nextLong();
                }
                sum += (bits >>> (i % Long.SIZE) & 1) == 0 ? change[i] : -change[i];
            }
            asFar += Math.abs(sum) >= seen - rounding ? 1 : 0;
        }
        return n <= ALL ? (double) asFar / flips : (asFar + 1.0) / (flips + 1);
    }

    /** Without pairs (Welch 1947), each recipe with a variance of its own. */
    static Difference welch(Compared compared, double[] a, double[] b) {
        var first = Summary.of(a);
        var second = Summary.of(b);
        double va = first.standardError() * first.standardError();
        double vb = second.standardError() * second.standardError();
        double freedom = a.length == 1 || b.length == 1
                ? 0
                : (va + vb) * (va + vb) / (va * va / (a.length - 1) + vb * vb / (b.length - 1));
        double error = Math.sqrt(va + vb);
        double change = second.mean() - first.mean();
        int seeds = Math.min(a.length, b.length);
        return new Difference(
                compared,
                new Estimate(
                        first.mean(),
                        second.mean(),
                        Interval.student(change, error, freedom, Interval.LEVEL),
                        student(change, error, freedom),
                        1),
                Method.WELCH,
                new Sample("", 0, seeds, Spread.ofSeeds((va + vb) * seeds)));
    }

    private static Difference difference(
            Compared compared, double[] a, double[] b, Interval interval, double p, Method method) {
        var change = Paired.of(a, b).change();
        double deviation = change.standardDeviation();
        return new Difference(
                compared,
                new Estimate(PairedBootstrap.mean(a), PairedBootstrap.mean(b), interval, p, 1),
                method,
                new Sample("", 0, a.length, Spread.ofSeeds(deviation * deviation)));
    }

    /** The chance of a mean as many standard errors from 0, either way; 1 where there is no telling. */
    static double student(double mean, double standardError, double freedom) {
        if (!(freedom > 0) || mean == 0) {
            return 1;
        }
        return standardError == 0 ? 0 : 2 * Interval.studentBelow(-Math.abs(mean / standardError), freedom);
    }
}
