package trivium.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.Loader;

/**
 * Matrix products by the OpenBLAS that ND4J brings, on the calling thread. Matrices are row-major with a leading
 * dimension, so that heads and column blocks need no copying.
 *
 * <p>The library's own functions are called by address rather than through ND4J or JavaCPP: those make an object per
 * argument and call, and this is the engine's innermost call.
 */
public final class Blas {

    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private static final MethodHandle SGEMM;

    static {
        Backend.prepare();
        var i = ValueLayout.JAVA_INT;
        var f = ValueLayout.JAVA_FLOAT;
        var p =
                ValueLayout
                        .JAVA_LONG; // an address: same registers as a 64-bit integer on every platform ND4J ships for
        SGEMM = function("cblas_sgemm", FunctionDescriptor.ofVoid(i, i, i, i, i, i, f, p, i, p, i, f, p, i));
    }

    private Blas() {}

    private static MethodHandle function(String name, FunctionDescriptor signature) {
        var address = Loader.addressof(name);
        if (address == null || address.isNull()) {
            throw new IllegalStateException("OpenBLAS is loaded but has no function " + name);
        }
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.address()), signature);
    }

    /** Which of OpenBLAS's kernels multiply here, such as "SkylakeX" (AVX-512) or "Haswell" (AVX2). */
    public static String kernels() {
        var name = function("openblas_get_corename", FunctionDescriptor.of(ValueLayout.ADDRESS));
        try {
            return ((MemorySegment) name.invokeExact())
                    .reinterpret(Long.MAX_VALUE)
                    .getString(0);
        } catch (Throwable e) {
            throw new AssertionError("openblas_get_corename throws nothing", e);
        }
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
        try {
            SGEMM.invokeExact(
                    ROW_MAJOR,
                    transposeA ? TRANSPOSE : NO_TRANSPOSE,
                    transposeB ? TRANSPOSE : NO_TRANSPOSE,
                    m,
                    n,
                    k,
                    1f,
                    a.address(aOffset),
                    aStride,
                    b.address(bOffset),
                    bStride,
                    beta,
                    c.address(cOffset),
                    cStride);
        } catch (Throwable e) {
            throw new AssertionError("cblas_sgemm throws nothing", e);
        } finally {
            // Only addresses crossed; whoever holds the last reference must not lose it in the middle of a product.
            Reference.reachabilityFence(a);
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(c);
        }
    }
}
