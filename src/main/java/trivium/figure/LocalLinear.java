package trivium.figure;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;

/**
 * A curve or surface through scattered results: at each place the line or plane of least squares through the results
 * around it, which count by a Gaussian of their distance (local linear regression: Fan and Gijbels 1996, Local
 * Polynomial Modelling and Its Applications, section 3.1).
 */
final class LocalLinear {

    /** Standard deviations of the Gaussian that are tried, of places from 0 to 1. */
    private static final double[] WIDTHS = {0.04, 0.06, 0.09, 0.13, 0.2, 0.3, 0.5, 1, 3};

    /** Added to the variance of the places around one, so that places that are all the same have a mean. */
    private static final double RIDGE = 1e-8;

    private final double[][] x;
    private final double[] y;
    private final double width;

    /**
     * With a width of one's own.
     *
     * @param x places (n, d) with d 1 or 2
     * @param y results (n)
     * @param width standard deviation of the Gaussian
     */
    LocalLinear(double[][] x, double[] y, double width) {
        this.x = x;
        this.y = y;
        this.width = width;
    }

    /** With the width at which each result is best predicted from all others. */
    static LocalLinear of(double[][] x, double[] y) {
        return DoubleStream.of(WIDTHS)
                .mapToObj(width -> new LocalLinear(x, y, width))
                .min(Comparator.comparingDouble(LocalLinear::crossValidation))
                .orElseThrow();
    }

    /** The mean square of (y − ŷ) / (1 − l_ii), the errors of predicting each result from the others. */
    double crossValidation() {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            double[] weights = weights(x[i]);
            double others = 1 - weights[i];
            if (others < 1e-6) {
                return Double.POSITIVE_INFINITY; // nobody is near
            }
            sum += Math.pow((y[i] - mean(weights)) / others, 2);
        }
        return sum / y.length;
    }

    /** The value at a place. */
    double at(double... place) {
        return mean(weights(place));
    }

    /** How many results there are around a place: 1 for each that stands there, less for those further off. */
    double near(double... place) {
        return Arrays.stream(x).mapToDouble(each -> kernel(each, place)).sum();
    }

    /**
     * Half the width of the 95 % interval of the value at each of some places, t σ √Σ l_i², with σ² the residuals' sum
     * of squares by n − tr(2 L − L Lᵀ) degrees of freedom (Cleveland and Devlin 1988, section 4.2); infinite where
     * fewer than one is left.
     */
    double[] halves(double[][] places) {
        double squares = 0;
        double freedom = y.length;
        for (int i = 0; i < y.length; i++) {
            double[] weights = weights(x[i]);
            squares += Math.pow(y[i] - mean(weights), 2);
            freedom -= 2 * weights[i] - norm(weights);
        }
        double error = freedom < 1
                ? Double.POSITIVE_INFINITY
                : OverSeeds.student((int) freedom) * Math.sqrt(squares / freedom);
        return Arrays.stream(places)
                .mapToDouble(place -> error * Math.sqrt(norm(weights(place))))
                .toArray();
    }

    private static double norm(double[] weights) {
        return Arrays.stream(weights).map(weight -> weight * weight).sum();
    }

    private double mean(double[] weights) {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += weights[i] * y[i];
        }
        return sum;
    }

    private double kernel(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.exp(-0.5 * squares / width / width);
    }

    /** What each result counts at a place, k_i (1 + (place − m)ᵀ S⁻¹ (x_i − m)) with m and S the places' around it. */
    private double[] weights(double[] place) {
        int n = y.length;
        double[] weights =
                Arrays.stream(x).mapToDouble(each -> kernel(each, place)).toArray();
        double all = Math.max(Double.MIN_NORMAL, Arrays.stream(weights).sum());
        boolean isPlane = place.length == 2;
        double m = 0;
        double o = 0;
        for (int i = 0; i < n; i++) {
            weights[i] /= all;
            m += weights[i] * x[i][0];
            o += isPlane ? weights[i] * x[i][1] : 0;
        }
        double a = RIDGE * width * width;
        double b = 0;
        double c = RIDGE * width * width;
        for (int i = 0; i < n; i++) {
            double across = x[i][0] - m;
            double up = isPlane ? x[i][1] - o : 0;
            a += weights[i] * across * across;
            b += weights[i] * across * up;
            c += weights[i] * up * up;
        }
        double right = place[0] - m;
        double above = isPlane ? place[1] - o : 0;
        double slope = (c * right - b * above) / (a * c - b * b);
        double rise = (a * above - b * right) / (a * c - b * b);
        for (int i = 0; i < n; i++) {
            weights[i] *= 1 + slope * (x[i][0] - m) + (isPlane ? rise * (x[i][1] - o) : 0);
        }
        return weights;
    }
}
