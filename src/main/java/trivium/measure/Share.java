package trivium.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How many of how many: an accuracy with its uncertainty.
 *
 * @param hits how many were right
 * @param of how many there were, at least 1
 * @param independent how many independent ones tell as much as these, in [1, of]: fewer than {@code of} where some
 *     belong together ({@link #clustered})
 */
public record Share(int hits, int of, double independent) {

    /** Clusters below this say too little about how clusters vary: intervals held the truth 84 times in a hundred. */
    private static final int FEW = 10;

    public Share {
        if (of < 1 || hits < 0 || hits > of) {
            throw new IllegalArgumentException(
                    of < 1
                            ? "there is nothing to count a share of: expected at least one answer"
                            : "a share of " + hits + " in " + of + ": expected 0 to all of them");
        }
        if (!(independent >= 1 && independent <= of)) {
            throw new IllegalArgumentException(
                    of + " observations worth " + independent + " independent ones: expected 1 to " + of);
        }
    }

    /** Of observations of which none tells anything about another. */
    public Share(int hits, int of) {
        this(hits, of, Math.max(1, of));
    }

    /**
     * Of observations of which some belong together, such as pairs of answers to the same prompt: where one is right,
     * the others of its cluster often are, and so many tell less than as many independent ones.
     *
     * <p>With x_c right of the n_c observations of cluster c, C clusters and p = Σ x_c / n, the variance of p is C/(C −
     * 1) Σ (x_c − p n_c)² / n² (the ratio estimator's: Cochran 1977, section 3.12). The observations are worth as many
     * independent ones as have that variance, fewer by (t_{n−1} / t_{C−1})² since it is known from C clusters only
     * (Korn and Graubard 1998), and never more than there are. Where none or all are right there is no variance to
     * measure, and a cluster counts as one observation. Fewer than {@value #FEW} clusters may be alike by chance, which
     * makes their variance far too small; each of them counts as one observation at most.
     *
     * @param hits whether each is right
     * @param clusters what each belongs to; equal ones belong together
     */
    public static Share clustered(boolean[] hits, List<?> clusters) {
        if (hits.length != clusters.size()) {
            throw new IllegalArgumentException(hits.length + " answers right or wrong and " + clusters.size()
                    + " clusters: expected one for each");
        }
        int n = hits.length;
        int right = (int) IntStream.range(0, n).filter(i -> hits[i]).count();
        double p = (double) right / n;
        var apart = new LinkedHashMap<Object, Double>(); // x_c − p n_c
        for (int i = 0; i < n; i++) {
            apart.merge(clusters.get(i), (hits[i] ? 1 : 0) - p, Double::sum);
        }
        return new Share(
                right,
                n,
                independent(
                        p, n, apart.values().stream().mapToDouble(x -> x * x).sum(), apart.size()));
    }

    private static double independent(double p, int n, double squares, int clusters) {
        if (clusters == n) {
            return Math.max(1, n);
        }
        if (p == 0 || p == 1 || clusters == 1) {
            return clusters;
        }
        double variance = clusters / (clusters - 1.0) * squares / n / n;
        double worth = n * (p * (1 - p) / (n - 1)) / variance;
        double known = Interval.student(n - 1.0, Interval.LEVEL) / Interval.student(clusters - 1.0, Interval.LEVEL);
        return Math.clamp(worth * known * known, 1, clusters < FEW ? clusters : n);
    }

    /** In [0, 1]. */
    public double value() {
        return (double) hits / of;
    }

    /**
     * √(p (1 − p) / n), the standard error of a proportion, with n the {@code independent} ones. For what can be said
     * about the true share take the {@link #interval()}: this is 0 where nothing or everything was right.
     */
    public double standardError() {
        return Math.sqrt(value() * (1 - value()) / independent);
    }

    /** Wilson's interval of level 0.95. */
    public Interval interval() {
        return interval(Interval.LEVEL);
    }

    /** Wilson's score interval (Newcombe 1998, method 3), from as many observations as these are worth. */
    public Interval interval(double level) {
        return Interval.wilson(value(), independent, level);
    }

    /** "93.5 % of 400 (95 % interval 90.6 % to 95.5 %)", and what they are worth where some belong together. */
    @Override
    public String toString() {
        var interval = interval();
        var percent = new Interval(100 * interval.low(), 100 * interval.high(), interval.level());
        return String.format(Locale.ROOT, "%.1f %% of %,d (", 100 * value(), of)
                + percent.toString("%.1f %%")
                + (independent < of
                        ? String.format(
                                Locale.ROOT,
                                "; some belong together, worth %,.0f independent %s)",
                                independent,
                                independent < 1.5 ? "one" : "ones")
                        : ")");
    }
}
