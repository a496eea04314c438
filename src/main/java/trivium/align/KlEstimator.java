package trivium.align;

/**
 * Estimates of the divergence KL(π‖π_ref) from one token that was drawn from π (Schulman 2020, <i>Approximating KL
 * Divergence</i>), as functions of d = log π − log π_ref at that token, in nats.
 *
 * <p>The value of an estimate and its derivative answer two questions. In a reward, the value is the price of a token,
 * and each estimate whose value is unbiased makes the policy gradient that of KL(π‖π_ref) over whole completions. In a
 * loss, the derivative is what is followed, over tokens that were drawn from π.
 */
public enum KlEstimator {
    /** d: unbiased, of either sign. Its derivative is 1, so in a loss its expected gradient is 0. */
    K1,
    /** d²/2: biased, never negative, of little variance. In a loss its expected gradient is that of KL(π‖π_ref). */
    K2,
    /** e^−d + d − 1: unbiased and never negative. In a loss its expected gradient is that of KL(π_ref‖π). */
    K3;

    /**
     * Below this, in nats, three terms of the series of K3 are exact to 10⁻¹³, and differences of large numbers not.
     */
    private static final double SMALL = 1e-4;

    /** The estimate in nats. K2 and K3 are not negative, also where d is too small for e^−d + d − 1 in float64. */
    public double value(double d) {
        return switch (this) {
            case K1 -> d;
            case K2 -> d * d / 2;
            case K3 -> Math.abs(d) < SMALL ? d * d * (1 - d / 3 + d * d / 12) / 2 : exponentialLessTangent(-d);
        };
    }

    /** e^x − x − 1. */
    private static double exponentialLessTangent(double x) {
        return x > Exponential.MOST ? Exponential.of(x) - 1 - x : Math.expm1(x) - x;
    }

    /** The derivative of the estimate with respect to d, and so to log π. */
    public double slope(double d) {
        return switch (this) {
            case K1 -> 1;
            case K2 -> d;
            case K3 -> -d > Exponential.MOST ? 1 - Exponential.slope(-d) : -Math.expm1(-d);
        };
    }
}
