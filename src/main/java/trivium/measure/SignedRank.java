package trivium.measure;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Wilcoxon's signed-rank test (1945, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1): are paired
 * differences symmetric about 0? Differences are ranked by their size, equal ones share the mean of their ranks, and
 * half the rank of a difference of 0 counts for either side ("zsplit").
 */
public final class SignedRank {

    /** Up to so many differences p is exact; beyond, the rank sum is compared with a normal distribution. */
    private static final int EXACT = 50;

    private SignedRank() {}

    /**
     * p that the differences are about 0, against their being greater: the chance of a sum of positive ranks this large
     * or larger where the sign of every difference that is not 0 falls by a fair coin.
     *
     * @param differences finite
     * @return 1 where there are none
     */
    public static double greater(double... differences) {
        int n = differences.length;
        int[] twice = doubledRanks(differences);
        int[] ranks = IntStream.range(0, n)
                .filter(i -> differences[i] != 0)
                .map(i -> twice[i])
                .toArray();
        int positive = IntStream.range(0, n)
                .filter(i -> differences[i] > 0)
                .map(i -> twice[i])
                .sum(); // the halves for 0 are the same for all signs
        return n <= EXACT ? exact(ranks, positive) : normal(ranks, positive);
    }

    /** Twice the mean ranks of the sizes, which are whole numbers. */
    private static int[] doubledRanks(double... differences) {
        int n = differences.length;
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(differences[i])))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] twice = new int[n];
        for (int from = 0; from < n; ) {
            int to = from;
            while (to < n && Math.abs(differences[order[to]]) == Math.abs(differences[order[from]])) {
                to++;
            }
            for (int i = from; i < to; i++) {
                twice[order[i]] = from + 1 + to;
            }
            from = to;
        }
        return twice;
    }

    /** Counts the signs by their sum, rank after rank. */
    private static double exact(int[] ranks, int positive) {
        double[] shares = new double[Arrays.stream(ranks).sum() + 1];
        shares[0] = 1;
        for (int rank : ranks) {
            for (int sum = shares.length - 1; sum >= 0; sum--) {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
            }
        }
        return Math.min(1, Arrays.stream(shares, positive, shares.length).sum());
    }

    private static double normal(int[] ranks, int positive) {
        double mean = Arrays.stream(ranks).asDoubleStream().sum() / 2;
        double variance =
                Arrays.stream(ranks).mapToDouble(rank -> (double) rank * rank).sum() / 4;
        return variance == 0 ? 1 : 1 - Interval.below((positive - mean) / Math.sqrt(variance));
    }
}
