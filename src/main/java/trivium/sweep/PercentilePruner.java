package trivium.sweep;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import trivium.text.Numbers;

/**
 * Stops a trial whose best value so far is worse than a percentile of what the finished trials had at the same
 * comparison: the median rule of Golovin et al. ("Google Vizier", KDD 2017, section 3.2.2) as Optuna's MedianPruner and
 * PercentilePruner have it (Akiba et al., KDD 2019). The percentile lies between two values where it falls between them
 * (type 7 of Hyndman and Fan 1996, NumPy's).
 *
 * @param goal what is compared
 * @param percentile share of the finished trials that is better, in percent: 50 for the median, 25 to be stricter
 * @param first steps to the first comparison; Optuna's {@code n_warmup_steps}
 * @param interval steps from one comparison to the next; Optuna's {@code interval_steps}
 * @param startup finished trials before any is stopped; Optuna's {@code n_startup_trials}
 */
public record PercentilePruner(Goal goal, double percentile, long first, long interval, int startup) implements Pruner {

    private static final double MEDIAN = 50;
    private static final double ALL = 100;

    public PercentilePruner {
        if (!(percentile > 0 && percentile < ALL)) {
            throw new IllegalArgumentException("the percentile should be between 0 and 100, not " + percentile);
        }
        if (first < 1 || interval < 1 || startup < 1) {
            throw new IllegalArgumentException("trials should be compared from step 1 on or later, at intervals of 1 or"
                    + " more, after 1 finished trial or more, not from step " + first + " on at intervals of "
                    + interval + " after " + startup + " trials");
        }
    }

    /** Better than half of the finished trials or out, every so many steps, once 5 trials have finished. */
    public static PercentilePruner median(Goal goal, long interval) {
        return of(goal, MEDIAN, interval);
    }

    /** Among the best {@code percentile} % of the finished trials or out, every so many steps, once 5 have finished. */
    public static PercentilePruner of(Goal goal, double percentile, long interval) {
        return new PercentilePruner(goal, percentile, interval, interval, 5);
    }

    /** Compares nothing before this step. */
    public PercentilePruner first(long step) {
        return new PercentilePruner(goal, percentile, step, interval, startup);
    }

    /** Stops nothing before so many trials have finished. */
    public PercentilePruner startup(int trials) {
        return new PercentilePruner(goal, percentile, first, interval, trials);
    }

    @Override
    public long step(int trial, int comparison) {
        return first + comparison * interval;
    }

    @Override
    public Optional<String> judge(Course mine, List<Course> others) {
        var finished = others.stream().filter(Course::isFinished).toList();
        int comparison = mine.costs().size() - 1;
        double[] costs = finished.stream()
                .filter(other -> other.costs().size() > comparison)
                .mapToDouble(other -> other.costs().get(comparison))
                .toArray();
        if (finished.size() < startup || costs.length == 0) {
            return Optional.empty();
        }
        double limit = new Percentile()
                .withEstimationType(Percentile.EstimationType.R_7)
                .evaluate(costs, percentile);
        return mine.best() > limit
                ? Optional.of("is not among the best " + Numbers.value(percentile) + " % of " + costs.length)
                : Optional.empty();
    }
}
