package trivium.run;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes a training down where another program shows it while the training goes on, such as TensorBoard:
 * {@code recipe.track(TensorBoard.in(folder))}. {@link Tracking} calls a tracker from a thread of its own, so that
 * neither a slow disk nor an exception reaches the training. {@code toString} says what it is and where, for the
 * sentence that tells of a failure.
 */
@FunctionalInterface
public interface Tracker {

    /**
     * A step of a training.
     *
     * @param step steps taken, 1 after the first
     * @param time when it was over
     * @param metrics by name
     */
    record Row(long step, Instant time, Map<String, Double> metrics) {}

    /**
     * Begins a run, or goes on with one that an earlier process began: the run of this id that started at this time.
     *
     * @param card of the run, without an ending
     * @param done steps that are over; what was written of later ones has to go, for they are taken again
     */
    Session begin(RunCard card, long done) throws IOException;

    /** One run, called from one thread at a time. */
    interface Session {

        /** Writes steps in their order; others can read them when the method returns. */
        void write(List<Row> rows) throws IOException;

        /** The run has ended as its card says. */
        void finish(RunCard card) throws IOException;
    }

    /**
     * Writes a run that is over, each step at the time at which it ended.
     *
     * @throws java.io.UncheckedIOException if that is not possible
     */
    default void add(Run run) {
        Tracking.add(this, run);
    }
}
