package trivium.align;

import trivium.train.Setting;

/**
 * How far a ratio ρ of probabilities may move from 1 before nothing more is learned (Schulman et al. 2017, PPO,
 * equation 7).
 *
 * @param epsilon ε, how far below 1; above 0, infinity for no clip
 * @param epsilonHigh ε_high, how far above 1; above 0, infinity for no clip
 */
public record RatioClip(double epsilon, double epsilonHigh) implements Setting {

    /** No clip. */
    public static final RatioClip NONE = new RatioClip(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public RatioClip {
        if (!(epsilon > 0 && epsilonHigh > 0)) {
            throw new IllegalArgumentException("a clip of " + epsilon + " below and " + epsilonHigh
                    + " above 1: expected numbers above 0, such as 0.2, or infinity for none");
        }
    }

    boolean isNone() {
        return equals(NONE);
    }

    double low() {
        return 1 - epsilon;
    }

    double high() {
        return 1 + epsilonHigh;
    }
}
