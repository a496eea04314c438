package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LanesTest {

    private static float exp(float x) {
        return Lanes.exp(Lanes.all(x)).lane(Lanes.COUNT - 1);
    }

    @Test
    void theExponentialIsWithinItsError() {
        int points = 300_000;
        double worst = 0;
        float where = 0;
        for (int i = 0; i <= points; i++) {
            float x = -87 + 175f * i / points;
            double error = Math.abs(exp(x) / Math.exp(x) - 1);
            if (error > worst) {
                worst = error;
                where = x;
            }
        }
        assertTrue(worst < 2e-7, "relative error " + worst + " at " + where);
    }

    /** Else a training's last bits would depend on when the virtual machine compiled what. */
    @Test
    void aSumIsTheSameInterpretedAndCompiled() {
        int n = 10;
        var numbers = Twin.guarded(Twin.normals(new SplittableRandom(1), n * Lanes.COUNT, 1));
        var interpreted = new float[n];
        for (int i = 0; i < n; i++) {
            interpreted[i] = sum(numbers, i);
        }
        for (int round = 0; round < 50_000; round++) {
            for (int i = 0; i < n; i++) {
                assertEquals(interpreted[i], sum(numbers, i));
            }
        }
    }

    private static float sum(Floats numbers, int vector) {
        return Lanes.sum(Lanes.load(numbers.memory(), (long) vector * Lanes.COUNT));
    }

    @Test
    void theExponentialSaturates() {
        assertEquals(1, exp(0));
        assertEquals(1.18e-38f, exp(-1000), 1e-40f);
        assertEquals(1.18e-38f, exp(Float.NEGATIVE_INFINITY), 1e-40f);
        assertEquals(Math.exp(88), exp(Float.POSITIVE_INFINITY), 1e32);
        assertEquals(Float.NaN, exp(Float.NaN));
    }
}
