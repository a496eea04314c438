package trivium.measure;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Observations that all say the same, or all but for rounding. That nothing was seen to vary does not say that nothing
 * varies: there is no interval, and p is the chance that as many signs fall alike.
 *
 * @param rounding a standard error up to this is none, and a difference up to this too
 * @param signs how many observations there are, each of which chance may have given its sign
 */
record NoSpread(double rounding, int signs) {

    /** Of differences of such values: sums and differences of these are exact to about 16 digits. */
    static NoSpread of(int signs, double[]... values) {
        double largest = Stream.of(values)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElse(0);
        return new NoSpread(1e-12 * largest, signs);
    }

    boolean is(double standardError) {
        return standardError <= rounding;
    }

    /** Whether a difference is none. */
    boolean isTie(double change) {
        return Math.abs(change) <= rounding;
    }

    /** 2^(1 − n): that n signs are all one or all the other. */
    static double chanceOfOneSign(int n) {
        return Math.scalb(1.0, Math.min(0, 1 - Math.min(n, 1_000)));
    }

    double p(double change) {
        return isTie(change) ? 1 : chanceOfOneSign(signs);
    }

    /** Without ends. */
    Interval interval() {
        return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Interval.LEVEL);
    }
}
