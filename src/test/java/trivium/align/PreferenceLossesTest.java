package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.align.Dpo.LossType;
import trivium.tensor.Batch;
import trivium.text.PlainJson;
import trivium.train.Report;

/** Losses of preferences, beside TRL's own numbers and their own differences. */
class PreferenceLossesTest {

    private static final int ROWS = 8;
    private static final int TIME = 5;

    /** What TRL 1.13 computed in float64 ({@code trl_losses.py --seed 1}): a line a case. */
    static Stream<JsonObject> cases() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/trivium/align/preference-losses.jsonl")).stream()
                .map(line -> PlainJson.parse(line).getAsJsonObject())
                .filter(line -> line.get("method").getAsString().equals("dpo"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossAndGradientAreTrls(JsonObject line) {
        var values = interleaved(line.getAsJsonArray("values"));
        var reference = interleaved(line.getAsJsonArray("reference"));
        var mask = interleaved(line.getAsJsonArray("mask"));
        var expected = interleaved(line.getAsJsonArray("grad"));
        var batch = new Batch(ROWS, TIME, new int[ROWS * TIME], new int[ROWS * TIME], floats(mask), 2);
        var gradients = new float[ROWS * TIME];
        double loss = loss(line).objective(sums(reference, mask)).loss(batch, 0, ROWS, floats(values), gradients);
        assertEquals(line.get("loss").getAsDouble(), loss, 1e-6 * Math.max(1, Math.abs(loss)));
        for (int i = 0; i < gradients.length; i++) {
            assertEquals(expected[i], gradients[i], 1e-6, "position " + i);
        }
    }

    private static PairLoss loss(JsonObject line) {
        var settings = line.getAsJsonObject("settings");
        var divergence = switch (settings.get("f_divergence_type").getAsString()) {
            case "js_divergence" -> new FDivergence.JsDivergence();
            default -> new FDivergence.ReverseKl();
        };
        return new Dpo(
                settings.get("beta").getAsDouble(),
                LossType.valueOf(settings.get("loss_type").getAsString().toUpperCase(Locale.ROOT)),
                settings.get("label_smoothing").getAsDouble(),
                divergence);
    }

    /** TRL puts all chosen rows before all rejected ones. */
    private static double[] interleaved(JsonArray rows) {
        var all = new double[ROWS * TIME];
        for (int row = 0; row < ROWS; row++) {
            int to = row < ROWS / 2 ? 2 * row : 2 * (row - ROWS / 2) + 1;
            int at = to * TIME;
            for (JsonElement value : rows.get(row).getAsJsonArray()) {
                all[at++] = value.getAsDouble();
            }
        }
        return all;
    }

    private static double[] sums(double[] values, double[] mask) {
        var sums = new double[ROWS];
        for (int i = 0; i < values.length; i++) {
            sums[i / TIME] += values[i] * mask[i];
        }
        return sums;
    }

    private static float[] floats(double[] values) {
        var floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfDpoAreDerivatives(LossType type) {
        for (var divergence : divergences().toList()) {
            check(new Dpo(0.3, type, 0.1, divergence));
        }
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
        var values = new float[ROWS * TIME];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) -random.nextDouble(0.2, 3);
        }
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
            java.util.Arrays.fill(weights, row * TIME + from, row * TIME + to, 1);
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

    @Test
    void impossibleSettingsAreRefused() {
        assertRefused("beta 0.0: expected", () -> Dpo.beta(0));
        assertRefused("label smoothing 0.5: expected", () -> Dpo.robust(0.1, 0.5));
        assertRefused("exo_pair divides by it", () -> Dpo.beta(0.1).lossType(LossType.EXO_PAIR));
    }

    private static void assertRefused(String sentence, org.junit.jupiter.api.function.Executable work) {
        var message = assertThrows(IllegalArgumentException.class, work).getMessage();
        assertTrue(message.contains(sentence), message);
    }
}
