package trivium.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The accounts of the native memory behind {@link Floats}, which is freed once the garbage collector has found that
 * nothing refers to it. Two things keep memory from being freed by itself. The collector runs when Java's heap is full,
 * and a model of a gigabyte is a handful of small objects there: so a collection is asked for when the memory held has
 * more than doubled since the last one. And the C library of Linux keeps what was freed for later, in a pool for each
 * thread: so it is told to give free pages to the system once much was freed.
 */
final class NativeMemory {

    /** Bytes that may be allocated before a collection is asked for, however little is held. */
    private static final long LEAST_GARBAGE = 128L << 20;

    private static final long TRIMMED_AT_ONCE = 64L << 20;
    /** How long the cleaner's and ND4J's threads need to free some of what a collection found. */
    private static final long FREEING_NANOSECONDS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long PATIENCE_MILLISECONDS = 1_000;

    private static final LongAdder ALLOCATED = new LongAdder();
    private static final LongAdder RELEASED = new LongAdder();
    private static final AtomicLong TRIMMED = new AtomicLong(); // of those released
    private static final Cleaner OWNERS = Cleaner.create();
    private static final MethodHandle TRIM = trim(); // null where the C library is another
    private static final MethodHandle ADVISE =
            function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    /** Linux's MADV_DONTNEED. */
    private static final int DONT_NEED = 4;

    /** The largest that pages are, but for huge ones. */
    private static final long PAGE = 1 << 16;

    /** Less is faster filled than asked for page by page. */
    private static final long GIVEN_RATHER_THAN_FILLED = 1 << 22;

    /** How much may be held before the next collection is asked for. */
    private static volatile long allowed = LEAST_GARBAGE;

    private NativeMemory() {}

    /** Bytes asked for until now, given back or not. */
    static long allocatedBytes() {
        return ALLOCATED.sum();
    }

    /** Bytes that something still refers to, as far as the collector has noticed. */
    static long heldBytes() {
        long released = RELEASED.sum(); // first, so that it is never more than was allocated
        return ALLOCATED.sum() - released;
    }

    /** Announces an allocation of so many bytes. */
    static void ask(long bytes) {
        if (heldBytes() + bytes > allowed) {
            collect(bytes);
        }
        if (TRIM != null && RELEASED.sum() - TRIMMED.get() >= TRIMMED_AT_ONCE) {
            trimFreePages();
        }
    }

    /** Registers an object as the owner of so many bytes, which ND4J frees after it. */
    static void own(Object owner, long bytes) {
        ALLOCATED.add(bytes);
        OWNERS.register(owner, () -> RELEASED.add(bytes));
    }

    /** One thread collects, and others that need memory wait for what it finds. */
    private static synchronized void collect(long bytes) {
        if (heldBytes() + bytes <= allowed) {
            return;
        }
        free();
        allowed = 2 * (heldBytes() + bytes) + LEAST_GARBAGE;
    }

    /** Collects garbage and gives all free pages to the system: what the process has then is what it needs. */
    static synchronized void giveBack() {
        free();
        if (TRIM != null) {
            TRIMMED.set(RELEASED.sum());
            giveFreePages();
        }
    }

    private static void free() {
        var cleaned = new CountDownLatch(1);
        OWNERS.register(new Object(), cleaned::countDown); // garbage of this collection, like what it is to find
        System.gc();
        boolean interrupted = await(cleaned);
        long released = -1;
        for (int quiet = 0; quiet < 2; ) {
            quiet = RELEASED.sum() > released ? 0 : quiet + 1;
            released = RELEASED.sum();
            LockSupport.parkNanos(FREEING_NANOSECONDS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the cleaner, not for ever: a JVM may be told not to collect when asked. */
    private static boolean await(CountDownLatch cleaned) {
        try {
            boolean _ = cleaned.await(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Fills with zeros; of much memory, where it can, by having the system give each page when it is written to. */
    static void zero(MemorySegment memory) {
        long address = memory.address();
        long end = address + memory.byteSize();
        if (memory.byteSize() < GIVEN_RATHER_THAN_FILLED || !giveUntilWritten(address, memory.byteSize())) {
            memory.fill((byte) 0);
            return;
        }
        memory.asSlice(0, first(address) - address).fill((byte) 0);
        memory.asSlice(last(end) - address).fill((byte) 0);
    }

    /** Where the first page begins that no byte before this address shares. */
    private static long first(long address) {
        return Math.ceilDiv(address, PAGE) * PAGE;
    }

    /** Where the last page ends that no byte from this address on shares. */
    private static long last(long address) {
        return address / PAGE * PAGE;
    }

    /**
     * Gives the pages of an allocation to the system, which gives each again, of zeros, when it is written to; answers
     * whether it did. Where the system is not Linux nothing happens.
     */
    static boolean giveUntilWritten(long address, long bytes) {
        long from = first(address);
        long to = last(address + bytes);
        if (TRIM == null || from >= to) {
            return false;
        }
        try {
            return (int) ADVISE.invokeExact(from, to - from, DONT_NEED) == 0;
        } catch (Throwable e) {
            throw new AssertionError("madvise throws nothing", e);
        }
    }

    private static void trimFreePages() {
        long before = TRIMMED.get();
        long released = RELEASED.sum();
        if (released - before < TRIMMED_AT_ONCE || !TRIMMED.compareAndSet(before, released)) {
            return; // another thread does
        }
        giveFreePages();
    }

    private static void giveFreePages() {
        try {
            int _ = (int) TRIM.invokeExact(0L);
        } catch (Throwable e) {
            throw new AssertionError("malloc_trim throws nothing", e);
        }
    }

    private static MethodHandle trim() {
        return function("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, type))
                .orElse(null);
    }
}
