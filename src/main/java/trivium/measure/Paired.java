package trivium.measure;

import java.util.Arrays;
import java.util.Locale;

/**
 * The same cases measured twice, such as answers to the same prompts with the same random numbers before and after a
 * training. The change of each case is one observation: what makes one prompt harder than another is in both of its
 * measurements and cancels, so the interval of the change is narrower than two intervals side by side would suggest.
 *
 * @param before the cases' values before
 * @param after the same cases' values after
 * @param change of each case, after − before
 */
public record Paired(Summary before, Summary after, Summary change) {

    /** Of the values of each case, in the same order. */
    public static Paired of(double[] before, double[] after) {
        if (before.length != after.length) {
            throw new IllegalArgumentException(before.length + " values before and " + after.length
                    + " after: expected two of each case, in the same order");
        }
        var change = new double[before.length];
        Arrays.setAll(change, i -> after[i] - before[i]);
        return new Paired(Summary.of(before), Summary.of(after), Summary.of(change));
    }

    /** How many cases. */
    public int count() {
        return change.count();
    }

    /** Student's interval of the mean change, level 0.95; without ends if there is one case only. */
    public Interval interval() {
        return change.interval();
    }

    /** Student's interval of the mean change; without ends if there is one case only. */
    public Interval interval(double level) {
        return change.interval(level);
    }

    /** "0.26 → 1.69 (+1.43, 95 % interval +1.29 to +1.57)"; a single case has no interval. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f → %.2f (%+.2f", before.mean(), after.mean(), change.mean())
                        .replace('-', '−')
                + (interval().isBounded() ? ", " + interval().toString("%+.2f") + ")" : ")");
    }
}
