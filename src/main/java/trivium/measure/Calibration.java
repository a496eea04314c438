package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the preferences that a judge predicts can be believed. The judge prefers one of two answers with probability
 * σ(|Δ|), Δ being the difference of their scores, and is right where annotators chose that one. Pairs that are alike in
 * σ(|Δ|) make a bin; of a calibrated judge the share of each bin on which it is right is the mean of σ(|Δ|) there (Guo
 * et al. 2017, On Calibration of Modern Neural Networks, section 2).
 *
 * @param bins that hold a pair, from unsure to sure
 */
public record Calibration(List<Bin> bins) {

    private static final int BY_PROBABILITY = 10;
    private static final int BY_MARGIN = 5;

    /**
     * Pairs that are alike.
     *
     * @param margin mean of |Δ|
     * @param predicted mean of σ(|Δ|), in [0.5, 1]
     * @param observed on how many of them the judge is right; its interval goes by prompts
     */
    public record Bin(double margin, double predicted, Share observed) {}

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * In ten bins of equal width from 0.5 to 1, of which empty ones are left out.
     *
     * @param differences the chosen answer's raw score less the rejected one's, of at least one pair
     * @param prompts of the pairs; pairs of one prompt belong together
     */
    public static Calibration byProbability(double[] differences, List<String> prompts) {
        check(differences, prompts);
        var bins = new ArrayList<Bin>();
        for (int bin = 0; bin < BY_PROBABILITY; bin++) {
            int here = bin;
            int[] pairs = IntStream.range(0, differences.length)
                    .filter(i -> bin(probability(differences[i])) == here)
                    .toArray();
            if (pairs.length > 0) {
                bins.add(bin(differences, prompts, pairs));
            }
        }
        return new Calibration(bins);
    }

    /**
     * In five bins of as many pairs each, by |Δ|; in fewer where there are fewer pairs.
     *
     * @param differences the chosen answer's raw score less the rejected one's, of at least one pair
     * @param prompts of the pairs; pairs of one prompt belong together
     */
    public static Calibration byMargin(double[] differences, List<String> prompts) {
        check(differences, prompts);
        int n = differences.length;
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(differences[i])))
                .mapToInt(Integer::intValue)
                .toArray();
        int count = Math.min(BY_MARGIN, n);
        return new Calibration(IntStream.range(0, count)
                .mapToObj(i -> bin(differences, prompts, Arrays.copyOfRange(order, i * n / count, (i + 1) * n / count)))
                .toList());
    }

    private static void check(double[] differences, List<String> prompts) {
        if (differences.length == 0 || differences.length != prompts.size()) {
            throw new IllegalArgumentException(differences.length + " differences of scores and " + prompts.size()
                    + " prompts: expected one of each for every pair, and at least one pair");
        }
        for (double difference : differences) {
            if (Double.isNaN(difference)) {
                throw new IllegalArgumentException("a difference of scores is not a number");
            }
        }
    }

    private static double probability(double difference) {
        return 1 / (1 + Math.exp(-Math.abs(difference)));
    }

    private static int bin(double probability) {
        return Math.min((int) ((probability - 0.5) * 2 * BY_PROBABILITY), BY_PROBABILITY - 1);
    }

    private static Bin bin(double[] differences, List<String> prompts, int... pairs) {
        var right = new boolean[pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            right[i] = differences[pairs[i]] > 0;
        }
        return new Bin(
                Arrays.stream(pairs)
                        .mapToDouble(i -> Math.abs(differences[i]))
                        .average()
                        .orElseThrow(),
                Arrays.stream(pairs)
                        .mapToDouble(i -> probability(differences[i]))
                        .average()
                        .orElseThrow(),
                Share.clustered(
                        right, Arrays.stream(pairs).mapToObj(prompts::get).toList()));
    }

    /**
     * Expected calibration error: the mean distance between predicted and observed, each bin weighted by its pairs (Guo
     * et al. 2017, equation 5). Few pairs make it larger than 0 for a calibrated judge, too.
     */
    public double error() {
        double pairs = bins.stream().mapToInt(bin -> bin.observed().of()).sum();
        return bins.stream()
                .mapToDouble(bin ->
                        bin.observed().of() / pairs * Math.abs(bin.observed().value() - bin.predicted()))
                .sum();
    }
}
