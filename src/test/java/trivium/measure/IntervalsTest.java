package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals against published ones, and against how often they should hold the truth. */
class IntervalsTest {

    /** Newcombe 1998, table I, method 3. */
    @ParameterizedTest
    @CsvSource({"81, 263, 0.2553, 0.3662", "15, 148, 0.0624, 0.1605", "0, 20, 0, 0.1611", "1, 29, 0.0061, 0.1718"})
    void sharesHaveWilsonsInterval(int hits, int of, double low, double high) {
        var interval = new Share(hits, of).interval();
        assertEquals(low, interval.low(), 5e-5);
        assertEquals(high, interval.high(), 5e-5);
        var missed = new Share(of - hits, of).interval();
        assertEquals(1 - high, missed.low(), 5e-5, "what was missed has the same interval from the other side");
        assertEquals(1 - low, missed.high(), 5e-5);
    }

    /** With nothing right, p is at most z² / (n + z²), here by hand for z² = 3.8415. */
    @Test
    void nothingOfManyIsNotNothingForSure() {
        assertEquals(3.8415 / 403.8415, new Share(0, 400).interval().high(), 1e-5);
        assertEquals("0.0 % of 400 (95 % interval 0.0 % to 1.0 %)", new Share(0, 400).toString());
        assertEquals("0.0 % of 1 (95 % interval 0.0 % to 79.3 %)", new Share(0, 1).toString());
        assertEquals("100.0 % of 1 (95 % interval 20.7 % to 100.0 %)", new Share(1, 1).toString());
        assertEquals("93.5 % of 400 (95 % interval 90.6 % to 95.5 %)", new Share(374, 400).toString());
        assertEquals(0.0, new Share(0, 7).interval().low(), "the ends are exact where all the observations are alike");
        assertEquals(1.0, new Share(7, 7).interval().high());
    }

    @Test
    void numbersAreWrittenAlikeEverywhere() {
        var was = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals("50.0 % of 1,234 (95 % interval 47.2 % to 52.8 %)", new Share(617, 1234).toString());
            assertEquals(
                    "mean −1.500 (95 % interval −7.853 to 4.853), sd 0.707, n = 2",
                    Summary.of(-1, -2).toString());
        } finally {
            Locale.setDefault(was);
        }
    }

    /** How often the interval holds p, by enumeration of the binomial distribution over many true p. */
    @ParameterizedTest
    @ValueSource(ints = {5, 20, 100, 400})
    void theIntervalHoldsTheTruthAsOftenAsItSays(int n) {
        double sum = 0;
        double least = 1;
        int grid = 199;
        for (int i = 1; i <= grid; i++) {
            double held = coverage(n, i / (grid + 1.0));
            sum += held / grid;
            least = Math.min(least, held);
        }
        assertEquals(0.95, sum, 0.015, "on average over p");
        assertTrue(least > 0.83, "at the worst p: " + least); // Newcombe 1998, table II: 0.831
    }

    private static double coverage(int n, double p) {
        double held = 0;
        double logProbability = n * Math.log(1 - p);
        for (int hits = 0; hits <= n; hits++) {
            if (new Share(hits, n).interval().holds(p)) {
                held += Math.exp(logProbability);
            }
            logProbability += Math.log((n - hits) / (hits + 1.0) * p / (1 - p));
        }
        return held;
    }

    /**
     * Eleven prompts, each with two pairs that are judged alike: by hand, 22 observations are worth 22 · 10 / 21 by
     * their variance, and less by the quantiles of Student's distribution with 21 and with 10 degrees of freedom.
     */
    @Test
    void pairsThatAreAlikeAreWorthNoMoreThanTheirPrompts() {
        var hits = new boolean[22];
        var prompts = new ArrayList<String>();
        for (int i = 0; i < 22; i++) {
            hits[i] = i / 2 < 7;
            prompts.add("prompt " + i / 2);
        }
        var share = Share.clustered(hits, prompts);
        double known = 2.079614 / 2.228139;
        assertEquals(22 * 10 / 21.0 * known * known, share.independent(), 1e-4);
        assertEquals(14 / 22.0, share.value());
        assertTrue(share.toString().endsWith("; some belong together, worth 9 independent ones)"), share.toString());
    }

    @Test
    void observationsThatStandAloneAreWorthThemselves() {
        boolean[] hits = {true, false, true};
        assertEquals(new Share(2, 3), Share.clustered(hits, List.of("a", "b", "c")));
        boolean[] all = {true, true, true, true};
        assertEquals(new Share(4, 4, 2), Share.clustered(all, List.of("a", "a", "b", "b")), "no variance to go by");
        assertEquals(new Share(2, 3, 1), Share.clustered(hits, List.of("a", "a", "a")));
        assertThrows(IllegalArgumentException.class, () -> Share.clustered(hits, List.of("a")));
        assertThrows(IllegalArgumentException.class, () -> new Share(1, 2, 3));
    }

    /** 300 pairs of 179 prompts, as in Toy Town's held-out comparisons; pairs of one prompt are mostly judged alike. */
    @Test
    void intervalsOfPairsThatSharePromptsHoldTheTruth() {
        var random = new SplittableRandom(1);
        var prompts = IntStream.range(0, 300)
                .mapToObj(i -> Math.max(i - 121, i % 121))
                .map(i -> i)
                .toList();
        assertEquals(179, prompts.stream().distinct().count());
        int repetitions = 2_000;
        int clustered = 0;
        int naive = 0;
        for (int repetition = 0; repetition < repetitions; repetition++) {
            double[] easy = random.doubles(179).map(u -> u < 0.75 ? 0.95 : 0.15).toArray(); // 0.75 on average
            var hits = new boolean[300];
            int right = 0;
            for (int i = 0; i < 300; i++) {
                hits[i] = random.nextDouble() < easy[prompts.get(i)];
                right += hits[i] ? 1 : 0;
            }
            clustered += Share.clustered(hits, prompts).interval().holds(0.75) ? 1 : 0;
            naive += new Share(right, 300).interval().holds(0.75) ? 1 : 0;
        }
        assertEquals(0.95, (double) clustered / repetitions, 0.015);
        assertTrue(naive < 0.92 * repetitions, naive + ": as if they were independent, they hold it less often");
    }

    /** Prompts of a hundred answers each: as few as these may be alike by chance, and hardly vary then. */
    @Test
    void intervalsOfAFewClustersHoldTheTruth() {
        var easiness = new BetaDistribution(0.9, 0.1); // mean 0.9, and half of all variance is between clusters
        for (int clusters : new int[] {2, 3, 5, 8}) {
            var random = new SplittableRandom(clusters);
            var prompts =
                    IntStream.range(0, 100 * clusters).mapToObj(i -> i / 100).toList();
            int held = 0;
            for (int repetition = 0; repetition < 1_000; repetition++) {
                double[] easy = random.doubles(clusters)
                        .map(easiness::inverseCumulativeProbability)
                        .toArray();
                var hits = new boolean[prompts.size()];
                for (int i = 0; i < hits.length; i++) {
                    hits[i] = random.nextDouble() < easy[prompts.get(i)];
                }
                held += Share.clustered(hits, prompts).interval().holds(0.9) ? 1 : 0;
            }
            assertTrue(held > 940, held + " of 1,000 intervals from " + clusters + " clusters hold the truth");
        }
    }

    /** Student 1908: hours of sleep that ten patients gained by two drugs; the interval as R's t.test gives it. */
    @Test
    void pairedChangesAreComparedCaseByCase() {
        double[] first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
        double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
        var paired = Paired.of(first, second);
        assertEquals(1.58, paired.change().mean(), 1e-12);
        assertEquals(0.7001142, paired.interval().low(), 1e-7);
        assertEquals(2.4598858, paired.interval().high(), 1e-7);
        assertEquals("0.75 → 2.33 (+1.58, 95 % interval +0.70 to +2.46)", paired.toString());
        assertEquals(
                "2.33 → 0.75 (−1.58, 95 % interval −2.46 to −0.70)",
                Paired.of(second, first).toString());
        assertThrows(IllegalArgumentException.class, () -> Paired.of(first, new double[2]));
    }

    @Test
    void oneCaseAloneHasNoInterval() {
        var one = Paired.of(new double[] {172}, new double[] {177});
        assertFalse(one.interval().isBounded());
        assertTrue(one.interval().holds(-1e9), "anything may be true");
        assertEquals("172.00 → 177.00 (+5.00)", one.toString());
        assertEquals("5.000 (n = 1)", Summary.of(5).toString());
    }

    /** Values of a normal distribution: Student's interval is exact, whatever the size of the sample. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10})
    void theIntervalOfAMeanHoldsTheTruthAsOftenAsItSays(int n) {
        var random = new SplittableRandom(n);
        int repetitions = 4_000;
        long held = IntStream.range(0, repetitions)
                .filter(_ -> Summary.of(IntStream.range(0, n)
                                .mapToDouble(_ -> 3 + 2 * random.nextGaussian())
                                .toArray())
                        .interval()
                        .holds(3))
                .count();
        assertEquals(0.95, (double) held / repetitions, 0.012);
    }
}
