package trivium.run;

import java.time.Duration;
import java.time.Instant;

/**
 * How a piece of work ended.
 *
 * @param status "finished", "interrupted at step 120", "failed: loss is NaN at step 7", or "running" while it has not
 *     ended (or was killed)
 * @param started when it began
 * @param seconds how long it took, wall clock
 */
public record Outcome(String status, Instant started, double seconds) {

    private static final String FINISHED = "finished";
    private static final String RUNNING = "running";
    private static final String FAILED = "failed: ";

    public Outcome {
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            throw new IllegalArgumentException("a run cannot take " + seconds + " seconds");
        }
    }

    /** Work that has begun and not ended. */
    public static Outcome running(Instant started) {
        return new Outcome(RUNNING, started, 0);
    }

    /** Everything that was asked for was done. */
    public static Outcome finished(Instant started) {
        return new Outcome(FINISHED, started, since(started));
    }

    /** Somebody stopped the work after {@code steps} steps; what was learned until then is kept. */
    public static Outcome interrupted(Instant started, long steps) {
        return new Outcome("interrupted at step " + steps, started, since(started));
    }

    /** The work could not go on, for this reason. */
    public static Outcome failed(Instant started, String reason) {
        return new Outcome(FAILED + reason, started, since(started));
    }

    /** Whether everything that was asked for was done. */
    public boolean isFinished() {
        return status.equals(FINISHED);
    }

    /** Whether there is nothing left to do: all was done, or the work could not go on. */
    boolean hasEnded() {
        return isFinished() || status.startsWith(FAILED);
    }

    private static double since(Instant started) {
        return Math.max(0, Duration.between(started, Instant.now()).toMillis()) / 1e3;
    }

    @Override
    public String toString() {
        return isFinished() ? "finished in " + Numbers.seconds(seconds) : status;
    }
}
