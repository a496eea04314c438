package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class TokenDistributionTest {

    private static final int AT = 3;
    private static final double WEIGHT = -1.7;

    private final SplittableRandom random = new SplittableRandom(6);

    /** In float64, from the definition. */
    private static double[] logSoftmax(double[] logits, double temperature) {
        double sum = Arrays.stream(logits).map(z -> Math.exp(z / temperature)).sum();
        return Arrays.stream(logits).map(z -> z / temperature - Math.log(sum)).toArray();
    }

    private static double kl(double[] logP, double[] logQ) {
        double sum = 0;
        for (int v = 0; v < logP.length; v++) {
            sum += Math.exp(logP[v]) * (logP[v] - logQ[v]);
        }
        return sum;
    }

    private static double entropy(double[] logP) {
        return -Arrays.stream(logP).map(l -> Math.exp(l) * l).sum();
    }

    private static double jensenShannon(double[] logP, double[] logQ, double beta) {
        var logM = new double[logP.length];
        Arrays.setAll(logM, v -> Math.log(beta * Math.exp(logQ[v]) + (1 - beta) * Math.exp(logP[v])));
        return beta * kl(logQ, logM) + (1 - beta) * kl(logP, logM);
    }

    private static TokenDistribution of(double[] logits, double temperature) {
        var padded = new double[AT + logits.length];
        System.arraycopy(logits, 0, padded, AT, logits.length);
        var distribution = new TokenDistribution(logits.length);
        distribution.read(Floats.of(floats(padded)), AT, temperature);
        return distribution;
    }

    private static float[] floats(double[] numbers) {
        var floats = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    private interface Adding {
        double to(TokenDistribution mine, TokenDistribution theirs);
    }

    /** Value against the definition in float64, derivative at the logits against differences of it. */
    private void check(double[] logits, double[] theirs, ToDoubleFunction<double[]> definition, Adding adding) {
        for (double temperature : new double[] {1, 0.6, 2}) {
            var mine = of(logits, temperature);
            double found = adding.to(mine, of(theirs, temperature));
            assertEquals(definition.applyAsDouble(logSoftmax(logits, temperature)), found, 2e-6, "its value");
            var expected = Twin.gradient(
                    z -> WEIGHT * definition.applyAsDouble(logSoftmax(z, temperature))
                            + 0.3 * logSoftmax(z, temperature)[0],
                    logits);
            var row = Twin.guarded(new double[AT + logits.length]);
            mine.write(row, AT, 0, 0.3f, temperature);
            var whole = new double[AT + logits.length];
            System.arraycopy(expected, 0, whole, AT, expected.length);
            Twin.assertTwin(whole, row, 2e-6, "its derivative among " + logits.length);
        }
    }

    @Test
    void entropyAndDivergencesAreThoseOfFloat64() {
        for (int size : new int[] {1, 2, 3, 7, 8, 16, 17, 33, 64, 65, 70}) {
            var logits = Twin.normals(random, size, 2);
            var other = Twin.normals(random, size, 2);
            check(logits, other, TokenDistributionTest::entropy, (p, q) -> p.addEntropy(WEIGHT));
            for (double temperature : new double[] {1, 0.6, 2}) {
                var p = logSoftmax(logits, temperature);
                assertEquals(entropy(p), of(logits, temperature).entropy(), 2e-6);
            }
        }
    }

    @Test
    void theOtherStandsStill() {
        for (int size : new int[] {1, 5, 16, 29, 70}) {
            var logits = Twin.normals(random, size, 2);
            var other = Twin.normals(random, size, 2);
            for (double temperature : new double[] {1, 0.6, 2}) {
                var q = logSoftmax(other, temperature);
                same(logits, other, temperature, p -> kl(p, q), (a, b) -> a.addReverseKl(b, WEIGHT));
                same(logits, other, temperature, p -> kl(q, p), (a, b) -> a.addForwardKl(b, WEIGHT));
                for (double beta : new double[] {0.1, 0.5, 0.9}) {
                    same(
                            logits,
                            other,
                            temperature,
                            p -> jensenShannon(p, q, beta),
                            (a, b) -> a.addJensenShannon(b, beta, WEIGHT));
                }
            }
        }
    }

    private static void same(
            double[] logits, double[] other, double temperature, ToDoubleFunction<double[]> definition, Adding adding) {
        var mine = of(logits, temperature);
        double found = adding.to(mine, of(other, temperature));
        double expected = definition.applyAsDouble(logSoftmax(logits, temperature));
        assertEquals(expected, found, 1e-6 * (1 + expected), "its value");
        var slopes = Twin.gradient(z -> WEIGHT * definition.applyAsDouble(logSoftmax(z, temperature)), logits);
        var row = Twin.guarded(new double[logits.length]);
        mine.write(row, 0, 0, 0, temperature);
        Twin.assertTwin(slopes, row, 2e-6, "its derivative among " + logits.length);
    }

    /** What TRL 's GKDTrainer.generalized_jsd_loss and PyTorch's autograd give in float64 for these logits. */
    private record Given(double beta, double temperature, double loss, double... gradient) {}

    @Test
    void divergencesAreThoseOfTrl() {
        double[] student = {1.609375, 0.34375, 0.171875, -1.234375, 0.09375, -2.734375};
        double[] teacher = {0.671875, 2.015625, -2.875, 1.953125, 1.046875, 2.46875};
        for (var given : List.of(
                new Given(
                        0,
                        1.0,
                        1.873315439354399,
                        0.489649636,
                        -0.084554279,
                        0.129387747,
                        -0.193638755,
                        0.030107853,
                        -0.370952203),
                new Given(
                        0,
                        2.0,
                        0.6059300590549159,
                        0.118354185,
                        -0.019262834,
                        0.075961478,
                        -0.066780454,
                        0.01302225,
                        -0.121294626),
                new Given(
                        0.3,
                        1.0,
                        0.2758023302954653,
                        0.06178278,
                        -0.032741925,
                        0.018496745,
                        -0.026588937,
                        -0.006117166,
                        -0.014831497),
                new Given(
                        0.3,
                        2.0,
                        0.11456653856555582,
                        0.021017041,
                        -0.007506861,
                        0.015256235,
                        -0.013114066,
                        -0.000359381,
                        -0.015292968),
                new Given(
                        0.5,
                        1.0,
                        0.31539874433507487,
                        0.072526789,
                        -0.04386481,
                        0.023382529,
                        -0.027523514,
                        -0.011559949,
                        -0.012961045),
                new Given(
                        0.5,
                        2.0,
                        0.13409450840595027,
                        0.024216838,
                        -0.010877938,
                        0.019309866,
                        -0.015175676,
                        -0.002163672,
                        -0.015309418),
                new Given(
                        1,
                        1.0,
                        1.6399612373880088,
                        0.295985415,
                        -0.323046821,
                        0.347040892,
                        -0.115392689,
                        -0.164379594,
                        -0.040207203),
                new Given(
                        1,
                        2.0,
                        0.6002391341871961,
                        0.09094259,
                        -0.07359088,
                        0.134741698,
                        -0.065591812,
                        -0.035314309,
                        -0.051187287))) {
            double tau = given.temperature();
            var p = of(student, tau);
            var q = of(teacher, tau);
            double found = given.beta() == 0
                    ? p.addForwardKl(q, 1)
                    : given.beta() == 1 ? p.addReverseKl(q, 1) : p.addJensenShannon(q, given.beta(), 1);
            assertEquals(given.loss(), found, 1e-6);
            var row = Twin.guarded(new double[6]);
            p.write(row, 0, 0, 0, tau);
            Twin.assertTwin(given.gradient(), row, 1e-6, "beta " + given.beta() + ", temperature " + tau);
        }
    }

    /** Reading again begins anew, and what is asked at another temperature comes back with the chain rule's factor. */
    @Test
    void aTemperedCopyAddsItsShare() {
        var logits = Twin.normals(random, 9, 1);
        var other = Twin.normals(random, 9, 1);
        double tau = 1.5;
        var mine = of(logits, 1);
        var tempered = new TokenDistribution(9);
        for (int round = 0; round < 2; round++) {
            mine.read(Floats.of(floats(logits)), 0, 1);
            tempered.read(mine, tau);
            tempered.addReverseKl(of(other, tau), WEIGHT);
            mine.addGradient(tempered, 1 / tau);
            var q = logSoftmax(other, tau);
            var expected = Twin.gradient(z -> WEIGHT * kl(logSoftmax(z, tau), q), logits);
            var row = Twin.guarded(new double[9]);
            mine.write(row, 0, 0, 0, 1);
            Twin.assertTwin(expected, row, 2e-6, "round " + round);
        }
    }

    @Test
    void farLogitsGiveClearNumbers() {
        var mine = of(new double[] {120, -120, 0}, 1);
        var same = of(new double[] {120, -120, 0}, 1);
        var opposite = of(new double[] {-120, 120, 0}, 1);
        assertEquals(240, mine.addReverseKl(opposite, 1), 1e-4);
        assertEquals(240, mine.addForwardKl(opposite, 1), 1e-4);
        assertEquals(Math.log(2), mine.addJensenShannon(opposite, 0.5, 1), 1e-6);
        assertEquals(0, mine.addEntropy(1), 1e-6);
        assertEquals(0, mine.addReverseKl(same, 1));
        for (int v = 0; v < 3; v++) {
            assertTrue(Float.isFinite(mine.gradient(v)), "token " + v);
        }
    }

    /** Where two distributions differ by less than float32 can tell, rounding does not make a divergence negative. */
    @Test
    void aTinyDivergenceIsNotNegative() {
        for (int round = 0; round < 200; round++) {
            var logits = Twin.normals(random, 50, 3);
            var near = logits.clone();
            near[round % 50] += 1e-6;
            var mine = of(logits, 1);
            var theirs = of(near, 1);
            assertTrue(mine.reverseKl(theirs) >= 0 && mine.forwardKl(theirs) >= 0);
            assertTrue(mine.addReverseKl(theirs, 1) >= 0 && mine.addForwardKl(theirs, 1) >= 0);
            assertTrue(mine.addJensenShannon(theirs, 0.5, 1) >= 0);
        }
    }
}
