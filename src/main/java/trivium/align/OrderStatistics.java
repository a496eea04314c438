package trivium.align;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What n draws say of the best, and of the majority, of any k of them. */
final class OrderStatistics {

    private OrderStatistics() {}

    /** n choose k; exact while it is below 2⁵³. */
    static double choose(int n, int k) {
        if (k < 0 || k > n) {
            return 0;
        }
        double ways = 1;
        for (int i = 1; i <= Math.min(k, n - k); i++) {
            ways = ways * (n - i + 1) / i;
        }
        return ways;
    }

    /** The draws' places in rising order of value; equal ones stand in the order of their places. */
    static int[] rising(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(i -> i)
                .toArray();
    }

    /**
     * The chance that the draw of each rank is the highest of k draws without replacement: C(rank, k − 1) / C(n, k),
     * ranks from 0 upwards.
     */
    static double[] bestOf(int n, int k) {
        var chances = new double[n];
        Arrays.setAll(chances, rank -> choose(rank, k - 1) / choose(n, k));
        return chances;
    }

    /** The unbiased estimate of the expected highest of k draws from n of them: its mean over all subsets of size k. */
    static double expectedBest(double[] values, int k) {
        int[] order = rising(values);
        double[] chances = bestOf(values.length, k);
        return IntStream.range(0, order.length)
                .mapToDouble(rank -> chances[rank] * values[order[rank]])
                .sum();
    }

    /** The unbiased estimate of the chance that one of k draws is right: 1 − C(n − c, k) / C(n, k). */
    static double passAt(int n, int right, int k) {
        return 1 - choose(n - right, k) / choose(n, k);
    }

    /**
     * The chance that the most frequent answer among k of n draws without replacement is right, of equally frequent
     * ones each as likely as the other: exact, over all subsets.
     *
     * @param counts how often each different answer was drawn, n in all
     * @param right whether each is right
     */
    static double majorityAt(int[] counts, boolean[] right, int k) {
        double sum = 0;
        for (int most = 1; most <= k; most++) {
            sum += withMost(counts, right, k, most);
        }
        return sum / choose(IntStream.of(counts).sum(), k);
    }

    /**
     * The number of subsets of size k whose most frequent answers come {@code most} times, each weighted by the share
     * of right ones among those answers. Goes through the answers one by one, with how many draws are taken, how many
     * answers are most frequent, and how many of these are right.
     */
    private static double withMost(int[] counts, boolean[] right, int k, int most) {
        int ties = k / most;
        var ways = new double[k + 1][ties + 1][ties + 1];
        ways[0][0][0] = 1;
        for (int answer = 0; answer < counts.length; answer++) {
            var next = new double[k + 1][ties + 1][ties + 1];
            for (int taken = 0; taken <= k; taken++) {
                for (int tied = 0; tied <= ties; tied++) {
                    for (int rights = 0; rights <= tied; rights++) {
                        double before = ways[taken][tied][rights];
                        int limit = Math.min(Math.min(most, counts[answer]), k - taken);
                        for (int more = 0; before != 0 && more <= limit; more++) {
                            int one = more == most ? 1 : 0;
                            next[taken + more][tied + one][rights + (right[answer] ? one : 0)] +=
                                    before * choose(counts[answer], more);
                        }
                    }
                }
            }
            ways = next;
        }
        double sum = 0;
        for (int tied = 1; tied <= ties; tied++) {
            for (int rights = 1; rights <= tied; rights++) {
                sum += ways[k][tied][rights] * rights / tied;
            }
        }
        return sum;
    }
}
