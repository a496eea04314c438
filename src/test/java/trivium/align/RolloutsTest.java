package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.generate.TableModel;
import trivium.model.Slices;

class RolloutsTest {

    private static final int V = 5;
    private static final Sampling SAMPLING =
            Sampling.atTemperature(1).maxTokens(4).stop(4).seed(8);

    private final TableModel policy = TableModel.random(V, 12, 1, 1);
    private final TableModel reference = TableModel.random(V, 12, 1, 2);

    @Test
    void oldAndReferenceAreTheModelsLogProbabilities() {
        var rollouts = drawn(List.of(new int[] {0}, new int[] {0}, new int[] {1, 2, 3}, new int[] {1, 2, 3}));
        var batch = rollouts.batch();
        var values = new float[batch.rows() * batch.time()];
        policy.pass(4, batch.time()).forward(batch.tokens(), batch.targets(), 0, 4, batch.time(), values);
        for (int i = 0; i < values.length; i++) {
            if (rollouts.counts(i)) {
                int start = i / batch.time() * batch.time();
                int[] seen = Arrays.copyOfRange(batch.tokens(), start, i + 1);
                assertEquals(values[i], rollouts.old()[i], 1e-5);
                assertEquals(
                        Math.log(reference.probabilities(seen)[batch.targets()[i]]), rollouts.reference()[i], 1e-5);
            } else {
                assertEquals(0, rollouts.old()[i]);
            }
        }
    }

    /** What another model says takes the place of what the drawing one said; the reference stays. */
    @Test
    void judgedByAnotherPolicyTheReferenceStays() {
        var rollouts = drawn(List.of(new int[] {0}, new int[] {1, 2, 3}));
        var other = TableModel.random(V, 12, 1, 3);
        try (var passes = new Slices(other, 1)) {
            var judged = rollouts.judgedBy(passes);
            var batch = rollouts.batch();
            for (int i = 0; i < judged.old().length; i++) {
                if (rollouts.counts(i)) {
                    int start = i / batch.time() * batch.time();
                    int[] seen = Arrays.copyOfRange(batch.tokens(), start, i + 1);
                    assertEquals(Math.log(other.probabilities(seen)[batch.targets()[i]]), judged.old()[i], 1e-5);
                    assertEquals(rollouts.reference()[i], judged.reference()[i]);
                }
            }
        }
    }

    /** By hand: entropies weigh by tokens, and only what the model itself ended has a length of those that ended. */
    @Test
    void completionsAreDescribedByTheirTokensAndEnds() {
        var metrics = new HashMap<String, Double>();
        RolloutMetrics.completions(
                List.of(
                        said(1, 2, Finish.STOP),
                        said(3, 1, Finish.STOP),
                        said(6, 0.5, Finish.CONTEXT),
                        said(5, 0.2, Finish.LENGTH)),
                metrics);
        assertEquals((2 + 3 + 3 + 1) / 15.0, metrics.get("entropy"), 1e-12);
        assertEquals(15 / 4.0, metrics.get("completions/mean_length"));
        assertEquals(2, metrics.get("completions/mean_terminated_length"));
        assertEquals(3, metrics.get("completions/max_terminated_length"));
        assertEquals(0.5, metrics.get("completions/clipped_ratio"));
    }

    private static Generation said(int tokens, double entropy, Finish finish) {
        return new Generation(new int[1], new int[tokens], new float[tokens], new float[tokens], entropy, finish);
    }

    @Test
    void meanKlIsTheDivergenceOfWholeCompletions() {
        var rollouts = drawn(Collections.nCopies(20_000, new int[] {2}));
        double exact = divergence(new int[] {2}, 4);
        var kl = Arrays.stream(rollouts.kl()).summaryStatistics();
        assertEquals(exact, kl.getAverage(), 0.04, "exact " + exact);
    }

    @Test
    void thePenaltyOfGrpoIsAnUnbiasedEstimateOfTheDivergencePerToken() {
        // One token each, so that the exact divergence is a sum over the vocabulary.
        var sampling = Sampling.atTemperature(1).maxTokens(1).seed(4);
        var generations = new Generator(policy, 2).generate(Collections.nCopies(20_000, new int[] {2}), sampling);
        var rollouts = rollouts(generations);
        var loss = Grpo.numGenerations(2)
                .beta(1)
                .biasCorrectedKl(false)
                .objective(
                        new Rollouts(
                                rollouts.batch(),
                                2,
                                new double[20_000],
                                rollouts.finishes(),
                                rollouts.old(),
                                rollouts.reference()),
                        1)
                .loss(rollouts.batch(), 0, 20_000, rollouts.old(), new float[rollouts.old().length]);
        assertEquals(divergence(new int[] {2}, 1), loss, 0.03);
    }

    @Test
    void theBatchHoldsPromptAndCompletion() {
        var generations = List.of(
                new Generation(
                        new int[] {1, 2},
                        new int[] {3, 4},
                        new float[] {-1, -2},
                        new float[2],
                        0,
                        Generation.Finish.STOP),
                new Generation(
                        new int[] {1, 2}, new int[] {0}, new float[] {-3}, new float[1], 0, Generation.Finish.LENGTH));
        var rollouts = rollouts(generations);
        assertArrayEquals(new int[] {1, 2, 3, 1, 2, 0}, rollouts.batch().tokens());
        assertArrayEquals(new float[] {0, 1, 1, 0, 1, 0}, rollouts.batch().weights());
        assertArrayEquals(new float[] {0, -1, -2, 0, -3, 0}, rollouts.old());
        assertFalse(rollouts.isCut(0));
        assertTrue(rollouts.isCut(1));
    }

    private Rollouts drawn(List<int[]> prompts) {
        return rollouts(new Generator(policy, 2).generate(prompts, SAMPLING));
    }

    private Rollouts rollouts(List<Generation> generations) {
        try (var slices = new Slices(reference, 2)) {
            return Rollouts.of(generations, 2, new double[generations.size()], slices);
        }
    }

    /** Σ p(completion) (log p − log q) by enumeration. */
    private double divergence(int[] seen, int left) {
        double[] p = policy.probabilities(seen);
        double[] q = reference.probabilities(seen);
        double sum = 0;
        for (int v = 0; v < V; v++) {
            int[] more = IntStream.concat(IntStream.of(seen), IntStream.of(v)).toArray();
            double rest = v == 4 || left == 1 ? 0 : divergence(more, left - 1);
            sum += p[v] * (Math.log(p[v] / q[v]) + rest);
        }
        return sum;
    }
}
