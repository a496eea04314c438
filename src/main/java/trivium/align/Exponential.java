package trivium.align;

/**
 * e^x for ratios of probabilities. Beyond {@value #MOST} nats it goes on as its tangent, so that a policy that has
 * moved by hundreds of nats gets a large, finite gradient and not infinity, which float32 already is at 89 nats; value
 * and slope still belong together. No training that learns anything gets there: e^20 is 5·10⁸.
 */
final class Exponential {

    static final double MOST = 20;

    private static final double HIGHEST = Math.exp(MOST);

    private Exponential() {}

    static double of(double x) {
        return x > MOST ? HIGHEST * (1 + x - MOST) : Math.exp(x);
    }

    /** The derivative of {@link #of}. */
    static double slope(double x) {
        return x > MOST ? HIGHEST : Math.exp(x);
    }
}
