package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.AnotherJvm;

class BlasTest {

    private final SplittableRandom random = new SplittableRandom(9);

    @Test
    void everyTransposeWithOffsetsAndStridesByOpenBlas() {
        everyTranspose(OpenBlas::multiply);
    }

    @Test
    void everyTransposeWithOffsetsAndStridesByOneDnn() {
        assumeTrue(OneDnn.available());
        everyTranspose(OneDnn::multiply);
    }

    /** Rows 4 KiB apart are moved before they are multiplied; of 1,008 numbers and the gap the copy's would be, too. */
    @Test
    void rowsThatShareSetsOfTheCacheGiveTheSameBits() {
        for (int stride : new int[] {1024, 2048}) {
            for (int m : new int[] {1, 65, 1008, 1024}) {
                int n = 33;
                int k = 70;
                var a = guarded(normals(random, k * stride, 1));
                var b = guarded(normals(random, k * n, 1));
                var here = guarded(normals(random, m * n, 1));
                var there = Floats.zeros((long) m * n);
                there.copyFrom(here, 0, 0, (long) m * n);
                int other = stride + 24;
                var same = Floats.zeros((long) k * other);
                for (int row = 0; row < k; row++) {
                    same.copyFrom(a, (long) row * stride, (long) row * other, stride);
                }
                Blas.multiply(true, false, m, n, k, a, 0, stride, b, 0, n, 1, here, 0, n);
                Blas.multiply(true, false, m, n, k, same, 0, other, b, 0, n, 1, there, 0, n);
                for (int i = 0; i < m * n; i++) {
                    assertEquals(there.get(i), here.get(i), "stride " + stride + ", m " + m + ", number " + i);
                }
            }
        }
    }

    private void everyTranspose(Gemm gemm) {
        for (int n = 1; n <= Twin.LONGEST; n++) {
            for (int kind = 0; kind < 8; kind++) {
                int m = 1 + random.nextInt(20);
                int k = 1 + random.nextInt(20);
                check(gemm, (kind & 1) != 0, (kind & 2) != 0, m, n, k, kind >> 2);
            }
        }
        check(gemm, false, false, 3, 4, 0, 0); // sums of nothing
        check(gemm, false, false, 3, 4, 0, 1);
        var left = Floats.of(2, 3);
        var right = Floats.of(5, 7);
        var forgotten = guarded(new double[] {Double.NaN, Double.NaN, Double.NaN, Double.NaN});
        try {
            gemm.multiply(false, false, 2, 2, 1, left.address(0), 1, right.address(0), 2, 0, forgotten.address(0), 2);
        } finally {
            Reference.reachabilityFence(left);
            Reference.reachabilityFence(right);
        }
        assertTwin(new double[] {10, 14, 15, 21}, forgotten, 0, "outer product");
    }

    private void check(Gemm gemm, boolean transposeA, boolean transposeB, int m, int n, int k, int beta) {
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
        var first = guarded(a);
        var second = guarded(b);
        var result = guarded(c);
        try {
            gemm.multiply(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    first.address(1),
                    aStride,
                    second.address(2),
                    bStride,
                    beta,
                    result.address(3),
                    cStride);
        } finally {
            Reference.reachabilityFence(first);
            Reference.reachabilityFence(second);
        }
        var what = "%b %b, m %d, n %d, k %d, beta %d".formatted(transposeA, transposeB, m, n, k, beta);
        assertTwin(expected, result, 1e-6, what);
    }

    @Test
    void productsOfBfloat16AreSummedInFloat32() {
        assumeTrue(Precision.BF16.available());
        for (int kind = 0; kind < 8; kind++) {
            boolean transposeA = (kind & 1) != 0;
            boolean transposeB = (kind & 2) != 0;
            int m = 1 + random.nextInt(40);
            int n = 1 + random.nextInt(40);
            int k = 300; // sums of bfloat16 would be wrong in the third digit
            var a = rounded(m * k);
            var b = rounded(n * k);
            var c = normals(random, m * n + 1, 1);
            var expected = c.clone();
            for (int i = 0; i < m * n; i++) {
                int row = i / n;
                int column = i % n;
                double sum = (kind >> 2) * c[1 + i];
                for (int l = 0; l < k; l++) {
                    sum += (double) a.get(transposeA ? l * m + row : row * k + l)
                            * b.get(transposeB ? column * k + l : l * n + column);
                }
                expected[1 + i] = sum;
            }
            var result = guarded(c);
            Blas.multiply(transposeA, transposeB, m, n, k, a, b, 0, kind >> 2, result, 1, n);
            assertTwin(expected, result, 1e-5, "kind " + kind);
        }
    }

    private BrainFloats rounded(int count) {
        var numbers = BrainFloats.zeros(count);
        numbers.round(guarded(normals(random, count, 1)), 0, count);
        return numbers;
    }

    /** The definition: no bfloat16 is nearer, and of two equally near the one with an even last digit. */
    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int count = 1; count <= Twin.LONGEST; count++) {
            var source = Floats.zeros(count + 3);
            for (int i = 0; i < count; i++) {
                int bits = random.nextInt(3) == 0 ? random.nextInt() << 15 : random.nextInt(); // a third are ties
                float value = Float.intBitsToFloat(bits);
                source.set(i + 3, Math.abs(value) < 1e38f ? value : 1.00390625f);
            }
            var numbers = BrainFloats.zeros(count);
            numbers.round(source, 3, count);
            for (int i = 0; i < count; i++) {
                float value = source.get(i + 3);
                int below = Float.floatToRawIntBits(value) >>> 16 << 16; // towards zero
                float low = Float.intBitsToFloat(below);
                float high = Float.intBitsToFloat(below + 0x10000);
                double toLow = Math.abs((double) value - low);
                double toHigh = Math.abs((double) high - value);
                boolean even = (below >>> 16) % 2 == 0;
                float nearest = toLow < toHigh || toLow == toHigh && even ? low : high;
                assertEquals(nearest, numbers.get(i), "of " + value);
            }
        }
        var extremes = BrainFloats.zeros(3);
        extremes.round(Floats.of(Float.NaN, Float.POSITIVE_INFINITY, -Float.MAX_VALUE), 0, 3);
        assertEquals(Float.NaN, extremes.get(0));
        assertEquals(Float.POSITIVE_INFINITY, extremes.get(1));
        assertEquals(Float.NEGATIVE_INFINITY, extremes.get(2));
    }

    /** Products of random shapes, for as long as it takes a profiler to interrupt some thousands of them. */
    static final class Products {
        public static void main(String[] arguments) {
            var random = new SplittableRandom(1);
            long end = System.nanoTime() + 3_000_000_000L;
            while (System.nanoTime() < end) {
                int m = 1 + random.nextInt(200);
                int n = 1 + random.nextInt(200);
                int k = 1 + random.nextInt(200);
                var a = Floats.zeros((long) m * k);
                var b = Floats.zeros((long) Math.max(k, n) * Math.max(k, n));
                var c = Floats.zeros((long) m * n);
                for (int i = 0; i < 20; i++) {
                    Blas.multiply(false, random.nextBoolean(), m, n, k, a, 0, k, b, 0, Math.max(n, k), 0, c, 0, n);
                }
            }
            System.out.println("whole");
        }
    }

    /** oneDNN before 3.13 lost its way when a signal came (docs/log.md), and profilers send nothing but signals. */
    @Test
    void productsSurviveSignals(@TempDir Path folder) throws IOException, InterruptedException {
        var recording = "-XX:StartFlightRecording:settings=profile,filename=" + folder.resolve("signals.jfr");
        assertEquals("whole", AnotherJvm.lastLine(List.of(recording), Products.class));
    }
}
