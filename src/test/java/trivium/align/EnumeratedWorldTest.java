package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.model.Llama;

/** A world of three tokens, the last of which ends a completion of at most three. */
class EnumeratedWorldTest {

    private static final double BETA = 0.4;

    private final TabularPolicy reference = TabularPolicy.random(3, 3, 0.8, 1);
    private final EnumeratedWorld world = EnumeratedWorld.of(reference, 2, 3, 0)
            .reward(y -> Math.sin(5 * y.tokens()[0] + y.tokens()[y.tokens().length - 1]) + 0.3 * y.tokens().length);

    /** Beginnings of tokens that don't end: 1 completion of one token, 2 of two, and 4 · 3 of three. */
    @ParameterizedTest
    @CsvSource({"3, 2, 3, 15", "3, -1, 3, 27", "8, 7, 4, 2801", "8, -1, 4, 4096", "2, 1, 1, 2"})
    void everyCompletionIsThereOnce(int vocabulary, int end, int maxTokens, int count) {
        var all = EnumeratedWorld.of(TabularPolicy.random(vocabulary, maxTokens, 1, 1), end, maxTokens, 0);
        assertEquals(count, all.completions().size());
        assertEquals(count, all.names().stream().distinct().count());
        assertEquals(1, DoubleStream.of(all.probabilities()).sum(), 1e-6);
    }

    /** Of any model, here a transformer: the product of what it gives token by token. */
    @Test
    void aProbabilityIsAProduct() {
        var model = Llama.of(8, 8, 1, 2, 2).fresh(3, 1);
        var all = EnumeratedWorld.of(model, 2, 2, 1, 0);
        int at = all.names().indexOf("1 0");
        var logits = model.pass(1, 3).outputs(new int[] {1, 0, 1}, 0, 1, 3).toArray();
        double expected = softmax(logits, 1, 1) * softmax(logits, 2, 0);
        assertEquals(expected, all.probabilities()[at], 1e-6);
    }

    private static double softmax(float[] logits, int position, int token) {
        double sum = IntStream.range(0, 3)
                .mapToDouble(v -> Math.exp(logits[3 * position + v]))
                .sum();
        return Math.exp(logits[3 * position + token]) / sum;
    }

    /** What any policy misses at π* is β KL(π‖π*): so π* is the best there is, and the only one. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 2})
    void whatAPolicyMissesIsItsDivergenceFromTheOptimum(double beta) {
        double[] best = world.optimum(beta);
        double atBest = world.value(best, beta);
        double[] from = world.probabilities();
        double partition = IntStream.range(0, from.length)
                .mapToDouble(i -> from[i] * Math.exp(world.rewards()[i] / beta))
                .sum();
        assertEquals(beta * Math.log(partition), atBest, 1e-5);
        for (long seed = 2; seed < 6; seed++) {
            double[] other = world.probabilities(TabularPolicy.random(3, 3, 1, seed));
            assertEquals(beta * EnumeratedWorld.divergence(other, best), atBest - world.value(other, beta), 1e-5);
        }
    }

    @Test
    void aTableGivesTheProbabilitiesThatItIsMadeOf() {
        double[] best = world.optimum(BETA);
        assertArrayEquals(best, world.probabilities(world.policy(best)), 1e-6);
        double[] certain = new double[best.length];
        certain[3] = 1;
        assertArrayEquals(certain, world.probabilities(world.policy(certain)), 1e-6);
    }

    /** RLOO's expected gradient is that of E[r] − β KL at any policy, by finite differences of its exact value. */
    @Test
    void rlooGoesUpTheValue() {
        var policy = TabularPolicy.random(3, 3, 0.7, 8);
        double[] gradient = world.gradient(policy, Rloo.numGenerations(2).beta(BETA));
        var values = policy.parameters().values();
        float step = 1f / 128;
        for (int i = 0; i < gradient.length; i++) {
            float was = values.get(i);
            values.set(i, was + step);
            double up = world.value(world.probabilities(policy), BETA);
            values.set(i, was - step);
            double down = world.value(world.probabilities(policy), BETA);
            values.set(i, was);
            assertEquals((up - down) / (2 * step), -gradient[i], 1e-4, "parameter " + i);
        }
    }

    /** Nothing pulls at a policy that has arrived; at the reference, everything does. */
    @Test
    void gradientsEndAtTheOptimumThatIsTheirs() {
        var best = world.policy(world.optimum(BETA));
        assertEquals(0, norm(world.gradient(best, Rloo.numGenerations(2).beta(BETA))), 1e-5);
        assertEquals(0, norm(world.gradient(best, Dpo.beta(BETA))), 1e-5);
        var chosen = world.policy(world.ipoOptimum(BETA));
        assertEquals(0, norm(world.gradient(chosen, Dpo.ipo(BETA))), 1e-5);
        assertEquals(1, DoubleStream.of(world.ipoOptimum(BETA)).sum(), 1e-9);
        assertTrue(norm(world.gradient(best, Dpo.ipo(BETA))) > 1e-2);
        assertTrue(norm(world.gradient(reference, Dpo.ipo(BETA))) > 1e-2);
        assertTrue(norm(world.gradient(reference, Dpo.beta(BETA))) > 1e-2);
    }

    /** Groups of one kind teach nothing, so a gradient without them is larger by what they were of all. */
    @Test
    void groupsThatWouldBeReplacedAreLeftOut() {
        var binary = world.reward(y -> y.tokens()[0] == 1 ? 1 : 0);
        var policy = TabularPolicy.random(3, 3, 0.7, 8);
        var grpo = Grpo.numGenerations(2).lossType(Grpo.LossType.DR_GRPO).beta(0);
        double one = EnumeratedWorld.mean(binary.probabilities(policy), binary.rewards());
        double differ = 2 * one * (1 - one);
        double[] all = binary.gradient(policy, grpo);
        double[] some = binary.gradient(policy, grpo.dynamicSampling(true));
        assertArrayEquals(all, Arrays.stream(some).map(x -> differ * x).toArray(), 1e-6);
    }

    private static double norm(double[] of) {
        return Math.sqrt(Arrays.stream(of).map(x -> x * x).sum());
    }

    @Test
    void whatCannotBeListedIsRefused() {
        refused("8 tokens", () -> EnumeratedWorld.of(TabularPolicy.uniform(9, 1), 0, 1, 0));
        refused("1 to 4", () -> EnumeratedWorld.of(reference, 2, 5, 0));
        refused("NO_END", () -> EnumeratedWorld.of(reference, 3, 2, 0));
        refused("at least one", () -> EnumeratedWorld.of(reference, 2, 2));
        refused("finite", () -> world.reward(_ -> Double.NaN));
        refused("groups of 8", () -> world.gradient(reference, Rloo.numGenerations(8)));
    }

    private static void refused(String words, org.junit.jupiter.api.function.Executable what) {
        var e = assertThrows(IllegalArgumentException.class, what);
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }
}
