package trivium.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Loader;

/** Matrix products by the OpenBLAS that ND4J brings: on every platform, where nothing better is there. */
final class OpenBlas {

    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private static final MethodHandle SGEMM;

    static {
        Backend.prepare();
        // Addresses pass as 64-bit integers: the same registers on every platform ND4J ships for.
        SGEMM = function(
                "cblas_sgemm",
                FunctionDescriptor.ofVoid(
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_FLOAT,
                        JAVA_LONG,
                        JAVA_INT,
                        JAVA_LONG,
                        JAVA_INT,
                        JAVA_FLOAT,
                        JAVA_LONG,
                        JAVA_INT));
    }

    private OpenBlas() {}

    private static MethodHandle function(String name, FunctionDescriptor signature) {
        var address = Loader.addressof(name);
        if (address == null || address.isNull()) {
            throw new IllegalStateException("OpenBLAS is loaded but has no function " + name);
        }
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.address()), signature);
    }

    /** A {@link Gemm} in float32. */
    static void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            long a,
            int aStride,
            long b,
            int bStride,
            float beta,
            long c,
            int cStride) {
        try {
            SGEMM.invokeExact(
                    ROW_MAJOR,
                    transposeA ? TRANSPOSE : NO_TRANSPOSE,
                    transposeB ? TRANSPOSE : NO_TRANSPOSE,
                    m,
                    n,
                    k,
                    1f,
                    a,
                    aStride,
                    b,
                    bStride,
                    beta,
                    c,
                    cStride);
        } catch (Throwable e) {
            throw new AssertionError("cblas_sgemm throws nothing", e);
        }
    }

    /** Which of its kernels multiply here, such as "SkylakeX" (AVX-512) or "Haswell" (AVX2). */
    static String kernels() {
        var name = function("openblas_get_corename", FunctionDescriptor.of(ADDRESS));
        try {
            return ((MemorySegment) name.invokeExact())
                    .reinterpret(Long.MAX_VALUE)
                    .getString(0);
        } catch (Throwable e) {
            throw new AssertionError("openblas_get_corename throws nothing", e);
        }
    }
}
