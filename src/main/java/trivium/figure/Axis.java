package trivium.figure;

/**
 * What curves are drawn over.
 *
 * @param column of the tables
 * @param label under the axis, with its unit
 * @param logarithmic whether equal distances are equal ratios; points at or below 0 are then left out
 */
public record Axis(String column, String label, boolean logarithmic) {

    /** Optimiser steps. */
    public static final Axis STEPS = new Axis("step", "step", false);

    /** Tokens seen. */
    public static final Axis TOKENS = new Axis("tokens", "tokens seen", false);

    /** Wall clock. */
    public static final Axis SECONDS = new Axis("seconds", "time (s)", false);

    /** Any column. */
    public static Axis of(String column) {
        return new Axis(column, Labels.of(column), false);
    }

    /** This axis with equal distances for equal ratios. */
    public Axis log() {
        return new Axis(column, label, true);
    }
}
