package trivium.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.factory.Nd4j;

/** Prepares the native libraries, once, before ND4J is touched. */
final class Backend {

    private static final int AVX512_LANES = 16;
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private Backend() {}

    /** Idempotent; every entry to native memory or products passes here first. */
    static void prepare() {
        Once.READY.run();
    }

    private static final class Once {
        static final Runnable READY = () -> {};

        static {
            Memory.letNativeMemoryGrow();
            chooseCore();
            chooseThreads();
            Loader.load(openblas.class);
            // Parallelism stands in one place, the slices of a batch: a product runs on the thread that asks for it.
            // ND4J sets the number itself as it starts, so it starts first.
            Nd4j.getBackend();
            openblas.blas_set_num_threads(1);
        }
    }

    /**
     * The bundled OpenBLAS 0.3.19 does not know processors newer than itself and falls back to 256-bit kernels, at half
     * the speed.
     */
    private static void chooseCore() {
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        if (LINUX && x86 && FloatVector.SPECIES_PREFERRED.length() >= AVX512_LANES) {
            setUnlessUserDid("OPENBLAS_CORETYPE", "SkylakeX");
        }
    }

    /**
     * ND4J's own operations, which only Deeplearning4j uses, would open an OpenMP team in each worker: several times
     * slower where workers outnumber the free cores (docs/log.md).
     */
    private static void chooseThreads() {
        if (LINUX) {
            setUnlessUserDid("OMP_NUM_THREADS", "1");
        }
    }

    /** Native libraries read the environment when they load; Java cannot change it except through libc. */
    private static void setUnlessUserDid(String name, String value) {
        if (System.getenv(name) != null) {
            return;
        }
        var linker = Linker.nativeLinker();
        var setenv = linker.downcallHandle(
                linker.defaultLookup().find("setenv").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (var arena = Arena.ofConfined()) {
            int status = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (status != 0) {
                throw new IllegalStateException("setenv " + name + " failed with status " + status);
            }
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
