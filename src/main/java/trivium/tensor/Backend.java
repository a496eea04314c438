package trivium.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.factory.Nd4j;

/** Prepares the native libraries, once, before ND4J is touched. */
final class Backend {

    private static final int AVX512_LANES = 16;
    private static final String CORE = "OPENBLAS_CORETYPE";
    private static final String THREADS = "OMP_NUM_THREADS";
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private Backend() {}

    /** Idempotent; every entry to native memory or products passes here first. */
    static void prepare() {
        Once.READY.run();
    }

    /**
     * Keeps products on the calling thread: ND4J lets the thread that starts it open teams of OpenMP, whatever the
     * environment says.
     */
    static void alone() {
        alone(Once.OPENMP_THREADS);
    }

    private static void alone(MethodHandle setThreads) {
        if (setThreads == null) {
            return;
        }
        try {
            setThreads.invokeExact(1);
        } catch (Throwable e) {
            throw new AssertionError("omp_set_num_threads throws nothing", e);
        }
    }

    private static final class Once {
        static final Runnable READY = () -> {};
        static final MethodHandle OPENMP_THREADS; // null where ND4J came without OpenMP

        static {
            Memory.letNativeMemoryGrow();
            chooseCore();
            var threads = System.getenv(THREADS);
            if (LINUX) {
                // ND4J's own operations, which only Deeplearning4j uses, and oneDNN's products would open an OpenMP
                // team in each worker: several times slower where workers outnumber the free cores (docs/log.md).
                environment("setenv", THREADS, "1");
            }
            Loader.load(openblas.class);
            // Parallelism stands in one place, the slices of a batch: a product runs on the thread that asks for it.
            // ND4J sets the number itself as it starts, so it starts first.
            Nd4j.getBackend();
            openblas.blas_set_num_threads(1);
            if (LINUX && threads == null) {
                // The variable has been read; other programs started from here shall use all cores.
                environment("unsetenv", THREADS);
            } else if (LINUX) {
                environment("setenv", THREADS, threads);
            }
            OPENMP_THREADS = openMpThreads();
            alone(OPENMP_THREADS);
        }

        private static MethodHandle openMpThreads() {
            var address = Loader.addressof("omp_set_num_threads");
            if (address == null) {
                return null;
            }
            var function = MemorySegment.ofAddress(address.address());
            return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid(JAVA_INT));
        }
    }

    /**
     * The bundled OpenBLAS 0.3.19 does not know processors newer than itself and falls back to 256-bit kernels, at half
     * the speed.
     */
    private static void chooseCore() {
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        boolean wide = FloatVector.SPECIES_PREFERRED.length() >= AVX512_LANES;
        if (LINUX && x86 && wide && System.getenv(CORE) == null) {
            environment("setenv", CORE, "SkylakeX");
        }
    }

    /**
     * Calls libc's {@code setenv(name, value, 1)} or {@code unsetenv(name)}: native libraries read the environment when
     * they load, and Java cannot change it.
     */
    private static void environment(String function, String... arguments) {
        var linker = Linker.nativeLinker();
        var address = linker.defaultLookup().find(function).orElseThrow();
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(arguments[0]);
            int status = arguments.length == 1
                    ? (int) linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, ADDRESS))
                            .invokeExact(name)
                    : (int) linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
                            .invokeExact(name, arena.allocateFrom(arguments[1]), 1);
            if (status != 0) {
                throw new IllegalStateException(function + " " + arguments[0] + " failed with status " + status);
            }
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
