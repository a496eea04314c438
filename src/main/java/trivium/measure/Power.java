package trivium.measure;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * How likely a paired t-test is to find a difference that is there (Cohen 1988, section 2): what one asks before one
 * spends the seeds.
 *
 * @param effect the true difference
 * @param deviation standard deviation of the difference from one pair of observations to the next, above 0
 */
public record Power(double effect, double deviation) {

    private static final int MOST = 1_000_000;
    private static final int PARTS = 400;

    public Power {
        if (!(deviation > 0) || Double.isNaN(effect)) {
            throw new IllegalArgumentException("a difference of " + effect + " with a standard deviation of "
                    + deviation + ": expected a number, and a deviation above 0");
        }
    }

    /**
     * The chance of p < 0.05, either way, with so many pairs of observations, at least 2: that of a noncentral t beyond
     * Student's quantiles, with n − 1 degrees of freedom and centre √n · effect / deviation.
     */
    public double at(int n) {
        if (n < 2) {
            throw new IllegalArgumentException("a t-test on " + n + " pairs: expected at least 2");
        }
        double freedom = n - 1.0;
        double centre = Math.sqrt(n) * Math.abs(effect) / deviation;
        double beyond = Interval.student(freedom, Interval.LEVEL);
        var normal = new NormalDistribution(null, 0, 1);
        // Over s, a chi of n − 1 degrees of freedom divided by its root: Simpson's rule where its density is.
        double reach = 9 / Math.sqrt(2 * freedom);
        double from = Math.max(0, 1 - reach);
        double width = (1 + Math.max(reach, 1 / freedom) - from) / PARTS;
        double sum = 0;
        double whole = 0;
        for (int i = 0; i <= PARTS; i++) {
            double s = from + i * width;
            double density = simpson(i, PARTS) * density(s, freedom);
            whole += density;
            sum += density
                    * (normal.cumulativeProbability(centre - beyond * s)
                            + normal.cumulativeProbability(-centre - beyond * s));
        }
        return Math.min(1, sum / whole);
    }

    /** The weight of a point of Simpson's rule, of {@code parts} + 1 points, times 3 / width. */
    static int simpson(int i, int parts) {
        return i == 0 || i == parts ? 1 : i % 2 == 1 ? 4 : 2;
    }

    /** Of a chi with so many degrees of freedom, divided by their root. */
    static double density(double s, double freedom) {
        if (s == 0) {
            return freedom == 1 ? Math.sqrt(2 / Math.PI) : 0;
        }
        double half = freedom / 2;
        return 2 * Math.exp(half * Math.log(half) - Gamma.logGamma(half) + (freedom - 1) * Math.log(s) - half * s * s);
    }

    /**
     * How many pairs of observations find the difference with this chance, such as 0.8.
     *
     * @throws IllegalArgumentException if a million do not
     */
    public int needed(double power) {
        if (!(power > 0 && power < 1) || at(MOST) < power) {
            throw new IllegalArgumentException(
                    "a difference of " + effect + " with a standard deviation of " + deviation
                            + " to be found with a chance of " + power + ": "
                            + (power > 0 && power < 1
                                    ? "a million pairs of observations are not enough"
                                    : "expected a chance between 0 and 1, such as 0.8"));
        }
        int low = 1;
        int high = MOST;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (at(middle) >= power) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
