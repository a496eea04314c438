package trivium.run;

import java.time.Duration;
import java.time.Instant;
import trivium.text.Numbers;

/**
 * How a piece of work ended.
 *
 * @param status "finished", "interrupted at step 120", "diverged: the loss is not a number at step 7; …", "stopped: …",
 *     "failed: …", or "running" while it has not ended, "ended early at step 37" if its process is gone
 * @param started when it began
 * @param ended when it ended; null while it runs
 * @param seconds how long it took, wall clock, without the time between two processes that worked on it
 * @param best which step was best, where its state is kept beside the last one; otherwise null
 */
public record Outcome(String status, Instant started, Instant ended, double seconds, BestStep best) {

    private static final String FINISHED = "finished";
    private static final String RUNNING = "running";
    private static final String FAILED = "failed: ";
    private static final String DIVERGED = "diverged: ";
    private static final String STOPPED = "stopped: ";

    public Outcome {
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            throw new IllegalArgumentException("a run cannot take " + seconds + " seconds");
        }
    }

    /** Where only the last state is kept. */
    public Outcome(String status, Instant started, Instant ended, double seconds) {
        this(status, started, ended, seconds, null);
    }

    /** Work that has begun and not ended. */
    public static Outcome running(Instant started) {
        return new Outcome(RUNNING, started, null, 0);
    }

    /** Everything that was asked for was done. */
    public static Outcome finished(Instant started) {
        return now(FINISHED, started);
    }

    /** What was asked for was done before all steps were taken: {@code how} says why it stopped. */
    static Outcome finished(Instant started, String how) {
        return now(FINISHED + ": " + how, started);
    }

    /** Somebody stopped the work after {@code steps} steps; what was learned until then is kept. */
    public static Outcome interrupted(Instant started, long steps) {
        return now("interrupted at step " + steps, started);
    }

    /** Who listened stopped the work, for this reason; what was learned until then is kept. */
    public static Outcome stopped(Instant started, String reason) {
        return now(STOPPED + reason, started);
    }

    /** The work could not go on, for this reason. */
    public static Outcome failed(Instant started, String reason) {
        return now(FAILED + reason, started);
    }

    /** The training left what can be learned from, for this reason; the last state whose numbers are finite is kept. */
    public static Outcome diverged(Instant started, String reason) {
        return now(DIVERGED + reason, started);
    }

    /** The process that did the work is gone, and left this many steps behind. */
    static Outcome endedEarly(Instant started, long steps, Instant ended, double seconds) {
        return new Outcome("ended early at step " + steps, started, ended, seconds);
    }

    /** This outcome of work that took other processes' time as well. */
    Outcome taking(double all) {
        return new Outcome(status, started, ended, all, best);
    }

    /** This outcome of work whose best state is kept. */
    Outcome keeping(BestStep step) {
        return new Outcome(status, started, ended, seconds, step);
    }

    /** Whether everything that was asked for was done, which an early stop may be part of. */
    public boolean isFinished() {
        return status.equals(FINISHED) || status.startsWith(FINISHED + ": ");
    }

    /** Whether the training diverged. */
    public boolean isDiverged() {
        return status.startsWith(DIVERGED);
    }

    /** Whether the card says that somebody is at work. */
    boolean isRunning() {
        return status.equals(RUNNING);
    }

    /** Whether there is nothing left to do: all was done, or the work was stopped for good or could not go on. */
    boolean hasEnded() {
        return isFinished() || isDiverged() || status.startsWith(FAILED) || status.startsWith(STOPPED);
    }

    private static Outcome now(String status, Instant started) {
        var ended = Instant.now();
        return new Outcome(
                status,
                started,
                ended,
                Math.max(0, Duration.between(started, ended).toMillis()) / 1e3);
    }

    @Override
    public String toString() {
        return (status.equals(FINISHED) ? "finished in " + Numbers.duration(seconds) : status)
                + (best == null ? "" : "; best " + best);
    }
}
