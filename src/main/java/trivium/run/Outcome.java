package trivium.run;

import java.time.Duration;
import java.time.Instant;
import trivium.text.Numbers;

/**
 * How a piece of work ended, and when.
 *
 * @param status how far it came
 * @param started when it began
 * @param ended when it ended; null while it runs
 * @param seconds how long it took, wall clock, without the time between two processes that worked on it
 * @param best which step was best, where its state is kept beside the last one; otherwise null
 */
public record Outcome(Status status, Instant started, Instant ended, double seconds, BestStep best) {

    public Outcome {
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            throw new IllegalArgumentException("a run cannot take " + seconds + " seconds");
        }
    }

    /** Where only the last state is kept. */
    public Outcome(Status status, Instant started, Instant ended, double seconds) {
        this(status, started, ended, seconds, null);
    }

    /** Work that has begun and not ended. */
    public static Outcome running(Instant started) {
        return new Outcome(new Status.Running(), started, null, 0);
    }

    /** Work that ends now. */
    public static Outcome now(Status status, Instant started) {
        var ended = Instant.now();
        return new Outcome(
                status,
                started,
                ended,
                Math.max(0, Duration.between(started, ended).toMillis()) / 1e3);
    }

    /** This outcome of work that took other processes' time as well. */
    Outcome taking(double all) {
        return new Outcome(status, started, ended, all, best);
    }

    /** This outcome of work whose best state is kept. */
    Outcome keeping(BestStep step) {
        return new Outcome(status, started, ended, seconds, step);
    }

    @Override
    public String toString() {
        return (status.equals(new Status.Finished()) ? "finished in " + Numbers.duration(seconds) : status.text())
                + (best == null ? "" : "; best " + best);
    }
}
