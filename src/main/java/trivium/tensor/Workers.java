package trivium.tensor;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * A fixed number of threads that share out numbered tasks. The caller is one of them; with one worker everything runs
 * on the caller. Which thread runs a task never changes a result.
 */
public final class Workers implements AutoCloseable {

    private final int count;
    private final ExecutorService helpers;

    /** @param count threads, at least 1, the caller included */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be at least 1, not " + count);
        }
        this.count = count;
        this.helpers = count == 1
                ? null
                : Executors.newFixedThreadPool(
                        count - 1,
                        Thread.ofPlatform()
                                .name("trivium-worker-", 1)
                                .daemon(true)
                                .factory());
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
        int threads = Math.min(count, tasks);
        var futures = new Future<?>[Math.max(threads - 1, 0)];
        for (int w = 1; w < threads; w++) {
            int worker = w;
            futures[w - 1] = helpers.submit(() -> share(worker, threads, tasks, task));
        }
        Throwable failure = null;
        try {
            share(0, threads, tasks, task);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        boolean interrupted = false;
        for (var future : futures) {
            while (!future.isDone()) {
                interrupted |= waitFor(future);
            }
            failure = future.state() == Future.State.FAILED && failure == null ? future.exceptionNow() : failure;
        }
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

    /** Waits for a task to end, well or badly; answers whether this thread was interrupted meanwhile. */
    private static boolean waitFor(Future<?> future) {
        try {
            future.get();
        } catch (InterruptedException e) {
            return true;
        } catch (ExecutionException e) {
            return false; // the state tells
        }
        return false;
    }

    private static void share(int worker, int threads, int tasks, IntConsumer task) {
        Backend.alone();
        for (int i = worker; i < tasks; i += threads) {
            task.accept(i);
        }
    }

    @Override
    public void close() {
        if (helpers != null) {
            helpers.shutdown();
        }
    }
}
