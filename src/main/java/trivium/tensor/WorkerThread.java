package trivium.tensor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A thread that {@link Workers} borrow for one share of their work. All of a program's workers share the helpers: one
 * that nobody has borrowed sleeps, and ends if nobody wants it for a while. So a forgotten owner of workers leaves no
 * thread behind, and many owners that work in turn need no more threads than one.
 *
 * <p>A helper that is idle refers to nothing of those who borrowed it. Borrowing an idle one allocates nothing.
 */
final class WorkerThread {

    /** How long an idle helper stays: longer than an evaluation between two steps of a training takes. */
    private static final long PATIENCE_NANOSECONDS = TimeUnit.SECONDS.toNanos(5);

    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final Object LOCK = new Object();

    /** The idle helper that was given back last, and through {@link #below} the others. */
    private static WorkerThread idle;

    private final Thread thread;
    private WorkerThread below;

    private AtomicInteger next;
    private int tasks;
    private IntConsumer task;
    private Throwable failure;
    private Thread caller;
    /** From the handing out of a share until it is done; what is written before either is seen after it. */
    private volatile boolean busy;

    private WorkerThread() {
        // Nothing of the thread that happens to need it first, which may be a notebook cell's.
        thread = Thread.ofPlatform()
                .name("trivium-worker-" + STARTED.incrementAndGet())
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::help);
        thread.setContextClassLoader(WorkerThread.class.getClassLoader());
    }

    /** An idle helper, or a new one. */
    static WorkerThread borrow() {
        synchronized (LOCK) {
            if (idle != null) {
                var helper = idle;
                idle = helper.below;
                helper.below = null;
                return helper;
            }
        }
        var helper = new WorkerThread();
        helper.thread.start();
        return helper;
    }

    /** Makes it idle. */
    void giveBack() {
        synchronized (LOCK) {
            below = idle;
            idle = this;
        }
    }

    /** Begins a share of the tasks from {@code next} on, which others take too. */
    void take(AtomicInteger next, int tasks, IntConsumer task) {
        this.next = next;
        this.tasks = tasks;
        this.task = task;
        caller = Thread.currentThread();
        busy = true;
        LockSupport.unpark(thread);
    }

    /** Waits until the share is done, well or badly; answers whether this thread was interrupted meanwhile. */
    boolean await() {
        boolean interrupted = false;
        while (busy) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // an interrupted thread would not sleep again
        }
        return interrupted;
    }

    /** What the last share threw, or null; told once. */
    Throwable failure() {
        var thrown = failure;
        failure = null;
        return thrown;
    }

    private void help() {
        long since = System.nanoTime();
        while (true) {
            if (busy) {
                work();
                since = System.nanoTime();
            } else {
                LockSupport.parkNanos(PATIENCE_NANOSECONDS);
                if (System.nanoTime() - since >= PATIENCE_NANOSECONDS && leave()) {
                    return;
                }
            }
        }
    }

    private void work() {
        try {
            Workers.share(next, tasks, task);
        } catch (Throwable e) {
            failure = e;
        }
        var waiting = caller;
        caller = null;
        task = null;
        next = null;
        busy = false;
        LockSupport.unpark(waiting);
    }

    /** Takes this helper from the idle ones; answers whether it was among them. One that is borrowed may not leave. */
    private boolean leave() {
        synchronized (LOCK) {
            WorkerThread above = null;
            for (var helper = idle; helper != null; helper = helper.below) {
                if (helper != this) {
                    above = helper;
                } else if (above == null) {
                    idle = below;
                    return true;
                } else {
                    above.below = below;
                    return true;
                }
            }
            return false;
        }
    }
}
