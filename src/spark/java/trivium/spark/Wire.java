package trivium.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import trivium.run.Progress;

/**
 * The progress of a trial on a worker. Where trials can be pruned, every step is sent and its answer awaited; elsewhere
 * the newest metrics are sent a few times a second.
 */
final class Wire implements Progress {

    private static final long PAUSE_NANOSECONDS = 250_000_000L;

    private final String trial;
    private final long attempt;
    private final boolean judged;

    private final Map<String, Double> gathered = new LinkedHashMap<>();
    private boolean stopped;
    private long done;
    private long told = System.nanoTime() - PAUSE_NANOSECONDS;

    Wire(String trial, long attempt, boolean judged) {
        this.trial = trial;
        this.attempt = attempt;
        this.judged = judged;
    }

    @Override
    public synchronized void start(String title, long total) {
        tell(new Telegraph.News.Started(title, total));
    }

    @Override
    public synchronized void step(long number, Map<String, Double> metrics) {
        done = number;
        gathered.putAll(metrics);
        if (judged || System.nanoTime() - told >= PAUSE_NANOSECONDS) {
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
        tell(new Telegraph.News.Ended(outcome));
    }

    /** Sends the metrics gathered so far. */
    synchronized void flush() {
        if (!gathered.isEmpty()) {
            tell(new Telegraph.News.Stepped(done, new LinkedHashMap<>(gathered)));
            gathered.clear();
            told = System.nanoTime();
        }
    }

    private void tell(Telegraph.News news) {
        boolean interrupted =
                Thread.interrupted(); // an interrupt may be meant for the training, and would break off the message
        try {
            stopped |= Telegraph.tell(new Telegraph.Message(trial, attempt, news));
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (Exception e) {
            throw new IllegalStateException("the trial's progress could not be told to where its sweep runs: " + e, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
