package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.data.Seeds;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Direction;

/**
 * Differences of invented data whose truth is known: how often they are called clear where there is none, how often
 * intervals hold the true one, how often a difference is found. {@code main} does it at full size.
 */
class DifferenceSimulationTest {

    private static final Compared REWARD = new Compared("reward", "", Direction.HIGHER, "a", "b");

    /** Shares of trials. */
    private record Found(double clear, double covered) {}

    /** Differences of pairs, and their mean. */
    private record Law(double mean, ToDoubleFunction<SplittableRandom> draw) {}

    private static final Map<String, Law> LAWS = new LinkedHashMap<>();

    static {
        LAWS.put("normal", new Law(0, SplittableRandom::nextGaussian));
        LAWS.put("skewed", new Law(0, r -> -Math.log(1 - r.nextDouble()) + Math.log(1 - r.nextDouble()) / 2 - 0.5));
        LAWS.put("exponential", new Law(1, r -> -Math.log(1 - r.nextDouble())));
        LAWS.put("wins, losses, ties", new Law(0, r -> r.nextDouble() < 0.5 ? 0 : r.nextBoolean() ? 1 : -1));
        LAWS.put("mostly ties", new Law(0.05, r -> {
            double u = r.nextDouble();
            return u < 0.1 ? 1 : u < 0.15 ? -1 : 0;
        }));
        LAWS.put("ties and normal", new Law(0, r -> r.nextDouble() < 0.7 ? 0 : r.nextGaussian()));
    }

    private static Found overPrompts(Law law, int n, int trials, int draws) {
        int clear = 0;
        int covered = 0;
        var ones = new double[n];
        Arrays.fill(ones, 1);
        for (int trial = 0; trial < trials; trial++) {
            var random = Seeds.random(11, n, trial);
            var d = IntStream.range(0, n)
                    .mapToDouble(_ -> law.draw.applyAsDouble(random))
                    .toArray();
            var result = PairedBootstrap.of(d, ones, draws, trial);
            clear += result.p() < 0.05 ? 1 : 0;
            covered += result.interval().holds(law.mean) ? 1 : 0;
        }
        return new Found((double) clear / trials, (double) covered / trials);
    }

    private static Found overSeeds(Law law, int n, int trials) {
        int clear = 0;
        int covered = 0;
        for (int trial = 0; trial < trials; trial++) {
            var random = Seeds.random(12, n, trial);
            var d = IntStream.range(0, n)
                    .mapToDouble(_ -> law.draw.applyAsDouble(random))
                    .toArray();
            var difference = Difference.overSeeds(REWARD, new double[n], d);
            clear += difference.isClear() ? 1 : 0;
            covered += difference.interval().holds(law.mean) ? 1 : 0;
        }
        return new Found((double) clear / trials, (double) covered / trials);
    }

    /** Two models of the same accuracy whose answers agree in part. */
    private static Found right(double accuracy, double agreement, int n, int trials, double change) {
        int clear = 0;
        int covered = 0;
        for (int trial = 0; trial < trials; trial++) {
            var random = Seeds.random(13, n, trial);
            int onlyA = 0;
            int onlyB = 0;
            for (int i = 0; i < n; i++) {
                double u = random.nextDouble();
                boolean a = u < accuracy;
                boolean b = random.nextDouble() < agreement
                        ? u < accuracy + change
                        : random.nextDouble() < accuracy + change;
                onlyA += a && !b ? 1 : 0;
                onlyB += b && !a ? 1 : 0;
            }
            var test = new McNemar(onlyA, onlyB, n);
            clear += test.p() < 0.05 ? 1 : 0;
            covered += test.interval().holds(change) ? 1 : 0;
        }
        return new Found((double) clear / trials, (double) covered / trials);
    }

    /** Differences with these standard deviations from seed to seed, from prompt to prompt, and of both. */
    private static Found seedsAndPrompts(int s, int p, double[] deviations, int trials, double effect) {
        int clear = 0;
        int covered = 0;
        for (int trial = 0; trial < trials; trial++) {
            var random = Seeds.random(14, s, p, trial);
            var byPrompt = IntStream.range(0, p)
                    .mapToDouble(_ -> deviations[1] * random.nextGaussian())
                    .toArray();
            var b = new double[s][p];
            for (var row : b) {
                double bySeed = deviations[0] * random.nextGaussian();
                Arrays.setAll(row, j -> effect + bySeed + byPrompt[j] + deviations[2] * random.nextGaussian());
            }
            var difference = Difference.overSeedsAndPrompts(REWARD, new double[s][p], b, "prompt");
            clear += difference.isClear() ? 1 : 0;
            covered += difference.interval().holds(effect) ? 1 : 0;
        }
        return new Found((double) clear / trials, (double) covered / trials);
    }

    @Test
    void nothingIsCalledClearOftenerThanOnceInTwenty() {
        assertEquals(0.05, overPrompts(LAWS.get("normal"), 40, 2_000, 499).clear, 0.015);
        assertEquals(0.05, overPrompts(LAWS.get("wins, losses, ties"), 100, 2_000, 499).clear, 0.015);
        assertEquals(0.05, overSeeds(LAWS.get("normal"), 3, 2_000).clear, 0.015);
        assertEquals(0.05, overSeeds(LAWS.get("normal"), 10, 2_000).clear, 0.015);
        assertEquals(0.05, right(0.6, 0.5, 200, 2_000, 0).clear, 0.015);
        assertEquals(0.05, seedsAndPrompts(5, 40, new double[] {0.3, 1, 1}, 2_000, 0).clear, 0.015);
    }

    /** With a handful of prompts many draws have no spread, of scores 0 and 1 most. */
    @Test
    void aHandfulOfPromptsWithoutADifferenceIsNotCalledClear() {
        // Differences of two scores that are 1 with a chance of 0.5, and of 0.8.
        var even = LAWS.get("wins, losses, ties");
        var easy = new Law(0, r -> r.nextDouble() < 0.68 ? 0 : r.nextBoolean() ? 1 : -1);
        var laws = Map.of("normal", LAWS.get("normal"), "0 or 1, even", even, "0 or 1, easy", easy);
        laws.forEach((name, law) -> {
            for (int n : new int[] {2, 3, 4, 5, 6, 8, 12}) {
                double clear = overPrompts(law, n, 1_000, 499).clear;
                assertTrue(clear <= 0.065, name + ", " + n + " prompts: " + clear);
                assertTrue(n > 5 || clear == 0, "five signs may all be one by chance: " + name + ", " + n);
            }
        });
    }

    @Test
    void intervalsHoldTheTruthAsOftenAsTheySay() {
        assertEquals(0.95, overPrompts(LAWS.get("mostly ties"), 200, 2_000, 499).covered, 0.015);
        assertTrue(overPrompts(LAWS.get("exponential"), 40, 2_000, 499).covered > 0.92);
        assertEquals(0.95, right(0.6, 0.5, 100, 2_000, 0.1).covered, 0.015);
        assertTrue(seedsAndPrompts(3, 100, new double[] {0.3, 1, 1}, 2_000, 1).covered > 0.94);
        assertTrue(seedsAndPrompts(2, 50, new double[] {0.3, 0, 1}, 2_000, 1).covered > 0.94);
        assertEquals(0.95, seedsAndPrompts(10, 20, new double[] {0.1, 1, 0.3}, 2_000, 1).covered, 0.015);
    }

    /** The best and the worst of settings that do not differ. */
    private static Found bestOf(int settings, int seeds, int trials, double bestBy) {
        int clear = 0;
        int naive = 0;
        var names = IntStream.range(0, settings).mapToObj(Integer::toString).toList();
        for (int trial = 0; trial < trials; trial++) {
            var random = Seeds.random(15, settings, seeds, trial);
            var bySeed = IntStream.range(0, seeds)
                    .mapToDouble(_ -> random.nextGaussian())
                    .toArray();
            var values = new double[settings][seeds];
            for (int k = 0; k < settings; k++) {
                double shift = k == 0 ? bestBy : 0;
                Arrays.setAll(values[k], s -> shift + bySeed[s] + random.nextGaussian());
            }
            var differences = Differences.ofBest(REWARD, names, values);
            clear += differences.clear().isEmpty() ? 0 : 1;
            var last = differences.list().getLast().compared();
            naive +=
                    Difference.overSeeds(REWARD, values[Integer.parseInt(last.a())], values[Integer.parseInt(last.b())])
                                    .isClear()
                            ? 1
                            : 0;
        }
        return new Found((double) clear / trials, (double) naive / trials);
    }

    /**
     * Picked as the best of six and compared as if it had not been, a setting is "different" in a third of all sweeps.
     */
    @Test
    void theBestOfSixEqualSettingsIsNotCalledBetter() {
        var found = bestOf(6, 5, 120, 0);
        assertEquals(0.05, found.clear, 0.05);
        assertTrue(found.covered > 0.2, "without the correction: " + found.covered);
        assertTrue(bestOf(3, 5, 20, 4).clear > 0.9, "and one that is better is");
    }

    @Test
    void powerSaidBeforehandIsTheShareThatFindsTheDifference() {
        var shifted = new Law(0.6, r -> 0.6 + r.nextGaussian());
        for (int n : new int[] {5, 10, 25}) {
            assertEquals(new Power(0.6, 1).at(n), overSeeds(shifted, n, 2_000).clear, 0.03, n + " seeds");
        }
        assertEquals(
                new Power(0.6, 1).at(25),
                overPrompts(shifted, 25, 1_000, 499).clear,
                0.05,
                "bootstrap over 25 prompts");
    }

    /** The large simulation: trials and draws as arguments. */
    public static void main(String... arguments) {
        int trials = Integer.parseInt(arguments[0]);
        int draws = Integer.parseInt(arguments[1]);
        LAWS.forEach((name, law) -> {
            for (int n : new int[] {10, 20, 50, 200, 400}) {
                System.out.println(
                        "bootstrap-t, " + name + ", " + n + " prompts: " + overPrompts(law, n, trials, draws));
            }
            for (int n = 3; n <= 10; n++) {
                System.out.println("paired t, " + name + ", " + n + " seeds: " + overSeeds(law, n, trials));
            }
        });
        for (int n : new int[] {50, 100, 200, 400}) {
            for (double accuracy : new double[] {0.5, 0.9}) {
                System.out.println("McNemar, accuracy " + accuracy + ", " + n + " questions, none: "
                        + right(accuracy, 0.5, n, trials, 0) + ", +0.05: " + right(accuracy, 0.5, n, trials, 0.05));
            }
        }
        for (int settings : new int[] {3, 10, 30}) {
            for (int seeds : new int[] {3, 5}) {
                System.out.println("best of " + settings + " settings, " + seeds
                        + " seeds, clear and clear without correction: " + bestOf(settings, seeds, trials / 4, 0));
            }
        }
        for (int s : new int[] {2, 3, 5, 10}) {
            for (double[] deviations : new double[][] {{0.3, 1, 1}, {0, 1, 1}, {0.3, 0, 1}, {0.1, 1, 0.3}, {0, 0, 1}}) {
                System.out.println("seeds and prompts, " + s + " × 100, " + Arrays.toString(deviations) + ": "
                        + seedsAndPrompts(s, 100, deviations, trials, 0));
            }
        }
    }
}
