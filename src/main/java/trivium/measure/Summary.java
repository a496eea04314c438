package trivium.measure;

import java.util.Arrays;
import java.util.Locale;

/**
 * A sample in a few numbers.
 *
 * @param count how many values, at least 1
 * @param standardDeviation of the sample, with n − 1 in the denominator; 0 for a single value
 */
public record Summary(int count, double mean, double standardDeviation, double min, double max) {

    /** Of these values. */
    public static Summary of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values to summarise");
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return new Summary(
                values.length,
                mean,
                values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1)),
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }

    /** s / √n, of independent values; 0 for a single one, of which there is no telling. */
    public double standardError() {
        return standardDeviation / Math.sqrt(count);
    }

    /** Student's interval of the mean, level 0.95, of independent values; without ends for a single one. */
    public Interval interval() {
        return interval(Interval.LEVEL);
    }

    /** Student's interval of the mean, of independent values; without ends for a single one. */
    public Interval interval(double level) {
        return Interval.student(mean, standardError(), count - 1.0, level);
    }

    /** "mean 5.000 (95 % interval 3.212 to 6.788), sd 2.138, n = 8"; of one value the value: "5.000 (n = 1)". */
    @Override
    public String toString() {
        return count == 1
                ? String.format(Locale.ROOT, "%.3f (n = 1)", mean).replace('-', '−')
                : String.format(Locale.ROOT, "mean %.3f (", mean).replace('-', '−')
                        + interval()
                        + String.format(Locale.ROOT, "), sd %.3f, n = %,d", standardDeviation, count);
    }
}
