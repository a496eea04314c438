package trivium.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The listener to a training, the folder that keeps it while it goes on, and where else it is written down. None of
 * them changes the result, so none stands in the card.
 *
 * @param progress the listener that is told of every step
 * @param folder the run's own folder, or null to keep the run in memory only. A run of the same recipe that is already
 *     in the folder is continued; the folder's name becomes the run's id
 * @param every how many steps apart checkpoints are; 0 for one each half minute
 * @param trackers what writes the run down for other programs
 */
public record RunOptions(Progress progress, Path folder, long every, List<Tracker> trackers) {

    /** No listener and no folder. */
    public static final RunOptions NONE = new RunOptions(Progress.SILENT, null, 0, List.of());

    /** Between two checkpoints, unless a number of steps is told. */
    static final double SECONDS = 30;

    public RunOptions {
        if (every < 0) {
            throw new IllegalArgumentException(every + " steps between checkpoints: expected at least 1");
        }
        trackers = List.copyOf(trackers);
    }

    /** These options with this listener. */
    public RunOptions progress(Progress listener) {
        return new RunOptions(listener, folder, every, trackers);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint each half minute. */
    public RunOptions keep(Path place) {
        return new RunOptions(progress, place, 0, trackers);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint every so many steps. */
    public RunOptions keep(Path place, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(steps + " steps between checkpoints: expected at least 1");
        }
        return new RunOptions(progress, place, steps, trackers);
    }

    /** These options with one more tracker; one that is there already is not added. */
    public RunOptions track(Tracker tracker) {
        var all = new ArrayList<>(trackers);
        if (!all.contains(tracker)) {
            all.add(tracker);
        }
        return new RunOptions(progress, folder, every, all);
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
