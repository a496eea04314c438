package trivium.measure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The range of several independent normal values of one variance, divided by an estimate of their standard deviation
 * (Tukey 1953; Copenhaver and Holland 1988, whose double integral this is).
 *
 * @param values how many, at least 2
 * @param freedom degrees of freedom of the estimate
 */
record StudentizedRange(int values, double freedom) {

    private static final int PARTS = 64;
    private static final int DEVIATIONS = 192;
    private static final double FAR = 8;

    /** Each takes a tenth of a second. */
    private static final Map<StudentizedRange, Double> QUANTILES = new ConcurrentHashMap<>();

    private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

    /** The chance of a range at least as large. */
    double beyond(double range) {
        double reach = 9 / Math.sqrt(2 * freedom);
        double from = Math.max(0, 1 - reach);
        double span = 1 + Math.max(reach, 1 / freedom) - from;
        double sum = 0;
        double whole = 0;
        for (int i = 0; i <= DEVIATIONS; i++) {
            double t = (double) i / DEVIATIONS;
            double s = from + span * t * t; // close together near 0, where few degrees of freedom need it
            double density = Power.simpson(i, DEVIATIONS) * t * Power.density(s, freedom);
            whole += density;
            sum += density < 1e-14 ? 0 : density * normalBeyond(range * s);
        }
        return Math.clamp(sum / whole, 0, 1);
    }

    /** The same with a known standard deviation of 1: 1 − n ∫ φ(z) (Φ(z) − Φ(z − range))ⁿ⁻¹ dz, z being the largest. */
    private double normalBeyond(double range) {
        double width = 2 * FAR / PARTS;
        double sum = 0;
        for (int i = 0; i <= PARTS; i++) {
            double z = -FAR + i * width;
            sum += Power.simpson(i, PARTS)
                    * NORMAL.density(z)
                    * Math.pow(NORMAL.cumulativeProbability(z) - NORMAL.cumulativeProbability(z - range), values - 1.0);
        }
        return 1 - values * sum * width / 3;
    }

    /** The range that a share of 0.95 does not exceed. */
    double quantile() {
        return QUANTILES.computeIfAbsent(this, StudentizedRange::find);
    }

    private double find() {
        double level = Interval.LEVEL;
        double low = 0;
        double high = 1;
        while (beyond(high) > 1 - level) {
            high *= 2;
        }
        for (int i = 0; i < 24; i++) {
            double middle = (low + high) / 2;
            if (beyond(middle) > 1 - level) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
