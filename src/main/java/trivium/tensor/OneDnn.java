package trivium.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Loader;

/**
 * Matrix products by oneDNN, where its native library is on the class path (Linux on x86-64): float32, and bfloat16
 * summed in float32. oneDNN generates its kernels for the processor at hand, also for one newer than itself.
 */
final class OneDnn {

    private static final String RESOURCE = "/org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3";
    private static final int MULTIPLIES_BF16 = 0xe7; // dnnl_cpu_isa_avx512_core_bf16

    private static final SymbolLookup LIBRARY; // null where it is not there
    private static final MethodHandle SGEMM;
    private static final MethodHandle BF16_GEMM;

    static {
        Backend.prepare();
        LIBRARY = library();
        var signature = FunctionDescriptor.of(
                JAVA_INT,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                JAVA_LONG,
                JAVA_LONG);
        SGEMM = function("dnnl_sgemm", signature);
        BF16_GEMM = function("dnnl_gemm_bf16bf16f32", signature);
    }

    private OneDnn() {}

    private static SymbolLookup library() {
        var resource = OneDnn.class.getResource(RESOURCE);
        if (resource == null) {
            return null;
        }
        try {
            return SymbolLookup.libraryLookup(Loader.cacheResource(resource).toPath(), Arena.global());
        } catch (IOException e) {
            throw new UncheckedIOException("oneDNN's library could not be unpacked", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor signature) {
        return LIBRARY == null ? null : Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), signature);
    }

    /** Whether the library is there. */
    static boolean available() {
        return LIBRARY != null;
    }

    /** Whether the processor multiplies bfloat16 itself; oneDNN would imitate it at a fraction of the speed. */
    static boolean multipliesBf16() {
        if (LIBRARY == null) {
            return false;
        }
        var instructions = function("dnnl_get_effective_cpu_isa", FunctionDescriptor.of(JAVA_INT));
        try {
            return ((int) instructions.invokeExact() & MULTIPLIES_BF16) == MULTIPLIES_BF16;
        } catch (Throwable e) {
            throw new AssertionError("oneDNN throws nothing", e);
        }
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
        if (k == 0) { // oneDNN leaves c as it was, whatever beta says
            OpenBlas.multiply(transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c, cStride);
            return;
        }
        check(call(SGEMM, transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c, cStride), m, n, k);
    }

    /** A {@link Gemm} of bfloat16 a and b, and float32 c. */
    static void multiplyBf16(
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
        check(call(BF16_GEMM, transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c, cStride), m, n, k);
    }

    private static int call(
            MethodHandle product,
            boolean transposeA,
            boolean transposeB,
            long m,
            long n,
            long k,
            long a,
            long aStride,
            long b,
            long bStride,
            float beta,
            long c,
            long cStride) {
        try {
            return (int) product.invokeExact(
                    letter(transposeA), letter(transposeB), m, n, k, 1f, a, aStride, b, bStride, beta, c, cStride);
        } catch (Throwable e) {
            throw new AssertionError("oneDNN throws nothing", e);
        }
    }

    private static byte letter(boolean transposed) {
        return (byte) (transposed ? 'T' : 'N');
    }

    private static void check(int status, int m, int n, int k) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN refused a product of " + m + " × " + k + " × " + n + ": status "
                    + status + " (1 out of memory, 2 bad arguments, 3 not implemented)");
        }
    }
}
