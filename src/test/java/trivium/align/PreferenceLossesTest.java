package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trivium.align.Dpo.LossType;
import trivium.tensor.Batch;
import trivium.train.Report;

/** Losses of preferences; beside TRL's own numbers they stand in {@code VerifyLossesTest}. */
class PreferenceLossesTest {

    private static final int ROWS = 8;
    private static final int TIME = 5;

    @ParameterizedTest
    @EnumSource
    void gradientsOfDpoAreDerivatives(LossType type) {
        for (var divergence : divergences().toList()) {
            check(new Dpo(0.3, type, 0.1, divergence));
        }
    }

    @Test
    void gradientsOfLossesWithoutReferenceAreDerivatives() {
        check(new SimPo(2, 0.5));
        check(new Orpo(0.4));
        check(new Cpo(0.3, 0));
        check(new Cpo(0.3, 0.7));
    }

    @Test
    void gradientsOfKtoAreDerivatives() {
        var random = new SplittableRandom(5);
        var labels = new boolean[] {true, false, false, true, true, true, false, true};
        var objective =
                new Kto(0.3, 1.2, 0.7).objective(random.doubles(ROWS, -6, -2).toArray(), labels, 0.4);
        Differences.check(objective, pairs(), values(random));
        Differences.checkSlices(objective, pairs(), values(random));
    }

    private static float[] values(SplittableRandom random) {
        var values = new float[ROWS * TIME];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) -random.nextDouble(0.2, 3);
        }
        return values;
    }

    private static Stream<FDivergence> divergences() {
        return Stream.of(
                new FDivergence.ReverseKl(),
                new FDivergence.ForwardKl(),
                new FDivergence.JsDivergence(),
                new FDivergence.AlphaDivergence(0.5),
                new FDivergence.AlphaDivergence(1));
    }

    private static void check(PairLoss loss) {
        var random = new SplittableRandom(5);
        var batch = pairs();
        var values = values(random);
        var reference = random.doubles(ROWS, -6, -2).toArray();
        Differences.check(loss.objective(reference), batch, values);
        Differences.checkSlices(loss.objective(reference), batch, values);
    }

    /** Completions of 1 to 4 tokens after prompts of 1 to 4. */
    private static Batch pairs() {
        var weights = new float[ROWS * TIME];
        for (int row = 0; row < ROWS; row++) {
            int from = row / 2 % 3;
            int to = Math.min(TIME, from + 1 + row % 4);
            Arrays.fill(weights, row * TIME + from, row * TIME + to, 1);
        }
        return new Batch(ROWS, TIME, new int[ROWS * TIME], new int[ROWS * TIME], weights, 2);
    }

    /** f′ as table 1 of Wang et al. 2024 has it, of the ratio itself. */
    @Test
    void divergencesAreThoseOfTheRatio() {
        for (double t : new double[] {0.01, 0.5, 1, 3, 40}) {
            double log = Math.log(t);
            assertEquals(1 - 1 / t, new FDivergence.ForwardKl().score(log), 1e-12);
            assertEquals(Math.log(2 * t / (t + 1)), new FDivergence.JsDivergence().score(log), 1e-12);
            assertEquals(
                    (Math.pow(t, -0.5) - 1) / -0.5,
                    new FDivergence.AlphaDivergence(0.5).score(log),
                    1e-12 * (1 + 1 / t));
            assertEquals(log, new FDivergence.AlphaDivergence(1 + 1e-9).score(log), 1e-12);
        }
    }

    /** 120 nats to either side: a clear loss and a finite gradient, never NaN. */
    @ParameterizedTest
    @EnumSource
    void farFromTheReferenceNothingOverflows(LossType type) {
        for (var divergence : divergences().toList()) {
            var loss = new Dpo(2, type, 0.1, divergence);
            for (double far : new double[] {-120, 120}) {
                var result = loss.of(new Logps(-200 + far, -200, 9), new Logps(-200 - far, -200, 7));
                var why = loss + " at " + far + ": " + result;
                assertTrue(Double.isFinite(result.loss()), why);
                assertTrue(Double.isFinite(result.chosen()) && Double.isFinite(result.rejected()), why);
            }
        }
    }

    /** By hand: two pairs, β = 2. */
    @Test
    void metricsAreTheImpliedRewards() {
        var batch = new Batch(4, 2, new int[8], new int[8], new float[] {1, 1, 0, 1, 0, 1, 1, 1}, 2);
        float[] values = {-1, -2, 9, -4, 9, -5, -3, -1};
        var report = new Report();
        double loss = new Dpo(2, LossType.SIGMOID, 0, new FDivergence.ReverseKl())
                .objective(new double[] {-4, -4, -7, -5})
                .loss(batch, 0, 4, values, new float[8], report);
        // ratios 1 and 0 of the first pair, 2 and 1 of the second
        assertEquals(Math.log1p(Math.exp(-2)), loss, 1e-12);
        var means = report.means();
        assertEquals(3, means.get("rewards/chosen"), 1e-12);
        assertEquals(1, means.get("rewards/rejected"), 1e-12);
        assertEquals(2, means.get("rewards/margins"), 1e-12);
        assertEquals(1, means.get("rewards/accuracies"), 1e-12);
        assertEquals(-4, means.get("logps/chosen"), 1e-12);
        assertEquals(-4, means.get("logps/rejected"), 1e-12);
    }

    /** By hand: the chosen answers have 1 and 2 tokens, so that the mean over tokens is none over answers. */
    @Test
    void likelihoodIsAMeanOverAllChosenTokens() {
        var batch = new Batch(4, 2, new int[8], new int[8], new float[] {1, 0, 1, 0, 1, 1, 1, 0}, 2);
        float[] values = {-3, 9, -3, 9, -1, -2, -3, 9};
        var report = new Report();
        double loss = new Cpo(1, 2).objective(new double[0]).loss(batch, 0, 4, values, new float[8], report);
        assertEquals(Math.log(2) + 2 * (3 + 1 + 2) / 3.0, loss, 1e-12);
        assertEquals(2, report.means().get("nll_loss"), 1e-12);
    }

    /** A certain answer's odds are infinite; what is learned from it is finite. */
    @Test
    void certainAnswersDoNotBreakOddsRatios() {
        var certain = new Logps(0, 0, 3);
        var result = new Orpo(0.1).of(certain, new Logps(-200, 0, 3));
        assertTrue(Double.isFinite(result.loss()) && Double.isFinite(result.chosen()), result.toString());
        result = new Orpo(0.1).of(new Logps(-200, 0, 3), certain);
        assertTrue(Double.isFinite(result.loss()) && Double.isFinite(result.rejected()), result.toString());
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertRefused("beta 0.0: expected", () -> Dpo.beta(0));
        assertRefused("label smoothing 0.5: expected", () -> Dpo.robust(0.1, 0.5));
        assertRefused("gamma -1.0: expected", () -> new SimPo(2, -1));
        assertRefused("alpha -1.0: expected", () -> new Cpo(2, -1));
        assertRefused("weight 0.0 of undesirable answers", () -> new Kto().undesirableWeight(0));
        assertRefused("exo_pair divides by it", () -> Dpo.beta(0.1).lossType(LossType.EXO_PAIR));
    }

    private static void assertRefused(String sentence, Executable work) {
        var message = assertThrows(IllegalArgumentException.class, work).getMessage();
        assertTrue(message.contains(sentence), message);
    }
}
