package trivium.sweep;

import java.util.List;
import java.util.Optional;

/**
 * Decides on a trial's way whether it is worth going on with. A trial is compared for the first, second, … time after
 * numbers of steps that the pruner says; what counts is the goal's metric, as it was first told from there on.
 *
 * <p>Contract: the answer depends on the arguments only, so that a kept sweep that is started again goes on as it would
 * have.
 */
public interface Pruner {

    /** The metric that is compared. */
    Goal goal();

    /**
     * After how many steps a trial is compared.
     *
     * @param trial its number
     * @param comparison from 0
     */
    long step(int trial, int comparison);

    /**
     * Whether values count for the step alone after which they were told. Else a value that was told late counts for
     * every comparison that was due by then.
     */
    default boolean isOfOneStep() {
        return false;
    }

    /**
     * Why a trial that was just compared is to stop, such as "is above the median of 6"; empty if it goes on.
     *
     * @param mine of the trial, its newest value last
     * @param others of all other trials that were compared before, in the order of their numbers
     */
    Optional<String> judge(Course mine, List<Course> others);

    /**
     * How a trial went so far.
     *
     * @param trial its number
     * @param costs by the goal at each comparison, less is better; NaN where nothing was told
     * @param best the lowest cost of all that the trial told until its newest comparison
     * @param result the cost in the end; NaN if it has not finished
     */
    record Course(int trial, List<Double> costs, double best, double result) {
        public Course {
            costs = List.copyOf(costs);
        }

        /** Whether the trial ran to its end. */
        boolean isFinished() {
            return !Double.isNaN(result);
        }
    }
}
