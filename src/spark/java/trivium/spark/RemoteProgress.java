package trivium.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import trivium.run.Progress;

/**
 * The progress of a trial on a worker. Where trials can be pruned, every step is sent and its answer awaited; elsewhere
 * the newest metrics are sent a few times a second.
 */
final class RemoteProgress implements Progress {

    private static final long PAUSE_NANOSECONDS = 250_000_000L;

    private final String trial;
    private final long attempt;
    private final boolean judged;

    private final Map<String, Double> gathered = new LinkedHashMap<>();
    private boolean stopped;
    private long done;
    private long sent = System.nanoTime() - PAUSE_NANOSECONDS;

    RemoteProgress(String trial, long attempt, boolean judged) {
        this.trial = trial;
        this.attempt = attempt;
        this.judged = judged;
    }

    @Override
    public synchronized void start(String title, long total) {
        send(new ProgressPlugin.ProgressEvent.Started(title, total));
    }

    @Override
    public synchronized void step(long number, Map<String, Double> metrics) {
        done = number;
        gathered.putAll(metrics);
        if (judged || System.nanoTime() - sent >= PAUSE_NANOSECONDS) {
            flush();
        }
    }

    @Override
    public synchronized Optional<String> stop() {
        return stopped ? Optional.of("its sweep said so") : Optional.empty();
    }

    @Override
    public synchronized void finish(String outcome) {
        flush();
        send(new ProgressPlugin.ProgressEvent.Ended(outcome));
    }

    /** Sends the metrics gathered so far. */
    synchronized void flush() {
        if (!gathered.isEmpty()) {
            send(new ProgressPlugin.ProgressEvent.Stepped(done, new LinkedHashMap<>(gathered)));
            gathered.clear();
            sent = System.nanoTime();
        }
    }

    private void send(ProgressPlugin.ProgressEvent event) {
        boolean interrupted =
                Thread.interrupted(); // an interrupt may be meant for the training, and would break off the message
        try {
            stopped |= ProgressPlugin.send(new ProgressPlugin.ProgressMessage(trial, attempt, event));
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (Exception e) {
            throw new IllegalStateException("the trial's progress could not be sent to where its sweep runs: " + e, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
