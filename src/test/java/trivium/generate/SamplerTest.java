package trivium.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.tensor.Floats;

class SamplerTest {

    private static final float[] LOGITS = {0.3f, -1.2f, 2.0f, 0.3f, -0.5f, 1.1f, -3.0f, 0.9f};

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1",
        "0.7, 0, 1",
        "1.5, 0, 1",
        "1, 3, 1",
        "1, 0, 0.6",
        "0.5, 5, 0.9",
        "2, 4, 0.3",
        "1, 100, 0.999",
        "1, 4, 1"
    })
    void drawsAsOftenAsTheDistributionSays(double temperature, int topK, double topP) {
        var sampler = new Sampler(Sampling.atTemperature(temperature).topK(topK).topP(topP), LOGITS.length);
        sampler.read(Floats.of(LOGITS), 0);
        double[] expected = brute(temperature, topK, topP);

        // Evenly spaced uniforms invert the whole cumulative distribution: counts are exact to one.
        int n = 10_000;
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < n; i++) {
            counts[sampler.draw((i + 0.5) / n)]++;
        }
        for (int id = 0; id < counts.length; id++) {
            assertEquals(expected[id] * n, counts[id], 1.01, "token " + id);
        }
    }

    @Test
    void drawsFollowTheDistributionUnderRandomDice() {
        var sampler = new Sampler(Sampling.atTemperature(1), LOGITS.length);
        sampler.read(Floats.of(LOGITS), 0);
        double[] expected = brute(1, 0, 1);
        var random = new SplittableRandom(5);
        int n = 50_000;
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < n; i++) {
            counts[sampler.draw(random.nextDouble())]++;
        }
        double chiSquare = IntStream.range(0, counts.length)
                .mapToDouble(id -> Math.pow(counts[id] - n * expected[id], 2) / (n * expected[id]))
                .sum();
        assertTrue(
                chiSquare < 24.3,
                "chi-square " + chiSquare + " with 7 degrees of freedom passes 24.3 once in a thousand");
    }

    @Test
    void minPKeepsWhatIsProbableEnoughAndTheLogProbsAreOfWhatIsDrawn() {
        double share = 0.2;
        var sampler = new Sampler(Sampling.atTemperature(0.8).minP(share), LOGITS.length);
        sampler.read(Floats.of(LOGITS), 0);
        var p = brute(0.8, 0, 1);
        double most = Arrays.stream(p).max().orElseThrow();
        double kept = Arrays.stream(p).filter(x -> x >= share * most).sum();
        for (int id = 0; id < p.length; id++) {
            double expected = p[id] >= share * most ? Math.log(p[id] / kept) : Double.NEGATIVE_INFINITY;
            assertEquals(expected, sampler.drawnLogProb(id), 1e-6, "token " + id);
        }
        assertTrue(IntStream.range(0, 1000)
                .map(i -> sampler.draw(i / 1000.0))
                .allMatch(id -> sampler.drawnLogProb(id) > Double.NEGATIVE_INFINITY));
    }

    @Test
    void drawnLogProbsAreTemperedAlsoWhereAProbabilityUnderflows() {
        for (double temperature : new double[] {1, 0.6, 1.7, 0.001}) {
            var sampler = new Sampler(Sampling.atTemperature(temperature), LOGITS.length);
            sampler.read(Floats.of(LOGITS), 0);
            double highest = IntStream.range(0, LOGITS.length)
                    .mapToDouble(i -> LOGITS[i])
                    .max()
                    .orElseThrow();
            double sum = IntStream.range(0, LOGITS.length)
                    .mapToDouble(i -> Math.exp((LOGITS[i] - highest) / temperature))
                    .sum();
            for (int id = 0; id < LOGITS.length; id++) {
                double expected = (LOGITS[id] - highest) / temperature - Math.log(sum);
                assertEquals(expected, sampler.drawnLogProb(id), 1e-12 * (1 + Math.abs(expected)), "token " + id);
                assertTrue(temperature != 1 || (float) sampler.logProb(id) == (float) sampler.drawnLogProb(id));
            }
        }
    }

    @Test
    void whatWasSeenIsPenalisedButTheModelsOwnLogProbsStay() {
        var seen = new BitSet();
        seen.set(2); // 2.0 becomes 1.0
        seen.set(4); // -0.5 becomes -1.0
        var sampler = new Sampler(Sampling.atTemperature(1).repetitionPenalty(2), LOGITS.length);
        sampler.read(Floats.of(LOGITS), 0, seen);
        var changed = LOGITS.clone();
        changed[2] = 1;
        changed[4] = -1;
        double total =
                IntStream.range(0, 8).mapToDouble(i -> Math.exp(changed[i])).sum();
        double own = IntStream.range(0, 8).mapToDouble(i -> Math.exp(LOGITS[i])).sum();
        for (int id = 0; id < changed.length; id++) {
            assertEquals(changed[id] - Math.log(total), sampler.drawnLogProb(id), 1e-6, "token " + id);
            assertEquals(LOGITS[id] - Math.log(own), sampler.logProb(id), 1e-6, "token " + id);
        }
        var greedy = new Sampler(Sampling.greedy().repetitionPenalty(2), LOGITS.length);
        greedy.read(Floats.of(LOGITS), 0, seen);
        assertEquals(5, greedy.draw(0), "1.1 is now the highest");
    }

    @Test
    void greedyTakesTheMostProbableTokenAndOfEqualOnesTheFirst() {
        var sampler = new Sampler(Sampling.greedy(), 4);
        sampler.read(Floats.of(1, 3, 3, 2), 0);
        assertEquals(1, sampler.draw(0.99));
    }

    @Test
    void ofEqualLogitsTopKKeepsTheFirst() {
        var sampler = new Sampler(Sampling.atTemperature(1).topK(2), 5);
        sampler.read(Floats.of(-0f, 1, 0f, 0f, -2), 0);
        assertEquals(0, sampler.draw(0));
        assertEquals(1, sampler.draw(0.9999));
        assertTrue(IntStream.range(0, 1000).map(i -> sampler.draw(i / 1000.0)).allMatch(id -> id < 2));
    }

    @Test
    void logProbsAreTheModelsOwnWhateverTheSampling() {
        var sampler = new Sampler(Sampling.atTemperature(0.3).topK(2).topP(0.5), LOGITS.length);
        var shifted = new float[2 * LOGITS.length];
        for (int i = 0; i < LOGITS.length; i++) {
            shifted[LOGITS.length + i] = LOGITS[i] + 1000; // a softmax that overflows where it is careless
        }
        sampler.read(Floats.of(shifted), LOGITS.length);
        double[] p = brute(1, 0, 1);
        for (int id = 0; id < p.length; id++) {
            assertEquals(Math.log(p[id]), sampler.logProb(id), 1e-4); // 1000 + 0.3 is only good to 6e-5
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "0.3, 0, 1", "2.5, 0, 1", "1, 3, 1", "0.7, 4, 0.8"})
    void theEntropyIsThatOfTheDistributionThatIsDrawnFrom(double temperature, int topK, double topP) {
        var sampler = new Sampler(Sampling.atTemperature(temperature).topK(topK).topP(topP), LOGITS.length);
        sampler.read(Floats.of(LOGITS), 0);
        double entropy = Arrays.stream(brute(temperature, topK, topP))
                .filter(p -> p > 0)
                .map(p -> -p * Math.log(p))
                .sum();
        assertEquals(entropy, sampler.entropy(), 1e-6);
    }

    @Test
    void aTemperatureNearZeroLeavesNoEntropy() {
        for (double temperature : new double[] {0, 1e-9}) {
            var sampler = new Sampler(Sampling.atTemperature(temperature), LOGITS.length);
            sampler.read(Floats.of(LOGITS), 0);
            assertEquals(0, sampler.entropy(), 1e-12);
        }
    }

    @Test
    void impossibleTokensAreNeverDrawn() {
        var sampler = new Sampler(Sampling.atTemperature(1), 3);
        sampler.read(Floats.of(Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY), 0);
        assertEquals(1, sampler.draw(0));
        assertEquals(1, sampler.draw(Math.nextDown(1.0)));
        assertEquals(0, sampler.entropy(), 1e-12);
    }

    @Test
    void aDivergedModelIsNamed() {
        var sampler = new Sampler(Sampling.greedy(), 3);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            var failure = assertThrows(IllegalStateException.class, () -> sampler.read(Floats.of(0, bad, 1), 0));
            assertTrue(failure.getMessage().contains("diverged"));
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        var sampling = Sampling.atTemperature(1);
        assertThrows(IllegalArgumentException.class, () -> Sampling.atTemperature(-0.1));
        assertThrows(IllegalArgumentException.class, () -> Sampling.atTemperature(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> sampling.topP(0));
        assertThrows(IllegalArgumentException.class, () -> sampling.topP(1.01));
        assertThrows(IllegalArgumentException.class, () -> sampling.topK(-1));
        assertThrows(IllegalArgumentException.class, () -> sampling.minP(1.1));
        assertThrows(IllegalArgumentException.class, () -> sampling.repetitionPenalty(0));
        assertThrows(IllegalArgumentException.class, () -> sampling.stop(""));
        assertThrows(IllegalArgumentException.class, () -> sampling.maxTokens(0));
    }

    /** The distribution drawn from, step by step with lists. */
    private static double[] brute(double temperature, int topK, double topP) {
        List<Integer> ranked = IntStream.range(0, LOGITS.length)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -LOGITS[id]))
                .limit(topK == 0 ? LOGITS.length : topK)
                .toList();
        double total = ranked.stream()
                .mapToDouble(id -> Math.exp(LOGITS[id] / temperature))
                .sum();
        var kept = new double[LOGITS.length];
        double mass = 0;
        for (int id : ranked) {
            if (mass < topP) {
                kept[id] = Math.exp(LOGITS[id] / temperature) / total;
                mass += kept[id];
            }
        }
        for (int id = 0; id < kept.length; id++) {
            kept[id] /= mass;
        }
        return kept;
    }
}
