package trivium.figure;

import trivium.run.Metric;

/**
 * What curves are drawn over, and the scale of both axes.
 *
 * @param column of the tables
 * @param label under the axis, with its unit
 * @param logarithmic whether equal distances along x are equal ratios; points at or left of 0 are then left out
 * @param logarithmicValues whether the same holds along y
 */
public record Axis(String column, String label, boolean logarithmic, boolean logarithmicValues) {

    /** Optimiser steps. */
    public static final Axis STEPS = of(Metric.STEP.name());

    /** Tokens seen. */
    public static final Axis TOKENS = of(Metric.TOKENS.name());

    /** Wall clock. */
    public static final Axis SECONDS = of(Metric.SECONDS.name());

    /** Any column. */
    public static Axis of(String column) {
        return new Axis(column, Labels.of(column), false, false);
    }

    /** This axis with equal distances for equal ratios. */
    public Axis log() {
        return new Axis(column, label, true, logarithmicValues);
    }

    /** This axis, and what is drawn over it with equal heights for equal ratios. */
    public Axis logValues() {
        return new Axis(column, label, logarithmic, true);
    }
}
