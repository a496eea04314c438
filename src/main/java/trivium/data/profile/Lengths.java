package trivium.data.profile;

import java.util.Arrays;
import java.util.Locale;

/**
 * How long texts are.
 *
 * @param unit what is counted: "characters" (Unicode code points), "words" or "tokens"
 * @param sorted the length of each text, the shortest first; not copied, not to be changed; at least one
 */
public record Lengths(String unit, int[] sorted) {

    /** Sorts the lengths, at least one. */
    static Lengths of(String unit, int[] lengths) {
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        return new Lengths(unit, sorted);
    }

    /** The sum of all lengths. */
    public long total() {
        return Arrays.stream(sorted).asLongStream().sum();
    }

    /** The length that this share of the texts, in (0, 1], does not exceed. */
    public int quantile(double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
    }

    /** Half of the texts are no longer than this. */
    public int median() {
        return quantile(0.5);
    }

    public int longest() {
        return sorted[sorted.length - 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Lengths(var theirs, var lengths)
                && unit.equals(theirs)
                && Arrays.equals(sorted, lengths);
    }

    @Override
    public int hashCode() {
        return 31 * unit.hashCode() + Arrays.hashCode(sorted);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%s: median %,d, 90 %% up to %,d, longest %,d", unit, median(), quantile(0.9), longest());
    }
}
