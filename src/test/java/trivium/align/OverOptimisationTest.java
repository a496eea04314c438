package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverOptimisationTest {

    private static final int STEPS = 80;

    /** In a line from 0 to {@code high} at step {@code top}, then to {@code last} at the end, with noise. */
    private static double[] tent(int top, double high, double last, double noise, long seed) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, STEPS)
                .mapToDouble(i -> (i <= top ? high * i / top : high + (last - high) * (i - top) / (STEPS - 1 - top))
                        + noise * random.nextGaussian())
                .toArray();
    }

    private static double[] line(double to, double noise, long seed) {
        return tent(STEPS - 1, to, to, noise, seed);
    }

    /** Every top, and every curve that goes through the means of runs of neighbours on either side of it. */
    private static int topByBruteForce(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .min((a, b) -> Double.compare(distance(values, a), distance(values, b)))
                .orElseThrow();
    }

    private static double distance(double[] values, int top) {
        double[] after = Arrays.copyOfRange(values, top + 1, values.length);
        return rising(Arrays.copyOf(values, top + 1))
                + rising(Arrays.stream(after).map(x -> -x).toArray());
    }

    /** Over all ways to cut the values into runs whose means rise. */
    private static double rising(double[] values) {
        double least = values.length == 0 ? 0 : Double.POSITIVE_INFINITY;
        for (int cuts = 0; values.length > 0 && cuts < (1 << (values.length - 1)); cuts++) {
            double squares = 0;
            double before = Double.NEGATIVE_INFINITY;
            int from = 0;
            for (int to = 1; to <= values.length; to++) {
                if (to < values.length && ((cuts >> (to - 1)) & 1) == 0) {
                    continue;
                }
                var run = Arrays.copyOfRange(values, from, to);
                double mean = DoubleStream.of(run).average().orElseThrow();
                squares = mean < before
                        ? Double.POSITIVE_INFINITY
                        : squares
                                + DoubleStream.of(run)
                                        .map(x -> (x - mean) * (x - mean))
                                        .sum();
                before = mean;
                from = to;
            }
            least = Math.min(least, squares);
        }
        return least;
    }

    @Test
    void theTopIsThatOfAllCurvesThatRiseAndFall() {
        for (int seed = 0; seed < 60; seed++) {
            var random = new SplittableRandom(seed);
            var values = random.doubles(4 + seed % 6).toArray();
            assertEquals(
                    distance(values, topByBruteForce(values)),
                    distance(values, OverOptimisation.top(values)),
                    1e-9,
                    Arrays.toString(values));
        }
    }

    @Test
    void whereGoldIsHighestIsFound() {
        int near = 0;
        for (int seed = 0; seed < 50; seed++) {
            int top = 20 + seed % 40;
            var found = OverOptimisation.began(tent(top, 2, 0, 0.15, seed), line(3, 0.1, 1_000 + seed));
            assertTrue(found.isPresent(), "top at " + top);
            near += Math.abs(found.getAsInt() - top) <= 6 ? 1 : 0;
        }
        assertTrue(near >= 45, near + " of 50");
    }

    @Test
    void whatRisesTogetherOrFallsTogetherIsNot() {
        assertTrue(OverOptimisation.began(line(2, 0.15, 1), line(3, 0.1, 2)).isEmpty());
        assertTrue(
                OverOptimisation.began(tent(40, 2, 0, 0.15, 3), tent(40, 3, 1, 0.1, 4))
                        .isEmpty(),
                "the reward falls as well");
        assertTrue(
                OverOptimisation.began(tent(40, 2, 0, 0.15, 5), tent(25, 3, 3, 0.1, 6))
                        .isEmpty(),
                "the reward rests since before gold was highest");
    }

    /**
     * Looked at after each step, a gold reward that stays where it is gives the alarm in less than 2 % of trainings.
     */
    @Test
    void noiseIsSeldomTakenForIt() {
        int alarms = 0;
        for (int seed = 0; seed < 500; seed++) {
            double[] gold = tent(1, 0, 0, 1, seed);
            double[] reward = line(3, 0.3, 5_000 + seed);
            alarms += IntStream.rangeClosed(12, STEPS)
                            .anyMatch(steps -> OverOptimisation.began(
                                            Arrays.copyOf(gold, steps), Arrays.copyOf(reward, steps))
                                    .isPresent())
                    ? 1
                    : 0;
        }
        assertTrue(alarms < 10, alarms + " of 500");
    }
}
