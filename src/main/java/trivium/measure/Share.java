package trivium.measure;

/**
 * How many of how many: an accuracy with its uncertainty.
 *
 * @param hits how many were right
 * @param of how many there were, at least 1
 */
public record Share(int hits, int of) {

    public Share {
        if (of < 1 || hits < 0 || hits > of) {
            throw new IllegalArgumentException(
                    "a share of " + hits + " in " + of + ": expected 0 to all of at least one");
        }
    }

    /** In [0, 1]. */
    public double value() {
        return (double) hits / of;
    }

    /** √(p (1 − p) / n), the standard error of a proportion. */
    public double standardError() {
        return Math.sqrt(value() * (1 - value()) / of);
    }

    @Override
    public String toString() {
        return "%.1f ± %.1f %% of %d".formatted(100 * value(), 100 * standardError(), of);
    }
}
