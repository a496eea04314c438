package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.generate.TableModel;
import trivium.model.Slices;
import trivium.tensor.Floats;
import trivium.train.Objective;

/**
 * The gradient an algorithm estimates from rollouts is that of the expected return, which a table model lets us
 * enumerate.
 */
class PolicyGradientTest {

    private static final int V = 3;
    private static final int STOP = 2;
    private static final int TOKENS = 2;
    private static final int ROWS = 60_000;

    private final TableModel policy = TableModel.random(V, 8, 0.7, 5);
    private final TableModel reference = TableModel.random(V, 8, 0.7, 6);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    void reinforceFollowsTheExpectedReturn(double kl) {
        double[] estimate = estimate(Rloo.numGenerations(3).beta(kl)::objective);
        for (int i = 0; i < estimate.length; i++) {
            assertEquals(slope(i, kl), -estimate[i], 0.012, "parameter " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0.5, true", "0.5, false"})
    void unscaledGrpoFollowsTheExpectedRewardAndThePenaltyIsAdded(double kl, boolean corrected) {
        var grpo = Grpo.numGenerations(3).scaleRewards(Grpo.ScaleRewards.NONE).biasCorrectedKl(corrected);
        double[] reward = estimate(grpo.beta(0));
        double[] both = estimate(grpo.beta(kl));
        double[] penalty = estimate(grpo.beta(1));
        double tokens = lengths() * ROWS;
        for (int i = 0; i < reward.length; i++) {
            // The mean of a group includes the completion itself, which shrinks the gradient by (G − 1) / G.
            assertEquals(slope(i, 0), -reward[i] * tokens / ROWS * 3 / 2, 0.02, "parameter " + i);
            assertEquals(reward[i] + kl * (penalty[i] - reward[i]), both[i], 1e-4, "parameter " + i);
        }
    }

    private double[] estimate(Grpo grpo) {
        return estimate(rollouts -> grpo.objective(rollouts, TOKENS));
    }

    /** dL/dθ of one large batch of rollouts. */
    private double[] estimate(Function<Rollouts, Objective> algorithm) {
        var sampling = Sampling.atTemperature(1).maxTokens(TOKENS).stop(STOP).seed(1);
        var generations = new Generator(policy, 2).generate(Collections.nCopies(ROWS, new int[] {0}), sampling);
        double[] rewards =
                generations.stream().mapToDouble(g -> reward(g.tokens())).toArray();
        Rollouts rollouts;
        try (var slices = new Slices(reference, 2)) {
            rollouts = Rollouts.of(generations, 3, rewards, slices);
        }
        var batch = rollouts.batch();
        var values = new float[ROWS * batch.time()];
        var slopes = new float[values.length];
        var pass = policy.pass(ROWS, batch.time());
        pass.forward(batch.tokens(), batch.targets(), 0, ROWS, batch.time(), values);
        algorithm.apply(rollouts).loss(batch, 0, ROWS, values, slopes);
        var gradient = Floats.zeros(policy.parameters().count());
        pass.backward(slopes);
        pass.gradient(false, gradient);
        return IntStream.range(0, 2 * V * V).mapToDouble(gradient::get).toArray();
    }

    /** The derivative of the exact expected return. */
    private double slope(int parameter, double kl) {
        var values = policy.parameters().values();
        float was = values.get(parameter);
        float step = 1f / 256;
        values.set(parameter, was + step);
        double up = expected(new int[0], 1, kl);
        values.set(parameter, was - step);
        double down = expected(new int[0], 1, kl);
        values.set(parameter, was);
        return (up - down) / (2.0 * step);
    }

    /** Σ p(completion) (r − β log p/q) over all completions that begin like this. */
    private double expected(int[] completion, double p, double kl) {
        if (completion.length == TOKENS || completion.length > 0 && completion[completion.length - 1] == STOP) {
            double q = Math.exp(reference.logProb(new int[] {0}, completion));
            return p * (reward(completion) - kl * Math.log(p / q));
        }
        double[] next = policy.probabilities(
                IntStream.concat(IntStream.of(0), IntStream.of(completion)).toArray());
        double sum = 0;
        for (int v = 0; v < V; v++) {
            sum += expected(
                    IntStream.concat(IntStream.of(completion), IntStream.of(v)).toArray(), p * next[v], kl);
        }
        return sum;
    }

    /** The mean number of tokens: one, and another if the first does not stop. */
    private double lengths() {
        return 2 - policy.probabilities(0)[STOP];
    }

    private static double reward(int[] completion) {
        return IntStream.range(0, completion.length)
                .mapToDouble(i -> completion[i] == 1 ? 2 - i : completion[i] == STOP ? 0.5 : 0)
                .sum();
    }
}
