package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.Grpo.ImportanceSampling;
import trivium.align.Grpo.KlIn;
import trivium.align.Grpo.LossType;
import trivium.align.Grpo.ScaleRewards;
import trivium.generate.Generation.Finish;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/** What TRL's lines do not show: settings that they leave alone, ratios far away, and what the other algorithms do. */
class GrpoFamilyTest {

    private static final int ROWS = 6;
    private static final int TIME = 5;
    private static final int GROUP = 3;

    private static Stream<Grpo> grpos() {
        return Arrays.stream(LossType.values()).flatMap(type -> {
            var one = type == LossType.CISPO
                    ? Grpo.cispo(GROUP)
                    : Grpo.numGenerations(GROUP).lossType(type);
            return Stream.of(ImportanceSampling.values())
                    .flatMap(level -> Stream.of(KlEstimator.values())
                            .flatMap(estimator -> Stream.of(true, false)
                                    .map(corrected -> one.importanceSamplingLevel(level)
                                            .beta(0.5)
                                            .klEstimator(estimator)
                                            .biasCorrectedKl(corrected))));
        });
    }

    private static Stream<Function<Rollouts, Objective>> objectives() {
        return Stream.concat(
                grpos().map(grpo -> rollouts -> grpo.objective(rollouts, TIME)),
                Stream.of(
                        Rloo.numGenerations(GROUP)::objective,
                        Rloo.numGenerations(GROUP).epsilon(0.2).normalizeAdvantages(true)::objective,
                        ReinforcePlusPlus.numGenerations(1)::objective,
                        ReinforcePlusPlus.baseline(GROUP)::objective));
    }

    /** CISPO's factor is constant in the gradient, so its gradient is that of no loss. */
    @ParameterizedTest
    @MethodSource("grpos")
    void theGradientIsTheDerivativeOfTheLoss(Grpo grpo) {
        if (grpo.lossType() != LossType.CISPO) {
            var rollouts = rollouts();
            Differences.check(grpo.objective(rollouts, TIME), rollouts.batch(), moved(rollouts, 0.5));
            Differences.checkSlices(grpo.objective(rollouts, TIME), rollouts.batch(), moved(rollouts, 0.5));
        }
    }

    /** Where e^x goes on as its tangent, the gradient is still that of the loss. */
    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void beyondTwentyNatsToo(KlEstimator estimator) {
        for (double x : new double[] {-25, 19.5, 25}) {
            double step = 1e-4;
            double slope = (Exponential.of(x + step) - Exponential.of(x - step)) / (2 * step);
            assertEquals(1, slope / Exponential.slope(x), 1e-6, "e^" + x);
            double ofK = (estimator.value(x + step) - estimator.value(x - step)) / (2 * step);
            assertEquals(1, ofK / estimator.slope(x), 1e-6, estimator + " at " + x);
        }
        assertEquals(Exponential.of(Exponential.MOST), Exponential.of(Math.nextUp(Exponential.MOST)), 1e-5);
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void ratiosOfAHundredAndTwentyNatsGiveFiniteNumbers(Function<Rollouts, Objective> algorithm) {
        for (float far : new float[] {120, -120}) {
            for (var rollouts : List.of(rollouts(), apart(rollouts(), far))) {
                var values = rollouts.old().clone();
                for (int i = 0; i < values.length; i++) {
                    values[i] += i % 2 == 0 ? far : -far;
                }
                var gradients = new float[values.length];
                double loss =
                        algorithm.apply(rollouts).loss(rollouts.batch(), 0, ROWS, values, gradients, new Report());
                assertTrue(Double.isFinite(loss), "loss " + loss);
                for (float gradient : gradients) {
                    assertTrue(Float.isFinite(gradient), Arrays.toString(gradients));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-17, 1e-12, 3e-9, 1e-8, 1e-5, 0.1, 2})
    void k3IsNotNegativeAndRightWhereItIsTiny(double d) {
        for (double each : new double[] {d, -d}) {
            // e^−d + d − 1 by its series, in decimal numbers
            var x = new BigDecimal(-each);
            var term = x;
            var sum = BigDecimal.ZERO;
            for (int n = 2; n < 40; n++) {
                term = term.multiply(x).divide(BigDecimal.valueOf(n), new java.math.MathContext(40));
                sum = sum.add(term);
            }
            double k3 = KlEstimator.K3.value(each);
            assertTrue(k3 >= 0, each + ": " + k3);
            assertEquals(sum.doubleValue(), k3, 1e-11 * sum.doubleValue(), "d = " + each);
        }
    }

    /** DAPO, equation 13, with the paper's 16,384 tokens and 4,096 to soften the end. */
    @Test
    void completionsThatAreNearlyTooLongPayForIt() {
        int[] lengths = {10, 16_384, 17_408, 18_432, 20_480};
        double[] rewards = {1, 1, -1, 1, -1};
        assertArrayEquals(new double[] {1, 1, -1.25, 0.5, -2}, Grpo.dapo(4).shape(rewards, lengths, 20_480), 1e-12);
        assertArrayEquals(rewards, Grpo.numGenerations(4).shape(rewards, lengths, 20_480));
    }

    @Test
    void advantagesOverTheDeviationOfTheBatch() {
        // By hand: group means 2 and 5; the batch's mean is 3.5, its squared distances 6.25 + 0.25 + 2.25 + 2.25 = 11.
        double sd = Math.sqrt(11 / 3.0) + 1e-4;
        assertArrayEquals(
                new double[] {-1 / sd, 1 / sd, 0, 0},
                Grpo.numGenerations(2).scaleRewards(ScaleRewards.BATCH).advantages(new double[] {1, 3, 5, 5}),
                1e-12);
    }

    @ParameterizedTest
    @EnumSource(
            value = LossType.class,
            names = {"DAPO", "GRPO", "LUSPO"})
    void fromCompletionsThatWereCutNothingIsLearned(LossType type) {
        var finishes = List.of(Finish.STOP, Finish.LENGTH, Finish.STOP, Finish.STOP, Finish.CONTEXT, Finish.STOP_TEXT);
        var all = rollouts();
        var cut = new Rollouts(all.batch(), GROUP, all.rewards(), finishes, all.old(), all.reference());
        var grpo = Grpo.numGenerations(GROUP).lossType(type);
        var values = moved(all, 0.3);
        var whole = gradients(grpo.objective(cut, TIME), all, values);
        var masked = gradients(grpo.maskTruncatedCompletions(true).objective(cut, TIME), all, values);
        // The mean is over the tokens that are left, or over all completions.
        double more = type == LossType.DAPO ? (double) all.batch().counted() / tokens(all, row -> !cut.isCut(row)) : 1;
        for (int i = 0; i < masked.length; i++) {
            assertEquals(cut.isCut(i / TIME) ? 0 : more * whole[i], masked[i], 1e-6, "position " + i);
        }
    }

    /** In the reward, the estimate at the rollout is a price like any other. */
    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void aPenaltyInTheRewardIsAPrice(KlEstimator estimator) {
        var rollouts = rollouts();
        var priced = rollouts.rewards().clone();
        for (int i = 0; i < ROWS * TIME; i++) {
            double d = (double) rollouts.old()[i] - rollouts.reference()[i];
            priced[i / TIME] -= rollouts.counts(i)
                    ? 0.7
                            * switch (estimator) {
                                case K1 -> d;
                                case K2 -> d * d / 2;
                                case K3 -> Math.exp(-d) - 1 + d;
                            }
                    : 0;
        }
        var other = new Rollouts(
                rollouts.batch(), GROUP, priced, rollouts.finishes(), rollouts.old(), rollouts.reference());
        var grpo = Grpo.numGenerations(GROUP);
        assertArrayEquals(
                gradients(grpo.beta(0).objective(other, TIME), other, moved(other, 0.3)),
                gradients(
                        grpo.beta(0.7).klEstimator(estimator).klIn(KlIn.REWARD).objective(rollouts, TIME),
                        rollouts,
                        moved(rollouts, 0.3)),
                1e-6f);
    }

    /** Two rows of two tokens and of one; log π_old − log π_ref is 0.5, −1 and 2, β is 0.1. */
    @Test
    void reinforcePlusPlusNormalisesOverAllTokens() {
        var rollouts = new Rollouts(
                new Batch(2, 2, new int[4], new int[4], new float[] {1, 1, 1, 0}, 1),
                1,
                new double[] {1, -2},
                List.of(Finish.STOP, Finish.STOP),
                new float[] {-1, -2, -1, 0},
                new float[] {-1.5f, -1, -3, Float.NaN});
        // to go: 1 − 0.05 + 0.1 = 1.05, 1.1, and −2.2; their mean is −1/60
        double[] togo = {1.05, 1.1, -2.2};
        double mean = -0.05 / 3;
        double sd =
                Math.sqrt(Arrays.stream(togo).map(a -> (a - mean) * (a - mean)).sum() / 3);
        assertArrayEquals(
                new double[] {(1.05 - mean) / sd, (1.1 - mean) / sd, (-2.2 - mean) / sd, 0},
                ReinforcePlusPlus.numGenerations(1).beta(0.1).advantages(rollouts),
                1e-7);
        // with a baseline the group's mean, −0.5, and no price
        double of = Math.sqrt((2 * 1 * 1 + 2 * 2) / 3.0);
        assertArrayEquals(
                new double[] {1 / of, 1 / of, -2 / of, 0},
                ReinforcePlusPlus.baseline(2).beta(0.1).advantages(rollouts),
                1e-7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reinforcePlusPlusGradientIsTheDerivativeOfItsLoss(boolean baseline) {
        var rollouts = rollouts();
        var algorithm = new ReinforcePlusPlus(GROUP, 0.3, new RatioClip(0.2, 0.3), 2, baseline);
        Differences.check(algorithm.objective(rollouts), rollouts.batch(), moved(rollouts, 0.5));
        Differences.checkSlices(algorithm.objective(rollouts), rollouts.batch(), moved(rollouts, 0.5));
    }

    @Test
    void clippedRlooGradientIsTheDerivativeOfItsLoss() {
        var rollouts = rollouts();
        var objective = Rloo.numGenerations(GROUP)
                .clip(new RatioClip(0.2, 0.4))
                .normalizeAdvantages(true)
                .objective(rollouts);
        Differences.check(objective, rollouts.batch(), moved(rollouts, 0.2));
        Differences.checkSlices(objective, rollouts.batch(), moved(rollouts, 0.2));
    }

    /** On the policy that drew the completions, ρ is 1: the clipped gradient is REINFORCE's. */
    @Test
    void onTheFirstStepClippedRlooIsReinforce() {
        var rollouts = rollouts();
        assertArrayEquals(
                gradients(Rloo.numGenerations(GROUP).objective(rollouts), rollouts, rollouts.old()),
                gradients(Rloo.numGenerations(GROUP).epsilon(0.2).objective(rollouts), rollouts, rollouts.old()),
                1e-7f);
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedWithWhatToDo() {
        var epochs = assertThrows(
                IllegalArgumentException.class, () -> Rloo.numGenerations(2).epochs(3));
        assertTrue(epochs.getMessage().contains("epsilon(0.2).epochs(3)"), epochs.getMessage());
        var cispo = assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(2).lossType(LossType.CISPO));
        assertTrue(cispo.getMessage().contains("Grpo.cispo"), cispo.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(2).delta(1));
        assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(2).overlong(1.1, 1));
        assertThrows(IllegalArgumentException.class, () -> ReinforcePlusPlus.baseline(1));
        assertThrows(IllegalArgumentException.class, () -> ReinforcePlusPlus.numGenerations(0));
    }

    private static float[] gradients(Objective objective, Rollouts rollouts, float[] values) {
        var gradients = new float[values.length];
        objective.loss(rollouts.batch(), 0, ROWS, values, gradients, new Report());
        return gradients;
    }

    private static int tokens(Rollouts rollouts, java.util.function.IntPredicate rows) {
        int tokens = 0;
        for (int i = 0; i < ROWS * TIME; i++) {
            tokens += rollouts.counts(i) && rows.test(i / TIME) ? 1 : 0;
        }
        return tokens;
    }

    /** Completions of different lengths from position 1 on; what is not counted holds NaN. */
    private static Rollouts rollouts() {
        var random = new SplittableRandom(GROUP);
        int n = ROWS * TIME;
        var weights = new float[n];
        var old = new float[n];
        var reference = new float[n];
        for (int i = 0; i < n; i++) {
            int t = i % TIME;
            boolean counts = t >= 1 && t < 3 + i / TIME % 3;
            weights[i] = counts ? 1 : 0;
            old[i] = counts ? (float) -random.nextDouble(0.5, 3) : 0;
            reference[i] = counts ? (float) (old[i] + 0.4 * random.nextGaussian()) : Float.NaN;
        }
        double[] rewards = random.doubles(ROWS, -2, 2).toArray();
        var batch = new Batch(ROWS, TIME, new int[n], new int[n], weights, 1);
        return new Rollouts(batch, GROUP, rewards, Collections.nCopies(ROWS, Finish.STOP), old, reference);
    }

    /** The same with a reference that is this far away. */
    private static Rollouts apart(Rollouts rollouts, float by) {
        var reference = rollouts.reference().clone();
        for (int i = 0; i < reference.length; i++) {
            reference[i] += i % 3 == 0 ? by : -by;
        }
        return new Rollouts(
                rollouts.batch(), GROUP, rollouts.rewards(), rollouts.finishes(), rollouts.old(), reference);
    }

    /** Log-probabilities of a policy that has moved on. */
    private static float[] moved(Rollouts rollouts, double by) {
        var random = new SplittableRandom(11);
        var values = rollouts.old().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (by * random.nextGaussian());
        }
        return values;
    }
}
