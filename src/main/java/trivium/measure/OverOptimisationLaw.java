package trivium.measure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How the gold reward goes with the distance from the reference while a proxy of the gold reward is optimised (Gao,
 * Schulman and Hilton, "Scaling Laws for Reward Model Overoptimization", 2022, section 3.1): with d = √KL, R(d) = R(0)
 * + d (α − β d), which they found for best-of-n, or R(0) + d (α − β log d), which they found for reinforcement
 * learning. Fitted by least squares with R(0) given.
 *
 * @param form which of the two
 * @param start R(0)
 * @param alpha α, per √nat
 * @param beta β; above 0 where the gold reward bends down
 * @param explained share of the variance of R that the law explains, at most 1
 * @param measured the smallest d above 0 and the largest that were measured
 * @param endSlope dR/dd at the largest d, with level 0.95: Student's interval whose standard error lets the residuals
 *     of one run depend on each other (Liang and Zeger 1986); without ends where there is a single run
 */
public record OverOptimisationLaw(
        Form form, double start, double alpha, double beta, double explained, Reach measured, Interval endSlope) {

    /** The distances between which a law is known, √nat. */
    public record Reach(double nearest, double farthest) {}

    /**
     * The least {@code explained} at which a law says where R is highest. Of planted laws with noise by point and by
     * run, half of which turn within the measured distances, 94 % of the turning points that are given above it are
     * within a quarter of the true one, and 70 % of those below it.
     */
    public static final double ENOUGH = 0.5;

    /** What is subtracted from α. */
    public enum Form {
        /** d (α − β d), of best-of-n. */
        LINEAR {
            @Override
            double bend(double d) {
                return d * d;
            }

            @Override
            double slope(double d) {
                return 2 * d;
            }
        },
        /** d (α − β log d), of reinforcement learning. */
        LOGARITHMIC {
            @Override
            double bend(double d) {
                return d == 0 ? 0 : d * Math.log(d);
            }

            @Override
            double slope(double d) {
                return 1 + Math.log(d);
            }
        };

        /** What β is multiplied with. */
        abstract double bend(double d);

        /** Its derivative at d > 0. */
        abstract double slope(double d);
    }

    /**
     * Fits one form.
     *
     * @param start R(0), the mean gold reward of the reference
     * @param distances √KL, at least 0, of which at least two above 0 differ
     * @param rewards at these distances
     * @param runs what each point belongs to; the points of one run are not independent
     * @throws IllegalArgumentException if there are too few distances to tell α from β
     */
    public static OverOptimisationLaw fit(Form form, double start, double[] distances, double[] rewards, List<?> runs) {
        if (distances.length != rewards.length || distances.length != runs.size()) {
            throw new IllegalArgumentException(distances.length + " distances, " + rewards.length + " rewards and "
                    + runs.size() + " runs: expected one of each for every point");
        }
        var x = new double[distances.length][2];
        double aa = 0;
        double ab = 0;
        double bb = 0;
        double ay = 0;
        double by = 0;
        double nearest = Double.POSITIVE_INFINITY;
        double farthest = 0;
        for (int i = 0; i < x.length; i++) {
            x[i][0] = distances[i];
            x[i][1] = -form.bend(distances[i]);
            double y = rewards[i] - start;
            aa += x[i][0] * x[i][0];
            ab += x[i][0] * x[i][1];
            bb += x[i][1] * x[i][1];
            ay += x[i][0] * y;
            by += x[i][1] * y;
            nearest = distances[i] > 0 ? Math.min(nearest, distances[i]) : nearest;
            farthest = Math.max(farthest, distances[i]);
        }
        double determinant = aa * bb - ab * ab;
        if (!(determinant > 1e-9 * aa * bb)) {
            throw new IllegalArgumentException(
                    "the distances do not tell a slope from a bend: expected at least two" + " different ones above 0");
        }
        double alpha = (bb * ay - ab * by) / determinant;
        double beta = (aa * by - ab * ay) / determinant;
        double[] contrast = {1, -form.slope(farthest)}; // the slope at the end is contrast · (α, β)
        double[] spread = {
            (bb * contrast[0] - ab * contrast[1]) / determinant, (aa * contrast[1] - ab * contrast[0]) / determinant
        };
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double left = 0;
        double all = 0;
        var influence = new LinkedHashMap<Object, Double>();
        for (int i = 0; i < x.length; i++) {
            double residual = rewards[i] - start - alpha * x[i][0] - beta * x[i][1];
            left += residual * residual;
            all += (rewards[i] - mean) * (rewards[i] - mean);
            influence.merge(runs.get(i), residual * (spread[0] * x[i][0] + spread[1] * x[i][1]), Double::sum);
        }
        int clusters = influence.size();
        double squares = influence.values().stream().mapToDouble(s -> s * s).sum();
        double away = Arrays.stream(distances).filter(d -> d > 0).count();
        double error = Math.sqrt(squares * clusters / Math.max(1, clusters - 1) * (away - 1) / Math.max(1, away - 2));
        double slope = contrast[0] * alpha + contrast[1] * beta;
        return new OverOptimisationLaw(
                form,
                start,
                alpha,
                beta,
                all == 0 ? 1 : 1 - left / all,
                new Reach(nearest, farthest),
                Interval.student(slope, error, clusters - 1.0, Interval.LEVEL));
    }

    /** The form that explains more. */
    public static OverOptimisationLaw better(double start, double[] distances, double[] rewards, List<?> runs) {
        var linear = fit(Form.LINEAR, start, distances, rewards, runs);
        var logarithmic = fit(Form.LOGARITHMIC, start, distances, rewards, runs);
        return linear.explained >= logarithmic.explained ? linear : logarithmic;
    }

    /** R(d). */
    public double at(double d) {
        return start + alpha * d - beta * form.bend(d);
    }

    /** Whether R falls where the measured distances end: the whole interval of the slope there lies below 0. */
    public boolean falls() {
        return endSlope.isBounded() && endSlope.high() < 0;
    }

    /** Whether the law explains enough of R to say where R is highest, {@link #ENOUGH}. */
    public boolean explainsEnough() {
        return explained >= ENOUGH;
    }

    /**
     * Whether R, which {@link #falls}, is highest nearer to the reference than anything that was measured: where
     * between the two is a matter of the form alone.
     */
    public boolean turnsBeforeMeasured() {
        return falls() && highest() <= measured.nearest();
    }

    /**
     * The distance at which R is highest, between measured distances; empty unless R {@link #falls}, the law
     * {@link #explainsEnough}, and some measured distance above 0 lies below.
     */
    public OptionalDouble turn() {
        return falls() && explainsEnough() && !turnsBeforeMeasured()
                ? OptionalDouble.of(highest())
                : OptionalDouble.empty();
    }

    private double highest() {
        // a form that bends the other way falls from the start
        double turn = beta <= 0 ? 0 : form == Form.LINEAR ? alpha / (2 * beta) : Math.exp(alpha / beta - 1);
        return Math.max(0, turn);
    }

    /** "d (1.20 − 0.31 d)", the rise over R(0). */
    @Override
    public String toString() {
        return String.format(
                        Locale.ROOT,
                        "d (%.2f %s %.2f %s)",
                        alpha,
                        beta < 0 ? "+" : "−",
                        Math.abs(beta),
                        form == Form.LINEAR ? "d" : "log d")
                .replace('-', '−');
    }
}
