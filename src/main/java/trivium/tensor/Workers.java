package trivium.tensor;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A fixed number of threads that share out numbered tasks. The caller is one of them; with one worker everything runs
 * on the caller. Which thread runs a task never changes a result. Handing out work allocates nothing.
 *
 * <p>The other threads are shared by all workers of the program and borrowed for the length of a {@link #run}; they end
 * some seconds after the last one. Workers need not be closed.
 *
 * <p>One thread at a time may call {@link #run}, and no task may.
 */
public final class Workers implements AutoCloseable {

    private final int count;
    private final WorkerThread[] helpers; // those borrowed, null between runs
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicInteger next = new AtomicInteger(); // task that nobody has taken
    private volatile boolean closed;

    /** @param count threads, at least 1, the caller included */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be at least 1, not " + count);
        }
        this.count = count;
        helpers = new WorkerThread[count - 1];
    }

    /** One worker per processor that this JVM may use. */
    public static int available() {
        return Runtime.getRuntime().availableProcessors();
    }

    public int count() {
        return count;
    }

    /**
     * Runs {@code task} for 0 … {@code tasks - 1}, in this order: whoever is free takes the next. Returns when all are
     * done, also when the calling thread is interrupted meanwhile (it stays interrupted), so that buffers are whole.
     * The first exception of a task is thrown here; the thread that met it takes no more.
     */
    public void run(int tasks, IntConsumer task) {
        if (closed || !running.compareAndSet(false, true)) {
            throw new IllegalStateException(closed ? "the workers are closed" : "the workers are at work already");
        }
        int helping = Math.max(0, Math.min(count, tasks) - 1);
        Throwable failure;
        next.set(0);
        try {
            borrow(helping);
            failure = share(helping, tasks, task);
        } finally {
            giveBack(helping);
            running.set(false);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void borrow(int helping) {
        for (int w = 0; w < helping; w++) {
            helpers[w] = WorkerThread.borrow();
        }
    }

    private void giveBack(int helping) {
        for (int w = helping - 1; w >= 0; w--) { // the next run finds them in the order of this one
            if (helpers[w] != null) {
                helpers[w].giveBack();
                helpers[w] = null;
            }
        }
    }

    /** Shares out the tasks and waits for all; answers what the first that failed threw, or null. */
    private Throwable share(int helping, int tasks, IntConsumer task) {
        for (int w = 0; w < helping; w++) {
            helpers[w].take(next, tasks, task);
        }
        Throwable failure = null;
        try {
            share(next, tasks, task);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        boolean interrupted = false;
        for (int w = 0; w < helping; w++) {
            interrupted |= helpers[w].await();
            var thrown = helpers[w].failure();
            failure = failure == null ? thrown : failure;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }

    /** One worker's share of the tasks. */
    static void share(AtomicInteger next, int tasks, IntConsumer task) {
        Backend.alone();
        for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
            task.accept(i);
        }
    }

    /** From here on {@link #run} is refused. Closing is optional: forgotten workers leave no thread behind. */
    @Override
    public void close() {
        closed = true;
    }
}
