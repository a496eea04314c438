package trivium.sweep;

import java.util.random.RandomGenerator;
import org.apache.commons.math3.special.Erf;

/**
 * A density on the interval from 0 to 1: equal parts of the uniform one and of a Gaussian around each point, cut to the
 * interval (Bergstra et al. 2011, section 4.2). A Gaussian is as wide as the larger gap to its neighbours, within
 * limits.
 *
 * @param centres ascending
 * @param widths standard deviations
 */
record Parzen(double[] centres, double[] widths) {

    /** The density around these points, which must ascend. */
    static Parzen around(double[] points) {
        double narrowest = 1.0 / Math.min(100, points.length + 1);
        var widths = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            double left = points[i] - (i == 0 ? 0 : points[i - 1]);
            double right = (i == points.length - 1 ? 1 : points[i + 1]) - points[i];
            widths[i] = Math.clamp(Math.max(left, right), narrowest, 1);
        }
        return new Parzen(points, widths);
    }

    /** A point of this density. */
    double draw(RandomGenerator random) {
        int part = random.nextInt(centres.length + 1);
        if (part == centres.length) {
            return random.nextDouble();
        }
        while (true) { // a centre lies inside and no width exceeds 1, so a third of the draws or more are good
            double point = centres[part] + widths[part] * random.nextGaussian();
            if (point >= 0 && point <= 1) {
                return point;
            }
        }
    }

    /** The density at a point. */
    double density(double point) {
        double sum = 1;
        for (int i = 0; i < centres.length; i++) {
            double z = (point - centres[i]) / widths[i];
            double inside = cumulative((1 - centres[i]) / widths[i]) - cumulative(-centres[i] / widths[i]);
            sum += Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * widths[i] * inside);
        }
        return sum / (centres.length + 1);
    }

    /** The standard normal distribution function. */
    static double cumulative(double z) {
        return Erf.erfc(-z / Math.sqrt(2)) / 2;
    }
}
