package trivium.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Threads that share out work of microseconds, such as one matrix times one vector. Waking a sleeping thread would take
 * longer than the work, so the helpers start with the first round and stay awake, which is why a team is closed as soon
 * as it is not needed. Tasks are taken one by one: a helper that the system has suspended delays only the task it has
 * begun.
 *
 * <p>One thread at a time may call {@link #run}.
 */
public final class Team implements AutoCloseable {

    private static final class Round {
        private final int tasks;
        private final IntConsumer task;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Round(int tasks, IntConsumer task) {
            this.tasks = tasks;
            this.task = task;
        }

        void work() {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    task.accept(i);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.incrementAndGet();
                }
            }
        }
    }

    private static final Round NONE = new Round(0, _ -> {});

    /** The caller by itself. */
    public static final Team ALONE = new Team(1);

    /** Turns of waiting before the processor is offered to others: some microseconds. */
    private static final int PATIENCE = 1 << 9;

    private final int threads;
    private boolean started;
    private volatile Round current = NONE;
    private volatile boolean closed;

    /** @param threads at least 1, the caller included */
    public Team(int threads) {
        Backend.alone();
        this.threads = threads;
    }

    /** How many threads, the caller included. */
    public int threads() {
        return threads;
    }

    private void help() {
        Backend.alone();
        var seen = NONE;
        int waited = 0;
        while (!closed) {
            var round = current;
            if (round == seen) {
                pause(waited++);
            } else {
                round.work();
                seen = round;
                waited = 0;
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy here: nothing is right or wrong by it
    private static void pause(int waited) {
        if (waited < PATIENCE) {
            Thread.onSpinWait();
        } else {
            Thread.yield(); // the processor may be needed elsewhere; a free one comes back at once
        }
    }

    /**
     * Runs {@code task} for 0 … {@code tasks - 1} on whichever thread is free, and returns when all are done. The first
     * exception of a task is thrown here.
     */
    public void run(int tasks, IntConsumer task) {
        if (!started) {
            started = true;
            for (int i = 1; i < threads; i++) {
                Thread.ofPlatform().daemon().name("trivium-team-" + i).start(this::help);
            }
        }
        var round = new Round(tasks, task);
        current = round;
        round.work();
        for (int waited = 0; round.done.get() < tasks; waited++) {
            pause(waited);
        }
        switch (round.failure.get()) {
            case null -> {}
            case Error error -> throw error;
            case Throwable failure -> throw (RuntimeException) failure;
        }
    }

    /** Ends the helpers. */
    @Override
    public void close() {
        closed = true;
    }
}
