package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogProbabilitiesTest {

    private static final int AT = 5;

    private final SplittableRandom random = new SplittableRandom(4);

    private static double twin(double[] logits, int target) {
        double sum = 0;
        for (int i = AT; i < logits.length; i++) {
            sum += Math.exp(logits[i]);
        }
        return logits[AT + target] - Math.log(sum);
    }

    @Test
    void forwardAndBackward() {
        for (int size = 1; size <= Twin.LONGEST; size++) {
            var logits = normals(random, AT + size, 3);
            int target = random.nextInt(size);
            var row = guarded(logits);
            var inverseSums = guarded(0, 0);
            float found = LogProbabilities.forward(row, AT, size, target, inverseSums, 1);
            assertEquals(twin(logits, target), found, 2e-6, "log-probability among " + size);
            assertEquals(0, inverseSums.get(0), "another position's");

            float gradient = -0.7f;
            LogProbabilities.backward(row, AT, size, target, inverseSums.get(1), gradient);
            var expected = Twin.gradient(v -> gradient * twin(v, target), logits);
            System.arraycopy(logits, 0, expected, 0, AT); // not this row's: left alone
            assertTwin(expected, row, 1e-6, "backward among " + size);
        }
    }

    @Test
    void farLogitsStayFinite() {
        var row = Floats.of(1000, -1000, 999);
        float found = LogProbabilities.forward(row, 0, 3, 1, Floats.zeros(1), 0);
        assertEquals(-2000 - Math.log(1 + Math.exp(-1)), found, 1e-3);
    }
}
