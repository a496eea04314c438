package trivium.measure;

import java.util.Locale;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A confidence interval: made anew from new data of the same kind, such intervals hold the true value in a share of
 * {@code level} of the cases.
 *
 * @param low the lower end; negative infinity where the data says nothing about it
 * @param high the upper end; infinity where the data says nothing about it
 * @param level in (0, 1), such as 0.95
 */
public record Interval(double low, double high, double level) {

    /** The level of every interval that does not name another one. */
    public static final double LEVEL = 0.95;

    public Interval {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException(
                    "an interval of level " + level + ": expected a number between 0 and 1, such as 0.95");
        }
    }

    /** Whether the value lies inside, ends included. */
    public boolean holds(double value) {
        return low <= value && value <= high;
    }

    /** Whether both ends are known; one observation alone has no interval. */
    public boolean isBounded() {
        return Double.isFinite(low) && Double.isFinite(high);
    }

    /**
     * Wilson's score interval of a proportion (Wilson 1927; Newcombe 1998, method 3): all true shares p from which
     * {@code share} lies at most z √(p (1 − p) / n) away. It stays within 0 and 1 and has a width where nothing or
     * everything was right, where {@code share ± z · standard error} has none.
     *
     * @param share the proportion observed, in [0, 1]
     * @param n how many independent observations it comes from, at least 1; not whole where they were weighed
     */
    static Interval wilson(double share, double n, double level) {
        double z = normal(level);
        double around = z * z / n;
        double middle = (share + around / 2) / (1 + around);
        double half = z * Math.sqrt(share * (1 - share) / n + around / (4 * n)) / (1 + around);
        // Exactly 0 or 1 in exact arithmetic, where nothing or everything was right.
        return new Interval(
                share == 0 ? 0 : Math.max(0, middle - half), share == 1 ? 1 : Math.min(1, middle + half), level);
    }

    /**
     * Student's interval of a mean (Student 1908).
     *
     * @param freedom degrees of freedom of the standard error, n − 1; with 0 there is no telling
     */
    static Interval student(double mean, double standardError, double freedom, double level) {
        if (!(freedom > 0)) {
            return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, level);
        }
        double half = student(freedom, level) * standardError;
        return new Interval(mean - half, mean + half, level);
    }

    /** z with a share of {@code level} of the standard normal distribution between −z and z: 1.96 for 0.95. */
    static double normal(double level) {
        return new NormalDistribution(null, 0, 1).inverseCumulativeProbability((1 + level) / 2);
    }

    /** The same of Student's distribution. */
    static double student(double freedom, double level) {
        return new TDistribution(null, freedom).inverseCumulativeProbability((1 + level) / 2);
    }

    /** The share of Student's distribution below t. */
    static double studentBelow(double t, double freedom) {
        return new TDistribution(null, freedom).cumulativeProbability(t);
    }

    /** The share of the standard normal distribution below z. */
    static double below(double z) {
        return new NormalDistribution(null, 0, 1).cumulativeProbability(z);
    }

    /** "95 % interval 1.29 to 1.57", each end in this format of {@link String#format}, with a true minus. */
    public String toString(String format) {
        return String.format(Locale.ROOT, "%.4g %% interval ", 100 * level).replaceFirst("\\.?0+ %", " %")
                + String.format(Locale.ROOT, format + " to " + format, low, high)
                        .replace('-', '−');
    }

    @Override
    public String toString() {
        return toString("%.3f");
    }
}
