package trivium.measure;

import java.util.Arrays;
import java.util.Locale;

/**
 * The chance that at least one of k answers to a problem is right (Chen et al. 2021, section 2.1), from n ≥ k answers
 * to each of several problems.
 *
 * @param k how many answers
 * @param each the unbiased estimate of every problem, in [0, 1]
 */
public record PassAtK(int k, double[] each) {

    public PassAtK {
        if (each.length == 0) {
            throw new IllegalArgumentException("pass@" + k + " of no problems: expected at least one");
        }
    }

    /**
     * From how many answers were right.
     *
     * @param drawn answers to each problem, at least k
     * @param right how many of them are right
     */
    public static PassAtK of(int k, int[] drawn, int[] right) {
        if (drawn.length != right.length) {
            throw new IllegalArgumentException(drawn.length + " counts of answers and " + right.length
                    + " of right ones: expected one of each for every problem");
        }
        var each = new double[drawn.length];
        for (int i = 0; i < each.length; i++) {
            if (k < 1 || k > drawn[i] || right[i] < 0 || right[i] > drawn[i]) {
                throw new IllegalArgumentException("pass@" + k + " of " + drawn[i] + " answers of which " + right[i]
                        + " are right: expected 1 to all of them, and no more right than there are");
            }
            each[i] = unbiased(drawn[i], right[i], k);
        }
        return new PassAtK(k, each);
    }

    /** 1 − C(n − c, k) / C(n, k), the mean over all choices of k of n answers. */
    public static double unbiased(int n, int right, int k) {
        double none = 1;
        for (int i = n - right + 1; i <= n; i++) {
            none *= Math.max(0, 1 - (double) k / i);
        }
        return 1 - none;
    }

    /** The mean over the problems. */
    public double value() {
        return PairedBootstrap.mean(each);
    }

    /**
     * Of level 0.95, over problems: Wilson's, from as many right-or-wrong problems as have the variance of these, and
     * at least as many as there are.
     */
    public Interval interval() {
        double p = value();
        double squares = Arrays.stream(each).map(x -> (x - p) * (x - p)).sum();
        double worth = squares == 0 ? each.length : p * (1 - p) * (each.length - 1.0) / squares * each.length;
        return Interval.wilson(p, Math.max(each.length, worth), Interval.LEVEL);
    }

    /** "pass@5 71.0 % on 100 problems (95 % interval 62.3 % to 78.4 %)". */
    @Override
    public String toString() {
        var interval = interval();
        return String.format(Locale.ROOT, "pass@%d %.1f %% on %,d problems (", k, 100 * value(), each.length)
                + new Interval(100 * interval.low(), 100 * interval.high(), interval.level()).toString("%.1f %%")
                + ")";
    }
}
