package trivium.align;

import java.util.Comparator;
import java.util.stream.IntStream;

/** What n draws say of the best, and of the majority, of any k of them. */
final class OrderStatistics {

    private OrderStatistics() {}

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
     * ranks from 0 upwards. From the highest rank's k/n downwards, for the numbers of ways may be beyond all floats.
     */
    static double[] bestOf(int n, int k) {
        var chances = new double[n];
        double chance = (double) k / n;
        for (int rank = n - 1; rank >= k - 1; rank--) {
            chances[rank] = chance;
            chance *= (double) (rank - k + 1) / Math.max(1, rank);
        }
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

    /**
     * The chance that the most frequent answer among k of n draws without replacement is right, of equally frequent
     * ones each as likely as the other: exact, over all subsets.
     *
     * @param counts how often each different answer was drawn, n in all
     * @param right whether each is right
     */
    static double majorityAt(int[] counts, boolean[] right, int k) {
        var chances = chances(counts, k);
        double sum = 0;
        for (int most = 1; most <= k; most++) {
            sum += withMost(counts, chances, right, k, most);
        }
        return sum;
    }

    /**
     * For each answer, how many draws are taken before it comes to its turn, and how many of the rest are of it: the
     * chance C(count, more) C(behind, k − taken − more) / C(count + behind, k − taken), {@code behind} being the number
     * of draws of later answers.
     */
    private static double[][][] chances(int[] counts, int k) {
        int behind = IntStream.of(counts).sum();
        var logFactorials = new double[behind + 1];
        for (int i = 1; i <= behind; i++) {
            logFactorials[i] = logFactorials[i - 1] + Math.log(i);
        }
        var chances = new double[counts.length][k + 1][k + 1];
        for (int answer = 0; answer < counts.length; answer++) {
            int all = behind;
            behind -= counts[answer];
            for (int taken = Math.max(0, k - all); taken <= k; taken++) {
                int rest = k - taken;
                int most = Math.min(counts[answer], rest);
                for (int more = Math.max(0, rest - behind); more <= most; more++) {
                    chances[answer][taken][more] = Math.exp(logChoose(logFactorials, counts[answer], more)
                            + logChoose(logFactorials, behind, rest - more)
                            - logChoose(logFactorials, all, rest));
                }
            }
        }
        return chances;
    }

    private static double logChoose(double[] logFactorials, int n, int k) {
        return logFactorials[n] - logFactorials[k] - logFactorials[n - k];
    }

    /**
     * The chance that the most frequent answers of k draws come {@code most} times, times the share of right ones among
     * those answers. Goes through the answers one by one, with how many draws are taken, how many answers are most
     * frequent, and how many of these are right.
     */
    private static double withMost(int[] counts, double[][][] chances, boolean[] right, int k, int most) {
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
                                    before * chances[answer][taken][more];
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
