package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignedRankTest {

    /** Counts all signs, with ranks by comparing every pair. */
    private static double enumerated(double... differences) {
        int n = differences.length;
        double[] ranks = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double mine = Math.abs(differences[i]);
                double other = Math.abs(differences[j]);
                ranks[i] += other < mine ? 1 : other == mine ? 0.5 : 0;
            }
            ranks[i] += 0.5;
        }
        double seen = IntStream.range(0, n)
                .filter(i -> differences[i] > 0)
                .mapToDouble(i -> ranks[i])
                .sum();
        int as = 0;
        for (int signs = 0; signs < 1 << n; signs++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += differences[i] != 0 && (signs >> i & 1) == 1 ? ranks[i] : 0;
            }
            as += sum >= seen ? 1 : 0;
        }
        return (double) as / (1 << n);
    }

    @Test
    void pIsThatOfCountingAllSigns() {
        var random = new SplittableRandom(3);
        for (int round = 0; round < 200; round++) {
            int few = 3 + random.nextInt(20); // so that some are equal and some are 0
            double[] differences = random.ints(1 + random.nextInt(10), -few, few + 2)
                    .asDoubleStream()
                    .toArray();
            assertEquals(enumerated(differences), SignedRank.greater(differences), 1e-12);
        }
    }

    /**
     * The critical values of the sum of the rarer sign's ranks at 5 % of one side, from n 5 on, as they are printed.
     */
    @Test
    void theTableOfCriticalValuesComesOut() {
        int[] critical = {0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 30, 35, 41, 47, 53, 60, 67, 75, 83, 91, 100};
        for (int i = 0; i < critical.length; i++) {
            int n = i + 5;
            assertTrue(SignedRank.greater(withNegative(n, critical[i])) <= 0.05, "n " + n);
            assertTrue(SignedRank.greater(withNegative(n, critical[i] + 1)) > 0.05, "n " + n);
        }
    }

    /** 1 to n, some of them negative so that these have a sum. */
    private static double[] withNegative(int n, int sum) {
        double[] differences = IntStream.rangeClosed(1, n).asDoubleStream().toArray();
        int left = sum;
        for (int rank = n; rank > 0; rank--) {
            if (rank <= left) {
                differences[rank - 1] = -rank;
                left -= rank;
            }
        }
        return differences;
    }

    @Test
    void beyondFiftyTheNormalDistributionIsNear() {
        var random = new SplittableRandom(9);
        double[] many = DoubleStream.generate(() -> random.nextGaussian() + 0.15)
                .limit(50)
                .toArray();
        double exact = SignedRank.greater(many);
        double[] more =
                DoubleStream.concat(DoubleStream.of(many), DoubleStream.of(0)).toArray();
        assertEquals(exact, SignedRank.greater(more), 0.01, "a difference of 0 more says nothing");
        assertEquals(1, SignedRank.greater(new double[60]));
        assertEquals(1, SignedRank.greater());
    }
}
