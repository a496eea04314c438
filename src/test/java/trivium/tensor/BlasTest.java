package trivium.tensor;

import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlasTest {

    private final SplittableRandom random = new SplittableRandom(9);

    @Test
    void everyTransposeWithOffsetsAndStrides() {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            for (int kind = 0; kind < 8; kind++) {
                int m = 1 + random.nextInt(20);
                int k = 1 + random.nextInt(20);
                check((kind & 1) != 0, (kind & 2) != 0, m, n, k, kind >> 2);
            }
        }
    }

    @Test
    void sumsOfNothing() {
        check(false, false, 3, 4, 0, 0);
        check(false, false, 3, 4, 0, 1);
    }

    private void check(boolean transposeA, boolean transposeB, int m, int n, int k, int beta) {
        int aStride = Math.max(1, (transposeA ? m : k) + 2);
        int bStride = Math.max(1, (transposeB ? k : n) + 3);
        int cStride = n + 1;
        var a = normals(random, 1 + (transposeA ? k : m) * aStride, 1);
        var b = normals(random, 2 + (transposeB ? n : k) * bStride, 1);
        var c = normals(random, 3 + m * cStride, 1);
        var expected = c.clone();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = beta * c[3 + i * cStride + j];
                for (int l = 0; l < k; l++) {
                    sum += a[1 + (transposeA ? l * aStride + i : i * aStride + l)]
                            * b[2 + (transposeB ? j * bStride + l : l * bStride + j)];
                }
                expected[3 + i * cStride + j] = sum;
            }
        }
        var floats = guarded(c);
        Blas.multiply(
                transposeA,
                transposeB,
                m,
                n,
                k,
                guarded(a),
                1,
                aStride,
                guarded(b),
                2,
                bStride,
                beta,
                floats,
                3,
                cStride);
        var what = "%b %b, m %d, n %d, k %d, beta %d".formatted(transposeA, transposeB, m, n, k, beta);
        assertTwin(expected, floats, 1e-6, what);
    }

    @Test
    void overwritingForgetsEvenWhatIsNotANumber() {
        var c = new double[4];
        Arrays.fill(c, Double.NaN);
        var floats = guarded(c);
        Blas.multiply(false, false, 2, 2, 1, Floats.of(2, 3), 0, 1, Floats.of(5, 7), 0, 2, 0, floats, 0, 2);
        assertTwin(new double[] {10, 14, 15, 21}, floats, 0, "outer product");
    }
}
