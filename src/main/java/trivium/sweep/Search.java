package trivium.sweep;

import java.util.List;
import java.util.Map;

/**
 * Decides what to try. A search answers rounds of settings; within a round trials may run side by side, and the next
 * round begins when all of them have ended. Strategies that do not learn from results answer everything in round 0.
 *
 * <p>Contract: the answer depends on the arguments only, so that a sweep is the same on one thread and on many, and a
 * sweep that was killed can be walked again. Asked twice it answers the same; a setting is never empty; and a search
 * comes to an end.
 */
@FunctionalInterface
public interface Search {

    /**
     * The settings to try in this round, by hyperparameter.
     *
     * @param round from 0
     * @param finished every trial of the rounds before; {@link SweepResult#overSeeds()} has one row a setting
     * @return empty when the search is over
     */
    List<Map<String, Object>> round(int round, SweepResult finished);

    /**
     * The goals of the search, by which trials are ranked where they are shown; several where it looks for a Pareto
     * front, none if the search uses no metric.
     */
    default List<Goal> goals() {
        return List.of();
    }

    /** The space that settings are taken from; empty if the search does not say, and then no setting is checked. */
    default List<Hyperparameter> hyperparameters() {
        return List.of();
    }

    /** What the search learns from besides its own trials; they have ended before its first round. */
    default List<TrialResult> known() {
        return List.of();
    }

    /**
     * The same search, which learns from these trials besides its own instead of those {@link #known} so far. A search
     * that does not learn from results stays as it is.
     */
    default Search knowing(List<TrialResult> trials) {
        return this;
    }

    /** How many settings there are in all rounds, or 0 if that is not known; used for the time left only. */
    default int size() {
        return 0;
    }
}
