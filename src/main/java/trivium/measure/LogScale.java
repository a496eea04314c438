package trivium.measure;

import java.util.Arrays;

/** Which numbers are read best on a logarithmic scale. */
public final class LogScale {

    /** The least ratio of the largest to the smallest. */
    private static final double WIDE = 20;

    private LogScale() {}

    /**
     * Whether the finite ones of these numbers are above 0, the largest is at least 20 times the smallest, and the
     * median stands nearer to the middle of a logarithmic scale than of a linear one: learning rates drawn over decades
     * do, dropouts drawn between 0 and 0.3 do not, however near to 0 the smallest came.
     */
    public static boolean suits(double... numbers) {
        double[] sorted =
                Arrays.stream(numbers).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0 || !(sorted[0] > 0) || sorted[sorted.length - 1] / sorted[0] < WIDE) {
            return false;
        }
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        double middle = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        double linear = (middle - low) / (high - low);
        double logarithmic = Math.log(middle / low) / Math.log(high / low);
        return Math.abs(logarithmic - 0.5) < Math.abs(linear - 0.5);
    }
}
