package trivium.align;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The distributions at which algorithms end where all completions are listed, in closed form. */
final class ExactOptimum {

    /** How often completion i is preferred to completion j. */
    @FunctionalInterface
    interface Preference {
        double of(int i, int j);
    }

    private ExactOptimum() {}

    /**
     * ∝ π_ref(y) exp(r(y)/β).
     *
     * @param from π_ref of each completion
     * @param rewards r of each
     */
    static double[] of(double[] from, double[] rewards, double beta) {
        double[] by = Arrays.stream(rewards).map(r -> r / beta).toArray();
        double most = Arrays.stream(by).max().orElseThrow();
        double[] tilted = IntStream.range(0, from.length)
                .mapToDouble(i -> from[i] * Math.exp(by[i] - most))
                .toArray();
        double sum = Arrays.stream(tilted).sum();
        return Arrays.stream(tilted).map(p -> p / sum).toArray();
    }

    /**
     * The optimum of IPO, see {@link EnumeratedWorld#ipoOptimum}.
     *
     * @param from π_ref of each completion
     * @param lengths |y|, tokens of each
     */
    static double[] ofIpo(double[] from, int[] lengths, Preference preference, double beta) {
        double[] tilt = IntStream.range(0, from.length)
                .mapToDouble(i -> IntStream.range(0, from.length)
                                .mapToDouble(j -> from[j] * preference.of(i, j))
                                .sum()
                        / beta)
                .toArray();
        double low = -1 / beta - 50;
        double high = 50;
        for (int i = 0; i < 200; i++) { // the sum rises with k
            double middle = (low + high) / 2;
            double sum = Arrays.stream(tilted(from, lengths, tilt, middle)).sum();
            low = sum < 1 ? middle : low;
            high = sum < 1 ? high : middle;
        }
        return tilted(from, lengths, tilt, (low + high) / 2);
    }

    private static double[] tilted(double[] from, int[] lengths, double[] tilt, double k) {
        return IntStream.range(0, from.length)
                .mapToDouble(i -> from[i] * Math.exp(lengths[i] * (tilt[i] + k)))
                .toArray();
    }
}
