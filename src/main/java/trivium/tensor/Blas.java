package trivium.tensor;

import java.lang.ref.Reference;

/**
 * Matrix products on the calling thread, by oneDNN where it is there and by the OpenBLAS that ND4J brings elsewhere.
 * Matrices are row-major with a leading dimension, so that heads and column blocks need no copying.
 *
 * <p>The libraries' own functions are called by address rather than through ND4J or JavaCPP: those make an object per
 * argument and call, and this is the engine's innermost call.
 */
public final class Blas {

    private static final Gemm FLOAT32 = OneDnn.available() ? OneDnn::multiply : OpenBlas::multiply;
    private static final boolean BF16 = OneDnn.multipliesBf16();
    private static final boolean APART = OneDnn.available() && Lanes.COUNT == SetConflict.LANES;

    private Blas() {}

    /** The library that multiplies on this machine: "oneDNN", or OpenBLAS with the name of its kernels. */
    public static String name() {
        return OneDnn.available() ? "oneDNN" : "OpenBLAS for " + OpenBlas.kernels();
    }

    static boolean multipliesBf16() {
        return BF16;
    }

    /**
     * {@code c = a · b + beta · c}, with c (m, n), a (m, k) or (k, m) if {@code transposeA}, b (k, n) or (n, k) if
     * {@code transposeB}.
     *
     * @param beta 0 to overwrite c, 1 to add to it
     */
    public static void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            Floats a,
            long aOffset,
            int aStride,
            Floats b,
            long bOffset,
            int bStride,
            float beta,
            Floats c,
            long cOffset,
            int cStride) {
        if (m == 0 || n == 0) {
            return;
        }
        boolean conflict = APART && transposeA && SetConflict.at(aStride);
        var left = conflict ? SetConflict.apart(a, aOffset, aStride, k, m) : a;
        try {
            FLOAT32.multiply(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    left.address(conflict ? 0 : aOffset),
                    conflict ? SetConflict.stride(m) : aStride,
                    b.address(bOffset),
                    bStride,
                    beta,
                    c.address(cOffset),
                    cStride);
        } finally {
            // Only addresses cross; whoever holds the last reference must not lose it in the middle of a product.
            Reference.reachabilityFence(left);
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(c);
        }
    }

    /**
     * The product of factors in bfloat16, summed in float32: a begins at its first number, b at {@code bOffset}, and
     * neither has gaps between its rows; c begins at {@code cOffset}.
     *
     * @throws IllegalStateException unless {@code Precision.BF16.available()}
     */
    public static void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            BrainFloats a,
            BrainFloats b,
            long bOffset,
            float beta,
            Floats c,
            long cOffset,
            int cStride) {
        if (!BF16) {
            throw new IllegalStateException("this processor does not multiply bfloat16; take Precision.FLOAT32");
        }
        if (m == 0 || n == 0) {
            return;
        }
        try {
            OneDnn.multiplyBf16(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    a.address(0),
                    transposeA ? m : k,
                    b.address(bOffset),
                    transposeB ? k : n,
                    beta,
                    c.address(cOffset),
                    cStride);
        } finally {
            // Only addresses cross; whoever holds the last reference must not lose it in the middle of a product.
            Reference.reachabilityFence(a);
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(c);
        }
    }
}
