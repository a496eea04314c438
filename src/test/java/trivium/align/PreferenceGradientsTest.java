package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.align.Dpo.LossType;
import trivium.train.TrainLoop;

/**
 * The gradient of losses of comparisons in a world that is enumerated: the mean over sampled comparisons of what their
 * objective does, the sum over all of them, and finite differences of the expected loss, written down here anew.
 */
class PreferenceGradientsTest {

    private static final int V = 3;
    private static final int SAMPLES = 6_000;

    private static final TabularPolicy REFERENCE = TabularPolicy.random(V, 2, 0.8, 1);
    private static final TabularPolicy POLICY = TabularPolicy.random(V, 2, 0.8, 2);
    private static final EnumeratedWorld WORLD = EnumeratedWorld.of(REFERENCE, 2, 2, 0)
            .reward(y -> 2 * Math.sin(3 * y.tokens()[0] + y.tokens()[y.tokens().length - 1]));
    private static final int N = WORLD.completions().size();

    /**
     * A completion as a loss sees it.
     *
     * @param now log π
     * @param ref log π_ref
     */
    record Says(double now, double ref, int tokens) {
        double ratio() {
            return now - ref;
        }

        double mean() {
            return now / tokens;
        }
    }

    interface Loss {
        double of(Says chosen, Says rejected);
    }

    record Case(String name, PairLoss loss, Loss formula, double likelihood) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double missed(double x) {
        return Math.log1p(Math.exp(-x));
    }

    private static double logOdds(double mean) {
        return mean - Math.log(1 - Math.exp(mean));
    }

    static Stream<Case> losses() {
        return Stream.of(
                new Case("dpo", Dpo.beta(0.7), (c, r) -> missed(0.7 * (c.ratio() - r.ratio())), 0),
                new Case(
                        "conservative dpo",
                        Dpo.conservative(0.7, 0.2),
                        (c, r) -> {
                            double z = 0.7 * (c.ratio() - r.ratio());
                            return 0.8 * missed(z) + 0.2 * missed(-z);
                        },
                        0),
                new Case(
                        "robust dpo",
                        Dpo.robust(0.7, 0.2),
                        (c, r) -> {
                            double z = 0.7 * (c.ratio() - r.ratio());
                            return (0.8 * missed(z) - 0.2 * missed(-z)) / 0.6;
                        },
                        0),
                new Case(
                        "ipo",
                        Dpo.ipo(0.7),
                        (c, r) -> Math.pow(c.ratio() / c.tokens - r.ratio() / r.tokens - 1 / 1.4, 2),
                        0),
                new Case("hinge", Dpo.hinge(0.7), (c, r) -> Math.max(0, 1 - 0.7 * (c.ratio() - r.ratio())), 0),
                new Case(
                        "dpo, length-normalised",
                        Dpo.lengthNormalised(2),
                        (c, r) -> missed(2 * (c.ratio() / c.tokens - r.ratio() / r.tokens)),
                        0),
                new Case(
                        "apo-zero",
                        Dpo.apoZero(0.7),
                        (c, r) -> 1 - sigmoid(0.7 * c.ratio()) + sigmoid(0.7 * r.ratio()),
                        0),
                new Case(
                        "nca",
                        Dpo.beta(0.7).lossType(LossType.NCA_PAIR),
                        (c, r) -> missed(0.7 * c.ratio()) + (missed(-0.7 * c.ratio()) + missed(-0.7 * r.ratio())) / 2,
                        0),
                new Case(
                        "sppo",
                        Dpo.beta(0.7).lossType(LossType.SPPO_HARD),
                        (c, r) -> Math.pow(c.ratio() - 1 / 1.4, 2) + Math.pow(r.ratio() + 1 / 1.4, 2),
                        0),
                new Case("simpo", SimPo.beta(2).gamma(0.5), (c, r) -> missed(2 * (c.mean() - r.mean()) - 0.5), 0),
                new Case("cpo", Cpo.beta(0.7).alpha(0.6), (c, r) -> missed(0.7 * (c.now - r.now)), 0.6),
                new Case("orpo", Orpo.beta(0.7), (c, r) -> 0.7 * missed(logOdds(c.mean()) - logOdds(r.mean())), 1));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theMeanOfSampledGradientsIsTheEnumeratedOne(Case of) {
        // the likelihood of all chosen answers is a mean over their tokens; of a single pair, over the pair's
        double tokens = expectation((c, _) -> c.tokens, parameters());
        double[] ofAll = differences(theta ->
                expectation(of.formula, theta) + of.likelihood * expectation((c, _) -> -c.now, theta) / tokens);
        assertArrayEquals(ofAll, WORLD.gradient(POLICY, of.loss), 1e-5, "the sum over all comparisons");

        double[] ofOne =
                differences(theta -> expectation((c, r) -> of.formula.of(c, r) - of.likelihood * c.mean(), theta));
        var comparisons = WORLD.comparisons();
        var caught = new ExpectedGradient.Catcher();
        try (var loop = new TrainLoop(POLICY, caught, Double.POSITIVE_INFINITY, 1)) {
            var random = new SplittableRandom(7);
            AlgorithmGradientsTest.assertMeanIs(
                    ofOne,
                    IntStream.range(0, SAMPLES)
                            .mapToObj(_ -> {
                                var pair = comparisons.sample(1, random);
                                loop.step(pair.batch(), of.loss.objective(pair.reference()), 1);
                                return caught.take();
                            })
                            .toList());
        }
    }

    /** KTO on answers of the reference that are good as often as their reward says, with a distance that is given. */
    @Test
    void theMeanOfSampledKtoGradientsIsTheEnumeratedOne() {
        double distance = 0.3;
        var kto = Kto.beta(0.7).undesirableWeight(1.5);
        double[] p = WORLD.probabilities();
        double[] expected = differences(theta -> IntStream.range(0, N)
                .mapToDouble(i -> {
                    double z = 0.7 * (says(i, theta).ratio() - distance);
                    double good = sigmoid(WORLD.rewards()[i]);
                    return p[i] * (good * (1 - sigmoid(z)) + 1.5 * (1 - good) * (1 - sigmoid(-z)));
                })
                .sum());
        var caught = new ExpectedGradient.Catcher();
        try (var loop = new TrainLoop(POLICY, caught, Double.POSITIVE_INFINITY, 1)) {
            var random = new SplittableRandom(7);
            AlgorithmGradientsTest.assertMeanIs(
                    expected,
                    IntStream.range(0, SAMPLES)
                            .mapToObj(_ -> {
                                int i = drawn(p, random.nextDouble());
                                boolean good = random.nextDouble() < sigmoid(WORLD.rewards()[i]);
                                var one = WORLD.rollouts(new int[] {i}, 1, new double[1], WORLD.values(REFERENCE));
                                double reference = says(i, parameters()).ref;
                                loop.step(
                                        one.batch(),
                                        kto.objective(new double[] {reference}, new boolean[] {good}, distance),
                                        1);
                                return caught.take();
                            })
                            .toList());
        }
    }

    private static int drawn(double[] p, double uniform) {
        int i = 0;
        for (double left = uniform; i < N - 1 && left >= p[i]; i++) {
            left -= p[i];
        }
        return i;
    }

    /**
     * Both answers are the reference's, and each wins as often as Bradley and Terry say: i is the first of the two or
     * the second, so it wins against j twice as often as that.
     */
    private static double expectation(Loss loss, double[] theta) {
        double[] p = WORLD.probabilities();
        double sum = 0;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double wins = 1 / (1 + Math.exp(WORLD.rewards()[j] - WORLD.rewards()[i]));
                sum += 2 * p[i] * p[j] * wins * loss.of(says(i, theta), says(j, theta));
            }
        }
        return sum;
    }

    private static Says says(int i, double[] theta) {
        int[] tokens = WORLD.completions().get(i).tokens();
        return new Says(
                Arrays.stream(AlgorithmGradientsTest.logProbs(theta, tokens)).sum(),
                Arrays.stream(AlgorithmGradientsTest.logProbs(AlgorithmGradientsTest.parameters(REFERENCE), tokens))
                        .sum(),
                tokens.length);
    }

    private static double[] parameters() {
        return AlgorithmGradientsTest.parameters(POLICY);
    }

    private static double[] differences(ToDoubleFunction<double[]> of) {
        return AlgorithmGradientsTest.differences(parameters(), of);
    }
}
