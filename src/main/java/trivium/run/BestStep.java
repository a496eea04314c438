package trivium.run;

import trivium.text.Numbers;

/**
 * The step after which a run was best, whose state is kept beside the last one.
 *
 * @param metric by which the step is best
 * @param value of the metric after the step
 * @param step counted from 1, as in the metrics
 */
public record BestStep(String metric, double value, long step) {

    @Override
    public String toString() {
        return Metric.of(metric).label() + " " + Numbers.value(value) + " at step " + step;
    }
}
