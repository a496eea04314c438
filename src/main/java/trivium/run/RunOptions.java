package trivium.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The listener to a training, the folder that keeps it while it goes on, and which of its states are kept in the end.
 * Only an early stop changes the result.
 *
 * @param progress the listener that is told of every step
 * @param folder the run's own folder, or null to keep the run in memory only. A run of the same recipe that is already
 *     in the folder is continued; the folder's name becomes the run's id
 * @param every how many steps apart checkpoints are; 0 for one each half minute
 * @param selection which state is kept beside the last one, or null for none
 */
public record RunOptions(Progress progress, Path folder, long every, Selection selection) {

    /** No listener, no folder, and the last state only. */
    public static final RunOptions NONE = new RunOptions(Progress.SILENT, null, 0, null);

    private static final double SECONDS = 30;

    public RunOptions {
        if (every < 0) {
            throw new IllegalArgumentException(every + " steps between checkpoints: expected at least 1");
        }
    }

    /** These options with this listener. */
    public RunOptions progress(Progress listener) {
        return new RunOptions(listener, folder, every, selection);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint each half minute. */
    public RunOptions keep(Path place) {
        return new RunOptions(progress, place, 0, selection);
    }

    /** These options with the run kept in a folder of its own, with a checkpoint every so many steps. */
    public RunOptions keep(Path place, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(steps + " steps between checkpoints: expected at least 1");
        }
        return new RunOptions(progress, place, steps, selection);
    }

    /** These options with the best state kept beside the last one, or with null only the last. */
    public RunOptions selecting(Selection chosen) {
        return new RunOptions(progress, folder, every, chosen);
    }

    /**
     * The options that belong to a run's card.
     *
     * @param measured what evaluations measure
     * @throws IllegalArgumentException if no evaluation measures the metric of the selection
     */
    public Map<String, Object> settings(List<String> measured) {
        if (selection == null) {
            return Map.of();
        }
        selection.check(measured);
        return selection.settings();
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
