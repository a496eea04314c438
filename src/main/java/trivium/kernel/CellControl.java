package trivium.kernel;

import java.io.ByteArrayInputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jshell.execution.DirectExecutionControl;

/**
 * Runs JShell's snippets in this process, on a thread of their own that can be stopped, and keeps the objects that the
 * snippets result in.
 *
 * <p>The thread stays the same from cell to cell, so that what libraries keep per thread stays too. A stop interrupts
 * it (library loops poll for that) and makes {@link StopCheck} throw in the cell's own code.
 */
final class CellControl extends DirectExecutionControl implements AutoCloseable {

    private static final ClassDesc STOP_CHECK =
            StopCheck.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc NOTHING_TO_NOTHING = MethodTypeDesc.ofDescriptor("()V");

    /** How often a running cell lets other things be looked at. */
    private static final long LOOK_MS = 20;

    private final Map<ClassDesc, byte[]> classes = new ConcurrentHashMap<>();
    private final ClassFile files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> bytes(type))
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("cell").daemon().factory());
    private final Object lock = new Object();

    private final Runnable meanwhile;

    private boolean inCell;
    private long cell;
    private Thread running;
    private volatile Object value;

    /** @param meanwhile is run again and again while a cell runs, on the thread that waits for it */
    CellControl(Runnable meanwhile) {
        this.meanwhile = meanwhile;
    }

    /** A cell begins: a stop asked for earlier no longer counts. */
    void begin() {
        synchronized (lock) {
            inCell = true;
            cell++;
            StopCheck.set(false);
        }
    }

    /** The cell has ended, one way or another. */
    void end() {
        synchronized (lock) {
            inCell = false;
        }
    }

    /** The result of the last snippet; answered once. */
    Object takeValue() {
        var taken = value;
        value = null;
        return taken;
    }

    boolean stopped() {
        return StopCheck.stopping();
    }

    /** Asks the running cell to end; does nothing between cells. */
    @Override
    public void stop() {
        stopping();
    }

    /** Asks the running cell to end and answers which cell that is, counted from 1, or 0 between cells. */
    long stopping() {
        synchronized (lock) {
            if (!inCell) {
                return 0;
            }
            StopCheck.set(true);
            if (running != null) {
                running.interrupt();
            }
            return cell;
        }
    }

    /** Which method that cell has called and not come back from, if the cell still runs. */
    Optional<StackTraceElement> place(long which) {
        synchronized (lock) {
            if (!inCell || cell != which || running == null) {
                return Optional.empty();
            }
            var trace = running.getStackTrace();
            int own = 0;
            while (own < trace.length && !trace[own].getClassName().startsWith("REPL.")) {
                own++;
            }
            return trace.length == 0
                    ? Optional.empty()
                    : Optional.of(trace[own == trace.length ? 0 : Math.max(0, own - 1)]);
        }
    }

    @Override
    public void load(ClassBytecodes[] loaded)
            throws ClassInstallException, NotImplementedException, EngineTerminationException {
        for (var each : loaded) {
            classes.put(ClassDesc.of(each.name().replace('/', '.')), each.bytecodes());
        }
        super.load(Arrays.stream(loaded)
                .map(each -> new ClassBytecodes(each.name(), woven(each.bytecodes())))
                .toArray(ClassBytecodes[]::new));
    }

    /** Runs the method on the cell's thread and waits for it, whatever happens to the waiting thread. */
    @Override
    protected String invoke(Method snippet) throws Exception {
        value = call(() -> snippet.invoke(null));
        return ""; // JShell would show the value as text; the kernel renders the object instead
    }

    /**
     * Runs something on the cell's thread, where it can be stopped, and waits for it.
     *
     * @throws InvocationTargetException around an error
     */
    <T> T call(Callable<T> work) throws Exception {
        // Not by the future's own exception, which calls the failure's getMessage: that may fail as well.
        var failure = new AtomicReference<Throwable>();
        var result = await(thread.submit(() -> {
            try {
                return run(work);
            } catch (Throwable e) {
                failure.set(e);
                return null;
            }
        }));
        return switch (failure.get()) {
            case null -> result;
            case Exception e -> throw e;
            case Throwable e -> throw new InvocationTargetException(e);
        };
    }

    private <T> T run(Callable<T> work) throws Exception {
        synchronized (lock) {
            running = Thread.currentThread();
            if (StopCheck.stopping()) {
                running.interrupt();
            }
        }
        try {
            return work.call();
        } finally {
            synchronized (lock) {
                running = null; // from here on no interrupt comes; the executor clears one that came late
            }
        }
    }

    private <T> T await(Future<T> result) throws Exception {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get(LOOK_MS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    meanwhile.run();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        super.close();
    }

    private ByteArrayInputStream bytes(ClassDesc type) {
        var bytes = classes.get(type);
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    private byte[] woven(byte[] original) {
        return files.transformClass(
                files.parse(original),
                ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(StopCheckTransform::new)));
    }

    /** Puts a stop check at the start of a method and before every jump backwards. */
    private static final class StopCheckTransform implements CodeTransform {

        private final Set<Label> passed = new HashSet<>();

        @Override
        public void atStart(CodeBuilder code) {
            code.invokestatic(STOP_CHECK, "check", NOTHING_TO_NOTHING);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            switch (element) {
                case LabelTarget target -> passed.add(target.label());
                case BranchInstruction jump
                when passed.contains(jump.target()) -> code.invokestatic(STOP_CHECK, "check", NOTHING_TO_NOTHING);
                default -> {}
            }
            code.with(element);
        }
    }
}
