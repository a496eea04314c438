package trivium.sweep;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The trials of a sweep that wait, and a thread for each trial that its backend runs side by side. A thread that is
 * free takes its next trial only then: one that somebody has added, or else the next of the search. The backend sees no
 * more trials than it runs.
 */
final class Workers implements AutoCloseable {

    /** How often the sweep looks whether somebody has added a trial, in milliseconds. */
    private static final long LOOK_MS = 100;

    private final TrialBackend backend;
    private final TrialTask work;
    /** Whether a trial's progress may stop it. */
    private final boolean judged;

    private final ByHand byHand;
    /** Runs a trial, or answers nothing where none is to begin any more. */
    private final Function<Trial, Optional<TrialResult>> attempt;

    private final Queue<Trial> waiting = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Future<Optional<TrialResult>>> ended = new LinkedBlockingQueue<>();
    /** Threads that were asked for, and whose results were not heard. */
    private int due;

    private TrialBackend.TrialWorkers sites;
    private ExecutorService threads;

    Workers(
            TrialBackend backend,
            TrialTask work,
            boolean judged,
            ByHand byHand,
            Function<Trial, Optional<TrialResult>> attempt) {
        this.backend = backend;
        this.work = work;
        this.judged = judged;
        this.byHand = byHand;
        this.attempt = attempt;
    }

    /** Has a trial of the search run when a thread is free. */
    void submit(Trial trial) throws InterruptedException {
        waiting.add(trial);
        ask();
    }

    /** They are opened for the first trial that has to be run; a sweep whose trials have all ended opens none. */
    private void ask() throws InterruptedException {
        if (sites == null) {
            sites = backend.open(work, judged);
            threads = Executors.newFixedThreadPool(
                    sites.size(),
                    Thread.ofPlatform().name("trial-worker-", 0).daemon().factory());
        }
        due++;
        new ExecutorCompletionService<>(threads, ended)
                .submit(() -> attempt.apply(byHand.poll().orElseGet(waiting::remove)));
    }

    /** Waits until all trials have ended, also those that are added meanwhile, and tells of each as it ends. */
    void hear(Consumer<Optional<TrialResult>> told) throws InterruptedException {
        while (asked() > 0) {
            var next = ended.poll(LOOK_MS, TimeUnit.MILLISECONDS);
            if (next != null) {
                due--;
                try {
                    told.accept(next.get());
                } catch (ExecutionException e) {
                    throw new IllegalStateException(
                            "a trial could not be run: " + e.getCause().getMessage(), e.getCause());
                }
            }
        }
    }

    /** How many results are due, when a thread was asked for each trial that was added. */
    private int asked() throws InterruptedException {
        for (int more = byHand.more(); more > 0; more--) {
            ask();
        }
        return due;
    }

    TrialTask.Answer run(Trial trial) throws Exception {
        return sites.run(trial);
    }

    /** Interrupts the trials that run and waits for them for a while. */
    void stop() {
        if (threads == null) {
            return;
        }
        threads.shutdownNow();
        try {
            threads.awaitTermination(30, TimeUnit.SECONDS); // trials look at their interrupt flag at every step
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // interrupted again: do not wait for the trials
        }
    }

    @Override
    public void close() {
        if (sites != null) {
            threads.shutdownNow();
            sites.close();
        }
    }
}
