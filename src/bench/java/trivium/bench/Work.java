package trivium.bench;

import trivium.tensor.Floats;

/**
 * The least that a kernel has to do.
 *
 * @param moved numbers that must be read and written, each once
 * @param touched different numbers among them: they lie in the smallest cache that holds as many
 * @param steps arithmetic instructions a lane, each counted as a multiply-add, for it takes the same slot: an
 *     exponential is {@value #EXPONENTIAL}, a division one (though it takes several)
 */
record Work(double moved, double touched, double steps) {

    /** Of the engine's polynomial. */
    static final int EXPONENTIAL = 16;

    /** Numbers that are read or written, and steps, for each of {@code n}. */
    static Work each(double n, double moved, double touched, double steps) {
        return new Work(n * moved, n * touched, n * steps);
    }

    /** Numbers as a fresh network has them, so that nothing is zero, infinite or denormal. */
    static Floats numbers(long n) {
        var numbers = Floats.zeros(n);
        for (long i = 0; i < n; i++) {
            numbers.set(i, (float) Math.sin(i * 0.7) + 0.1f);
        }
        return numbers;
    }
}
