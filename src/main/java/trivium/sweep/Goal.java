package trivium.sweep;

import trivium.run.Metric;

/**
 * The metric that a search optimises, and in which direction.
 *
 * @param metric such as "validation_loss"
 * @param lowest whether less of it is better
 */
public record Goal(String metric, boolean lowest) {

    /** The best value of a metric, whichever way is better by its {@link Metric}. */
    public static Goal of(String metric) {
        return new Goal(metric, Metric.of(metric).better() == Metric.Better.LOWER);
    }

    /** The lowest value of a metric, such as "validation_loss". */
    public static Goal lowest(String metric) {
        return new Goal(metric, true);
    }

    /** The highest value of a metric, such as "reward". */
    public static Goal highest(String metric) {
        return new Goal(metric, false);
    }

    /** How bad a value of the metric is: less is better, and infinite if it is no number or missing (null). */
    public double cost(Double value) {
        if (value == null || !Double.isFinite(value)) {
            return Double.POSITIVE_INFINITY;
        }
        return lowest ? value : -value;
    }

    @Override
    public String toString() {
        return (lowest ? "lowest " : "highest ") + metric;
    }
}
