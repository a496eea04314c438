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
        var estimate = student(
                PairedBootstrap.mean(a),
                PairedBootstrap.mean(b),
                change.standardError(),
                change.count() - 1.0,
                NoSpread.of(a.length, a, b));
        return difference(compared, a, b, estimate.interval(), estimate.p(), Method.PAIRED_T);
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
        var interval = paired(compared, a, b).interval();
        return difference(compared, a, b, interval, signFlips(change), Method.SIGN_FLIPS);
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
        int seeds = Math.min(a.length, b.length);
        var none = NoSpread.of(1, a, b); // no pairs that could have a sign
        return new Difference(
                compared,
                student(first.mean(), second.mean(), error, freedom, none),
                Method.WELCH,
                new Sample("", 0, seeds, Spread.ofSeeds(none.is(error) ? 0 : (va + vb) * seeds)));
    }

    private static Difference difference(
            Compared compared, double[] a, double[] b, Interval interval, double p, Method method) {
        var change = Paired.of(a, b).change();
        double deviation = NoSpread.of(a.length, a, b).is(change.standardError()) ? 0 : change.standardDeviation();
        return new Difference(
                compared,
                new Estimate(PairedBootstrap.mean(a), PairedBootstrap.mean(b), interval, p, 1),
                method,
                new Sample("", 0, a.length, Spread.ofSeeds(deviation * deviation)));
    }

    /** Student's interval and p of a difference of means; p is 1 where there is no telling. */
    static Estimate student(double a, double b, double standardError, double freedom, NoSpread none) {
        double change = b - a;
        if (none.is(standardError)) {
            return new Estimate(a, b, none.interval(), none.p(change), 1);
        }
        double p = freedom > 0 ? 2 * Interval.studentBelow(-Math.abs(change / standardError), freedom) : 1;
        return new Estimate(a, b, Interval.student(change, standardError, freedom, Interval.LEVEL), p, 1);
    }
}
