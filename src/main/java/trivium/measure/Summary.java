package trivium.measure;

import java.util.Arrays;

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

    /** s / √n. */
    public double standardError() {
        return standardDeviation / Math.sqrt(count);
    }

    @Override
    public String toString() {
        return "%.3f ± %.3f (sd %.3f, n = %d)".formatted(mean, standardError(), standardDeviation, count);
    }
}
