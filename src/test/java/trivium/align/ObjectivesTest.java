package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.generate.Generation.Finish;
import trivium.tensor.Batch;
import trivium.train.Report;

class ObjectivesTest {

    private static final int ROWS = 6;
    private static final int TIME = 5;
    private static final List<Finish> ENDED = Collections.nCopies(ROWS, Finish.STOP);

    @ParameterizedTest
    @CsvSource({"0, 1, true, false", "0.04, 1, true, false", "0.5, 4, false, false", "0.5, 4, true, true"})
    void grpoGradientIsTheDerivativeOfItsLoss(double kl, int epochs, boolean scaled, boolean corrected) {
        var rollouts = rollouts(3);
        var objective = Grpo.numGenerations(3)
                .beta(kl)
                .epochs(epochs)
                .scaleRewards(scaled ? Grpo.ScaleRewards.GROUP : Grpo.ScaleRewards.NONE)
                .biasCorrectedKl(corrected)
                .objective(rollouts, TIME);
        // Far enough from the old policy that some ratios are clipped, not so near a corner that a difference straddles
        // it.
        Differences.check(objective, rollouts.batch(), moved(rollouts, 0.5));
        Differences.checkSlices(objective, rollouts.batch(), moved(rollouts, 0.5));
    }

    @Test
    void reinforceGradientIsTheDerivativeOfItsLoss() {
        var rollouts = rollouts(2);
        var objective = Rloo.numGenerations(2).beta(0.1).objective(rollouts);
        Differences.check(objective, rollouts.batch(), moved(rollouts, 0.5));
        Differences.checkSlices(objective, rollouts.batch(), moved(rollouts, 0.5));
    }

    @Test
    void bradleyTerryGradientIsTheDerivativeOfItsLoss() {
        var batch = pairs();
        var values = new float[ROWS * TIME];
        var random = new SplittableRandom(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Differences.check(new BradleyTerry(), batch, values);
        Differences.checkSlices(new BradleyTerry(), batch, values);
    }

    @Test
    void bradleyTerryIsTheMeanLogisticLossOfTheMargins() {
        var values = new float[ROWS * TIME];
        double[] margins = {0, 1.5, -200};
        for (int pair = 0; pair < 3; pair++) {
            values[2 * pair * TIME + TIME - 1 - pair] = 7 + (float) margins[pair];
            values[(2 * pair + 1) * TIME + 2] = 7;
        }
        var report = new Report();
        double loss = new BradleyTerry().loss(pairs(), 0, ROWS, values, new float[values.length], report);
        assertEquals((Math.log(2) + Math.log(1 + Math.exp(-1.5)) + 200) / 3, loss, 1e-6);
        assertEquals(1 / 3.0, report.means().get("accuracy"), 1e-12, "a tie does not count");
        assertEquals((0 + 1.5 - 200) / 3, report.means().get("margin"), 1e-6);
        assertEquals((14 + 15.5 - 186) / 6, report.means().get("mean_reward"), 1e-6);
    }

    /** The formulas of Touvron et al. 2023 (equation 2) and Eisenstein et al. 2023, written out. */
    @Test
    void marginsAndCentringAreAddedToBradleyTerry() {
        double[] chosen = {0.5, -1, 2};
        double[] rejected = {0.25, 0.5, -1};
        double[] margins = {1, 0, -0.5};
        var values = new float[ROWS * TIME];
        double expected = 0;
        for (int pair = 0; pair < 3; pair++) {
            values[2 * pair * TIME + TIME - 1 - pair] = (float) chosen[pair];
            values[(2 * pair + 1) * TIME + 2] = (float) rejected[pair];
            expected += Math.log(1 + Math.exp(margins[pair] - chosen[pair] + rejected[pair])) / 3
                    + 0.01 * Math.pow(chosen[pair] + rejected[pair], 2) / 3;
        }
        var objective = new BradleyTerry(margins, 0.01);
        assertEquals(expected, objective.loss(pairs(), 0, ROWS, values, new float[values.length]), 1e-12);
        Differences.check(objective, pairs(), values);
        Differences.checkSlices(objective, pairs(), values);
    }

    @Test
    void grpoAdvantagesCompareWithTheGroup() {
        var grpo = Grpo.numGenerations(4);
        // By hand: mean 2, squared distances 1 + 1 + 1 + 9 = 12, sample variance 4. The second group has nothing to
        // tell.
        double[] expected = {-1 / 2.0001, -1 / 2.0001, -1 / 2.0001, 3 / 2.0001, 0, 0, 0, 0};
        double[] rewards = {1, 1, 1, 5, 3, 3, 3, 3};
        assertArrayEquals(expected, grpo.advantages(rewards), 1e-12);
        assertArrayEquals(
                new double[] {-1, -1, -1, 3, 0, 0, 0, 0},
                grpo.scaleRewards(Grpo.ScaleRewards.NONE).advantages(rewards),
                1e-12);
    }

    @Test
    void reinforceAdvantagesLeaveTheCompletionOut() {
        assertArrayEquals(
                new double[] {1 - 6 / 2.0, 2 - 5 / 2.0, 4 - 3 / 2.0, 0, 0, 0},
                Rloo.numGenerations(3).advantages(new double[] {1, 2, 4, 5, 5, 5}),
                1e-12);
    }

    @Test
    void onTheFirstStepGrpoIsReinforceWithAGroupBaseline() {
        var rollouts = rollouts(3);
        var gradients = new float[ROWS * TIME];
        var grpo = Grpo.numGenerations(3).beta(0);
        var report = new Report();
        double loss = grpo.objective(rollouts, TIME).loss(rollouts.batch(), 0, ROWS, rollouts.old(), gradients, report);
        double[] advantages = grpo.advantages(rollouts.rewards());
        double expected = 0;
        for (int i = 0; i < gradients.length; i++) {
            double slope = rollouts.counts(i)
                    ? -advantages[i / TIME] / rollouts.batch().counted()
                    : 0;
            assertEquals(slope, gradients[i], 1e-7);
            expected += slope;
        }
        assertEquals(expected, loss, 1e-9);
        assertEquals(
                Map.of("clip_ratio/region_mean", 0.0, "clip_ratio/low_mean", 0.0, "clip_ratio/high_mean", 0.0),
                report.means());
    }

    @Test
    void clippedTokensTeachNothing() {
        var rollouts = rollouts(3);
        var grpo = Grpo.numGenerations(3).beta(0);
        var values = moved(rollouts, 0.5);
        var gradients = new float[values.length];
        var report = new Report();
        grpo.objective(rollouts, TIME).loss(rollouts.batch(), 0, ROWS, values, gradients, report);
        double[] advantages = grpo.advantages(rollouts.rewards());
        int still = 0;
        for (int i = 0; i < values.length; i++) {
            if (rollouts.counts(i)) {
                double ratio = Math.exp(values[i] - rollouts.old()[i]);
                boolean farEnough = advantages[i / TIME] > 0 ? ratio > 1.2 : ratio < 0.8;
                assertEquals(farEnough, gradients[i] == 0, "position " + i);
                still += farEnough ? 1 : 0;
            }
        }
        assertTrue(still > 0 && still < rollouts.batch().counted(), still + " clipped");
        assertEquals((double) still / rollouts.batch().counted(), report.means().get("clip_ratio/region_mean"), 1e-12);
    }

    @Test
    void aPricedDivergenceLowersTheReturn() {
        var rollouts = rollouts(2);
        double[] kl = rollouts.kl();
        double[] returns = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            returns[i] = rollouts.rewards()[i] - 0.3 * kl[i];
        }
        var gradients = new float[ROWS * TIME];
        Rloo.numGenerations(2).beta(0.3).objective(rollouts).loss(rollouts.batch(), 0, ROWS, rollouts.old(), gradients);
        double[] advantages = Rloo.numGenerations(2).advantages(returns);
        for (int row = 0; row < ROWS; row++) {
            assertEquals(-advantages[row] / ROWS, gradients[row * TIME + 1], 1e-6);
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Grpo.numGenerations(1));
        assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(4).epsilon(0));
        assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(4).beta(-1));
        assertThrows(
                IllegalArgumentException.class, () -> Grpo.numGenerations(4).epochs(0));
        assertThrows(IllegalArgumentException.class, () -> Rloo.numGenerations(1));
        assertThrows(
                IllegalArgumentException.class, () -> Rloo.numGenerations(2).beta(Double.NaN));
        var batch = rollouts(2).batch();
        assertThrows(
                IllegalArgumentException.class,
                () -> new Rollouts(batch, 4, new double[ROWS], ENDED, new float[30], new float[30]));
    }

    /**
     * Completions of different lengths from position 1 on, with arbitrary log-probabilities; what is not counted holds
     * NaN.
     */
    private static Rollouts rollouts(int group) {
        var random = new SplittableRandom(group);
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
        return new Rollouts(
                new Batch(ROWS, TIME, new int[n], new int[n], weights, 1), group, rewards, ENDED, old, reference);
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

    private static Batch pairs() {
        int n = ROWS * TIME;
        var weights = new float[n];
        for (int pair = 0; pair < ROWS / 2; pair++) {
            weights[2 * pair * TIME + TIME - 1 - pair] = 1;
            weights[(2 * pair + 1) * TIME + 2] = 1;
        }
        return new Batch(ROWS, TIME, new int[n], new int[n], weights, 2);
    }
}
