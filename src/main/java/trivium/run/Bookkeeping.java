package trivium.run;

import java.nio.file.Path;

/**
 * Who hears of a training, and where it is kept while it goes on. None of it changes the result.
 *
 * @param progress hears of every step
 * @param folder the run's own folder, or null to keep it in memory only. What is there of the same recipe is gone on
 *     with; its name becomes the run's id
 * @param every how many steps apart checkpoints are; 0 for one each half minute
 */
public record Bookkeeping(Progress progress, Path folder, long every) {

    /** Nobody hears, nothing is kept. */
    public static final Bookkeeping NONE = new Bookkeeping(Progress.SILENT, null, 0);

    private static final double SECONDS = 30;

    public Bookkeeping {
        if (every < 0) {
            throw new IllegalArgumentException(every + " steps between checkpoints: expected at least 1");
        }
    }

    /** With this listener. */
    public Bookkeeping progress(Progress listener) {
        return new Bookkeeping(listener, folder, every);
    }

    /** Kept in a folder of its own, with a checkpoint each half minute. */
    public Bookkeeping keep(Path place) {
        return new Bookkeeping(progress, place, 0);
    }

    /** Kept in a folder of its own, with a checkpoint every so many steps. */
    public Bookkeeping keep(Path place, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(steps + " steps between checkpoints: expected at least 1");
        }
        return new Bookkeeping(progress, place, steps);
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
