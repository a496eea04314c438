package trivium.sweep;

import java.util.List;
import java.util.Map;
import trivium.run.Progress;

/**
 * Is told about a sweep's trials while they run as well as when they end. Called from the trials' threads; a sweep
 * calls the one it was given with {@link Sweep#progress}.
 */
public interface SweepProgress extends Progress {

    /**
     * Hands over the sweep that is about to start.
     *
     * @return whether somebody can act on it, so that no step of a trial may go by unheard
     */
    default boolean acts(RunningSweep sweep) {
        return false;
    }

    /** What the trials that follow are ranked by; told before the sweep starts, and not at all if there is no goal. */
    default void rankedBy(List<Goal> goals) {}

    /** The search is over: trials from here on are the best settings once more, with fresh seeds. */
    default void confirming() {}

    /** A trial begins. */
    default void begun(Trial trial) {}

    /**
     * A trial has told its {@link Trial#progress()} of a step.
     *
     * @param total its steps, or 0 if it did not say
     */
    default void trialStep(int trial, long done, long total, Map<String, Double> metrics) {}

    /** A trial has ended, now or in an earlier process. */
    default void ended(TrialResult result) {}
}
