package trivium.sweep;

import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/**
 * Decides what to try. A search answers rounds of settings; within a round trials may run side by side, and the next
 * round begins when all of them have ended. Strategies that do not learn from results answer everything in round 0.
 *
 * <p>Contract: the answer depends on the arguments only, so that a sweep is the same on one thread and on many.
 */
@FunctionalInterface
public interface Search {

    /**
     * The settings to try in this round, by knob.
     *
     * @param round from 0
     * @param finished one row for every trial of the rounds before, see {@link SweepResult#table()}
     * @return empty when the search is over
     */
    List<Map<String, Object>> round(int round, Table finished);
}
