package trivium.sweep;

import java.util.Map;

/** A sweep that runs, for a listener through which somebody changes how it goes on. Safe for use by several threads. */
public interface RunningSweep {

    /**
     * Asks a trial to stop after its next step. It ends as stopped by hand and keeps what it measured until then.
     *
     * @return false if no trial of this number runs
     */
    boolean stop(int trial);

    /**
     * Tries a setting besides those of the search, with each of the sweep's seeds, as soon as a worker is free and
     * before any trial of the search that waits. The search does not learn from it, and a budget of trials is that of
     * the search alone. Where the sweep is kept, the setting is on the disk when this returns: if the process is
     * killed, the same sweep tries it when it is started again.
     *
     * @param setting a number, a text or a truth value for every hyperparameter of the search that is active there.
     *     Each is tried as its hyperparameter has it: a number of a range as a double, one of whole numbers as a whole
     *     number. It may lie outside the range, or be none of those listed
     * @return how many trials these are
     * @throws IllegalArgumentException in a sentence, if a hyperparameter is missing or unknown, or a value is none or
     *     of another kind
     * @throws IllegalStateException in a sentence, if the search is over or the budget spent
     * @throws java.io.UncheckedIOException if it cannot be written down; then it is not tried
     */
    int enqueue(Map<String, Object> setting);

    /** Asks all trials that run to stop, begins no other, and ends the sweep, which keeps what its trials reached. */
    void stopAll();
}
