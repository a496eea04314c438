package trivium.run;

import java.nio.file.Path;

/**
 * The listener to a training, and the folder that keeps it while it goes on. Neither changes the result.
 *
 * @param progress the listener that is told of every step
 * @param folder the run's own folder, or null to keep the run in memory only. A run of the same recipe that is already
 *     in the folder is continued; the folder's name becomes the run's id
 * @param every how many steps apart checkpoints are; 0 for one each half minute
 */
public record RunOptions(Progress progress, Path folder, long every) {

    /** No listener and no folder. */
    public static final RunOptions NONE = new RunOptions(Progress.SILENT, null, 0);

    private static final double SECONDS = 30;

    public RunOptions {
        if (every < 0) {
            throw new IllegalArgumentException(every + " steps between checkpoints: expected at least 1");
        }
    }

    /** These options with this listener. */
    public RunOptions progress(Progress listener) {
        return new RunOptions(listener, folder, every);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint each half minute. */
    public RunOptions keep(Path place) {
        return new RunOptions(progress, place, 0);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint every so many steps. */
    public RunOptions keep(Path place, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(steps + " steps between checkpoints: expected at least 1");
        }
        return new RunOptions(progress, place, steps);
    }

    /**
     * Whether a checkpoint follows after {@code done} of all {@code steps}; after the last one does.
     *
     * @param seconds since the checkpoint before
     */
    boolean due(long done, long steps, double seconds) {
        return done == steps || (every > 0 ? done % every == 0 : seconds >= SECONDS);
    }
}
