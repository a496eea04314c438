package trivium.tensor;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed number of threads that share out numbered tasks. The caller is one of them; with one worker everything runs
 * on the caller. Which thread runs a task never changes a result. Handing out work allocates nothing.
 *
 * <p>One thread at a time may call {@link #run}, and no task may.
 */
public final class Workers implements AutoCloseable {

    private final int count;
    private final Helper[] helpers;
    private final AtomicBoolean running = new AtomicBoolean();
    private boolean started;
    private volatile boolean closed;

    /** @param count threads, at least 1, the caller included */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be at least 1, not " + count);
        }
        this.count = count;
        helpers = new Helper[count - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
        }
    }

    /** One worker per processor that this JVM may use. */
    public static int available() {
        return Runtime.getRuntime().availableProcessors();
    }

    public int count() {
        return count;
    }

    /**
     * Runs {@code task} for 0 … {@code tasks - 1}: worker w takes w, w + count, …; returns when all are done, also when
     * the calling thread is interrupted meanwhile (it stays interrupted), so that buffers are whole. The first
     * exception of a task is thrown here.
     */
    public void run(int tasks, IntConsumer task) {
        if (closed || !running.compareAndSet(false, true)) {
            throw new IllegalStateException(closed ? "the workers are closed" : "the workers are at work already");
        }
        int threads = Math.min(count, tasks);
        start(threads);
        for (int w = 1; w < threads; w++) {
            helpers[w - 1].take(threads, tasks, task);
        }
        Throwable failure = null;
        try {
            share(0, threads, tasks, task);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        boolean interrupted = false;
        for (int w = 1; w < threads; w++) {
            interrupted |= helpers[w - 1].await();
            failure = failure == null ? helpers[w - 1].failure : failure;
        }
        running.set(false);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void start(int threads) {
        if (!started && threads > 1) {
            started = true;
            for (var helper : helpers) {
                helper.thread.start();
            }
        }
    }

    private static void share(int worker, int threads, int tasks, IntConsumer task) {
        Backend.alone();
        for (int i = worker; i < tasks; i += threads) {
            task.accept(i);
        }
    }

    /** A thread that sleeps between its shares of the work. */
    private final class Helper {
        private final int worker;
        private final Thread thread;
        private int threads;
        private int tasks;
        private IntConsumer task;
        private Throwable failure;
        private Thread caller;
        /** From the handing out of a share until it is done; what is written before either is seen after it. */
        private volatile boolean busy;

        Helper(int worker) {
            this.worker = worker;
            thread = Thread.ofPlatform()
                    .name("trivium-worker-" + worker)
                    .daemon(true)
                    .unstarted(this::help);
        }

        void take(int threads, int tasks, IntConsumer task) {
            this.threads = threads;
            this.tasks = tasks;
            this.task = task;
            failure = null;
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
            task = null;
            return interrupted;
        }

        private void help() {
            while (!closed) {
                if (busy) {
                    work();
                } else {
                    LockSupport.park(this);
                }
            }
        }

        private void work() {
            try {
                share(worker, threads, tasks, task);
            } catch (Throwable e) {
                failure = e;
            }
            var waiting = caller;
            busy = false;
            LockSupport.unpark(waiting);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (var helper : helpers) {
            LockSupport.unpark(helper.thread);
        }
    }
}
