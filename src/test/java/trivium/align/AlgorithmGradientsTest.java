package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.align.Grpo.ImportanceSampling;
import trivium.align.Grpo.KlIn;
import trivium.align.Grpo.LossType;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Slices;
import trivium.train.TrainLoop;

/**
 * The gradient of every algorithm, three ways: the mean over sampled completions of what its learner does, the sum over
 * all groups of what its learner does, and finite differences of the expected loss, which is written down here anew
 * from the papers, in float64. The policy that learns is not the one that drew, so that ratios, clips and gates matter.
 */
class AlgorithmGradientsTest {

    private static final int V = 3;
    private static final int END = 2;
    private static final int L = 2;
    private static final int G = 3;
    private static final int GROUPS = 4_000;
    private static final double STEP = 1e-4;
    /** Rows of the table that are met: after the prompt 0, after 0 0 and after 0 1. */
    private static final int[] ROWS = {0, 3, 4};

    private static final TabularPolicy REFERENCE = TabularPolicy.random(V, L, 0.8, 1);
    private static final TabularPolicy OLD = TabularPolicy.random(V, L, 0.6, 2);
    private static final TabularPolicy POLICY = near(OLD, 0.4, 3);
    private static final TabularPolicy VALUES = TabularPolicy.random(V, L, 0.5, 4);
    private static final EnumeratedWorld WORLD = EnumeratedWorld.of(REFERENCE, END, L, 0)
            .reward(y -> Math.sin(3 * y.tokens()[0] + y.tokens()[y.tokens().length - 1]) + 0.3 * y.tokens().length);
    private static final int[][] SAYS =
            WORLD.completions().stream().map(EnumeratedWorld.Completion::tokens).toArray(int[][]::new);

    private static TabularPolicy near(TabularPolicy policy, double spread, long seed) {
        var near = policy.copy();
        var random = new SplittableRandom(seed);
        for (long i = 0; i < near.parameters().count(); i++) {
            var values = near.parameters().values();
            values.set(i, (float) (values.get(i) + spread * random.nextGaussian()));
        }
        return near;
    }

    /** A group of completions: log-probabilities of the tokens of each under π, π_old and π_ref, values, rewards. */
    record Group(double[][] now, double[][] old, double[][] ref, double[][] values, double[] rewards) {

        int tokens() {
            return Arrays.stream(now).mapToInt(row -> row.length).sum();
        }

        double divergence(int i) {
            return IntStream.range(0, old[i].length)
                    .mapToDouble(t -> old[i][t] - ref[i][t])
                    .sum();
        }

        double[] lessMean(double[] of) {
            double mean = Arrays.stream(of).average().orElseThrow();
            return Arrays.stream(of).map(r -> r - mean).toArray();
        }

        double[] scaled(double[] of) {
            double[] less = lessMean(of);
            double deviation = Math.sqrt(Arrays.stream(less).map(x -> x * x).sum() / (of.length - 1));
            return Arrays.stream(less).map(x -> x / (deviation + 1e-4)).toArray();
        }

        double ratio(int i, int t) {
            return Math.exp(now[i][t] - old[i][t]);
        }

        /** GSPO's. */
        double meanRatio(int i) {
            return Math.exp(IntStream.range(0, now[i].length)
                    .mapToDouble(t -> now[i][t] - old[i][t])
                    .average()
                    .orElseThrow());
        }

        double ofTokens(OfToken term) {
            double sum = 0;
            for (int i = 0; i < now.length; i++) {
                for (int t = 0; t < now[i].length; t++) {
                    sum += term.of(i, t);
                }
            }
            return sum;
        }

        double[] returns(double beta) {
            return IntStream.range(0, G)
                    .mapToDouble(i -> rewards[i] - beta * divergence(i))
                    .toArray();
        }
    }

    interface OfToken {
        double of(int i, int t);
    }

    /**
     * The loss of a group; what is not to be differentiated is computed from {@code at}, the policy where it stands.
     */
    interface Loss {
        double of(Group group, Group at);
    }

    record Case(String name, Algorithm algorithm, Loss loss) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static double clipped(double ratio, double advantage, double low, double high) {
        return Math.min(ratio * advantage, Math.clamp(ratio, 1 - low, 1 + high) * advantage);
    }

    private static double k3(double d) {
        return Math.exp(-d) + d - 1;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static Stream<Case> algorithms() {
        var plain = Grpo.numGenerations(G).beta(0);
        return Stream.of(
                new Case("grpo, as published", Grpo.grpo(G).beta(0.3), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -g.ofTokens(
                            (i, t) -> (clipped(g.ratio(i, t), a[i], 0.2, 0.2) - 0.3 * k3(g.now[i][t] - g.ref[i][t]))
                                    / g.now[i].length
                                    / G);
                }),
                new Case("bnpo", plain.lossType(LossType.BNPO), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i], 0.2, 0.2) / g.tokens());
                }),
                new Case("dr_grpo", Grpo.drGrpo(G), (g, _) -> {
                    double[] a = g.lessMean(g.rewards);
                    return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i], 0.2, 0.2) / (G * L));
                }),
                new Case(
                        "dapo, clip-higher, corrected k3",
                        plain.lossType(LossType.DAPO).epsilonHigh(0.28).beta(0.3),
                        (g, _) -> {
                            double[] a = g.scaled(g.rewards);
                            return -g.ofTokens((i, t) -> (clipped(g.ratio(i, t), a[i], 0.2, 0.28)
                                            - 0.3 * g.ratio(i, t) * k3(g.now[i][t] - g.ref[i][t]))
                                    / g.tokens());
                        }),
                new Case(
                        "dapo, with a price for nearly too long",
                        plain.lossType(LossType.DAPO).epsilonHigh(0.28).overlong(0.75, 0.9),
                        (g, _) -> {
                            // The buffer is the last 1.5 of the 2 tokens: one token pays a third, two pay all of 0.9.
                            double[] a = g.scaled(IntStream.range(0, G)
                                    .mapToDouble(i -> g.rewards[i] - (g.now[i].length == 1 ? 0.3 : 0.9))
                                    .toArray());
                            return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i], 0.2, 0.28) / g.tokens());
                        }),
                new Case("gspo", Grpo.gspo(G).epsilon(0.1).epsilonHigh(0.15), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -IntStream.range(0, G)
                                    .mapToDouble(i -> clipped(g.meanRatio(i), a[i], 0.1, 0.15))
                                    .sum()
                            / G;
                }),
                new Case("cispo", Grpo.cispo(G).epsilonHigh(1.1), (g, at) -> {
                    double[] a = g.scaled(g.rewards);
                    return -g.ofTokens((i, t) -> Math.min(at.ratio(i, t), 1.1) * a[i] * g.now[i][t] / g.tokens());
                }),
                new Case("sapo", Grpo.sapo(G).sapoTemperatures(1.5, 2.5), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -g.ofTokens((i, t) -> {
                        double temperature = a[i] > 0 ? 1.5 : 2.5;
                        return 4
                                / temperature
                                * sigmoid(temperature * (g.ratio(i, t) - 1))
                                * a[i]
                                / g.now[i].length
                                / G;
                    });
                }),
                new Case("luspo", Grpo.luspo(G).epsilon(0.1).epsilonHigh(0.15), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -IntStream.range(0, G)
                                    .mapToDouble(i -> g.now[i].length * clipped(g.meanRatio(i), a[i], 0.1, 0.15))
                                    .sum()
                            / G;
                }),
                new Case("grpo, two-sided clip", plain.delta(1.15), (g, _) -> {
                    double[] a = g.scaled(g.rewards);
                    return -g.ofTokens((i, t) -> {
                        double ratio = g.ratio(i, t);
                        return Math.min(Math.min(ratio, 1.15) * a[i], Math.clamp(ratio, 0.8, 1.2) * a[i]) / g.tokens();
                    });
                }),
                new Case(
                        "grpo, k1 in the reward",
                        plain.beta(0.3).klEstimator(KlEstimator.K1).klIn(KlIn.REWARD),
                        (g, _) -> {
                            double[] a = g.scaled(g.returns(0.3));
                            return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i], 0.2, 0.2) / g.tokens());
                        }),
                new Case(
                        "grpo, sequence level with a corrected penalty",
                        plain.lossType(LossType.GRPO)
                                .importanceSamplingLevel(ImportanceSampling.SEQUENCE)
                                .beta(0.3),
                        (g, _) -> {
                            double[] a = g.scaled(g.rewards);
                            return -g.ofTokens((i, t) -> (clipped(g.meanRatio(i), a[i], 0.2, 0.2)
                                            - 0.3 * g.meanRatio(i) * k3(g.now[i][t] - g.ref[i][t]))
                                    / g.now[i].length
                                    / G);
                        }),
                new Case("rloo", Rloo.numGenerations(G).beta(0.3), (g, _) -> {
                    double[] r = g.returns(0.3);
                    double sum = Arrays.stream(r).sum();
                    return -g.ofTokens((i, t) -> (r[i] - (sum - r[i]) / (G - 1)) * g.now[i][t] / G);
                }),
                new Case("rloo, clipped", Rloo.numGenerations(G).beta(0.3).epsilon(0.2), (g, _) -> {
                    double[] r = g.returns(0.3);
                    double sum = Arrays.stream(r).sum();
                    return -IntStream.range(0, G)
                                    .mapToDouble(i -> clipped(
                                            Math.pow(g.meanRatio(i), g.now[i].length),
                                            r[i] - (sum - r[i]) / (G - 1),
                                            0.2,
                                            0.2))
                                    .sum()
                            / G;
                }),
                new Case("reinforce++", ReinforcePlusPlus.numGenerations(G).beta(0.3), (g, _) -> {
                    double[][] a = whitened(g, togo(g, 0.3), 0);
                    return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i][t], 0.2, 0.2) / g.tokens());
                }),
                new Case(
                        "reinforce++ with a baseline",
                        ReinforcePlusPlus.baseline(G).beta(0.3),
                        (g, _) -> {
                            double[] less = g.lessMean(g.rewards);
                            double[][] a = whitened(
                                    g,
                                    IntStream.range(0, G)
                                            .mapToObj(i -> IntStream.range(0, g.now[i].length)
                                                    .mapToDouble(_ -> less[i])
                                                    .toArray())
                                            .toArray(double[][]::new),
                                    0);
                            return -g.ofTokens((i, t) -> {
                                double d = g.now[i][t] - g.ref[i][t];
                                return (clipped(g.ratio(i, t), a[i][t], 0.2, 0.2) - 0.3 * d * d / 2) / g.tokens();
                            });
                        }),
                new Case("ppo", Ppo.numGenerations(G).beta(0.3).epochs(1).lambda(0.9), (g, _) -> {
                    double[][] a = whitened(g, gae(g, 0.3, 0.9), 1);
                    return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i][t], 0.2, 0.2) / g.tokens());
                }),
                new Case(
                        "ppo, nothing whitened",
                        Ppo.numGenerations(G).beta(0.3).epochs(1).lambda(1).whitening(Gae.Whitening.NONE),
                        (g, _) -> {
                            double[][] a = gae(g, 0.3, 1);
                            return -g.ofTokens((i, t) -> clipped(g.ratio(i, t), a[i][t], 0.2, 0.2) / g.tokens());
                        }));
    }

    /** What is earned from each token on. */
    private static double[][] togo(Group g, double beta) {
        return IntStream.range(0, G)
                .mapToObj(i -> IntStream.range(0, g.old[i].length)
                        .mapToDouble(t -> g.rewards[i]
                                - beta
                                        * IntStream.range(t, g.old[i].length)
                                                .mapToDouble(u -> g.old[i][u] - g.ref[i][u])
                                                .sum())
                        .toArray())
                .toArray(double[][]::new);
    }

    /** Σ_l λ^l δ_{t+l}, each from its own sum. */
    private static double[][] gae(Group g, double beta, double lambda) {
        return IntStream.range(0, G)
                .mapToObj(i -> {
                    int n = g.old[i].length;
                    double[] delta = IntStream.range(0, n)
                            .mapToDouble(t -> -beta * (g.old[i][t] - g.ref[i][t])
                                    + (t == n - 1 ? g.rewards[i] : g.values[i][t + 1])
                                    - g.values[i][t])
                            .toArray();
                    return IntStream.range(0, n)
                            .mapToDouble(t -> IntStream.range(t, n)
                                    .mapToDouble(u -> Math.pow(lambda, u - t) * delta[u])
                                    .sum())
                            .toArray();
                })
                .toArray(double[][]::new);
    }

    /**
     * To mean 0 and deviation 1 over the group's tokens; {@code less} is what the number of tokens is lessened by. A
     * variance of nothing is OpenRLHF's least for REINFORCE++, and TRL's addend for PPO.
     */
    private static double[][] whitened(Group g, double[][] of, int less) {
        double mean = g.ofTokens((i, t) -> of[i][t]) / g.tokens();
        double variance = g.ofTokens((i, t) -> (of[i][t] - mean) * (of[i][t] - mean)) / (g.tokens() - less);
        return Arrays.stream(of)
                .map(row -> Arrays.stream(row)
                        .map(x -> (x - mean) / Math.sqrt(less == 0 ? Math.max(variance, 1e-8) : variance + 1e-8))
                        .toArray())
                .toArray(double[][]::new);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void theMeanOfSampledGradientsIsTheEnumeratedOne(Case of) {
        double[] expected = differences(parameters(POLICY), theta -> expectation(of.loss, theta));
        try (var learner = new ExpectedGradient(WORLD, POLICY, of.algorithm)) {
            if (learner.learner().state().get("value") instanceof TrainLoop value) {
                var table = value.tensors().get("head.weight").values();
                for (int row = 0; row < table.size(); row++) {
                    table.set(row, VALUES.parameters().values().get((long) row * V));
                }
            }
            assertArrayEquals(expected, learner.of(OLD), 1e-5, "the sum over all groups");
            var random = new SplittableRandom(5);
            assertMeanIs(
                    expected,
                    sampledGroups(random, of.algorithm).map(learner::of).toList());
        }
    }

    /** Groups that are drawn, token by token, from π_old; their rewards are those that the algorithm learns from. */
    private static Stream<Rollouts> sampledGroups(SplittableRandom random, Algorithm algorithm) {
        var sampling = Sampling.atTemperature(1).maxTokens(L).stop(END).seed(random.nextLong());
        var drawn = new Generator(OLD, 1).generate(Collections.nCopies(G * GROUPS, new int[] {0}), sampling);
        var rewards = WORLD.rewards();
        var reference = new Slices(REFERENCE, 1);
        return IntStream.range(0, GROUPS)
                .mapToObj(group -> {
                    var some = drawn.subList(G * group, G * (group + 1));
                    double[] earned = some.stream()
                            .mapToDouble(y -> rewards[place(y.tokens())])
                            .toArray();
                    int[] lengths =
                            some.stream().mapToInt(y -> y.tokens().length).toArray();
                    return Rollouts.of(some, G, algorithm.shape(earned, lengths, L), reference);
                })
                .onClose(reference::close);
    }

    private static int place(int... tokens) {
        return IntStream.range(0, SAYS.length)
                .filter(i -> Arrays.equals(SAYS[i], tokens))
                .findFirst()
                .orElseThrow();
    }

    static void assertMeanIs(double[] expected, List<double[]> samples) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int k = 0; k < expected.length; k++) {
            int place = k;
            double mean = samples.stream().mapToDouble(g -> g[place]).average().orElseThrow();
            double squares = samples.stream()
                    .mapToDouble(g -> (g[place] - mean) * (g[place] - mean))
                    .sum();
            double error = Math.sqrt(squares / (samples.size() - 1) / samples.size());
            assertEquals(expected[k], mean, 4 * error + 1e-6, "parameter " + k);
            assertTrue(error < 0.2 * largest, "so rough a mean would agree with anything: ± " + error);
        }
    }

    /** The loss of all V^G groups, each with the probability that π_old draws it. */
    private static double expectation(Loss loss, double[] theta) {
        double[] at = parameters(POLICY);
        double sum = 0;
        int n = SAYS.length;
        for (int code = 0; code < n * n * n; code++) {
            int[] of = {code % n, code / n % n, code / n / n};
            double p = Math.exp(IntStream.of(of)
                    .mapToDouble(i ->
                            Arrays.stream(logProbs(parameters(OLD), SAYS[i])).sum())
                    .sum());
            sum += p * loss.of(group(of, theta), group(of, at));
        }
        return sum;
    }

    private static Group group(int[] of, double[] theta) {
        return new Group(
                rows(of, y -> logProbs(theta, y)),
                rows(of, y -> logProbs(parameters(OLD), y)),
                rows(of, y -> logProbs(parameters(REFERENCE), y)),
                rows(
                        of,
                        y -> IntStream.range(0, y.length)
                                .mapToDouble(t -> parameters(VALUES)[V * row(y, t)])
                                .toArray()),
                IntStream.of(of).mapToDouble(i -> WORLD.rewards()[i]).toArray());
    }

    private interface OfCompletion {
        double[] of(int[] completion);
    }

    private static double[][] rows(int[] of, OfCompletion function) {
        return IntStream.of(of).mapToObj(i -> function.of(SAYS[i])).toArray(double[][]::new);
    }

    static double[] parameters(TabularPolicy policy) {
        return IntStream.range(0, (int) policy.parameters().count())
                .mapToDouble(policy.parameters().values()::get)
                .toArray();
    }

    /** The row of the table before token t: that of "0", or of "0 y". */
    private static int row(int[] completion, int t) {
        return t == 0 ? 0 : V + completion[0];
    }

    /** Of each token, by a softmax of its own. */
    static double[] logProbs(double[] theta, int[] completion) {
        return IntStream.range(0, completion.length)
                .mapToDouble(t -> {
                    int at = V * row(completion, t);
                    double sum = IntStream.range(0, V)
                            .mapToDouble(v -> Math.exp(theta[at + v]))
                            .sum();
                    return theta[at + completion[t]] - Math.log(sum);
                })
                .toArray();
    }

    /** Central differences at the parameters that matter, 0 at the others. */
    static double[] differences(double[] theta, ToDoubleFunction<double[]> of) {
        var slopes = new double[theta.length];
        for (int row : ROWS) {
            for (int k = V * row; k < V * (row + 1); k++) {
                double[] up = theta.clone();
                double[] down = theta.clone();
                up[k] += STEP;
                down[k] -= STEP;
                slopes[k] = (of.applyAsDouble(up) - of.applyAsDouble(down)) / (2 * STEP);
            }
        }
        return slopes;
    }
}
