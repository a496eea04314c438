package trivium.sweep;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import trivium.measure.SignedRank;
import trivium.text.Numbers;

/**
 * Stops a trial that is worse than the best one on the same instances: for trials that tell the goal's metric of one
 * prompt, document or fold after the other, the same for all trials in the same order, and end with its mean. What a
 * trial told is compared instance by instance with what the best finished trial told, by Wilcoxon's signed-rank test
 * ({@link SignedRank}; Wilcoxon 1945), as Optuna's WilcoxonPruner does. A trial whose mean so far is no worse than the
 * best one's is not stopped.
 *
 * @param goal what is compared
 * @param threshold a trial is stopped where p is below; p is of one side, and not corrected for being asked many times
 * @param startup instances before a trial is stopped, 2 at least; Optuna's {@code n_startup_steps}
 */
public record WilcoxonPruner(Goal goal, double threshold, int startup) implements Pruner {

    public WilcoxonPruner {
        if (!(threshold > 0 && threshold < 1) || startup < 2) {
            throw new IllegalArgumentException("a trial should be stopped at a p between 0 and 1, after 2 instances or"
                    + " more, not at " + threshold + " after " + startup);
        }
    }

    /** Stops trials where p is below 0.1. */
    public static WilcoxonPruner of(Goal goal) {
        return new WilcoxonPruner(goal, 0.1, 2);
    }

    /** Stops trials at another p. */
    public WilcoxonPruner threshold(double p) {
        return new WilcoxonPruner(goal, p, startup);
    }

    /** Stops no trial before so many instances. */
    public WilcoxonPruner startup(int instances) {
        return new WilcoxonPruner(goal, threshold, instances);
    }

    @Override
    public long step(int trial, int comparison) {
        return comparison + 1L;
    }

    @Override
    public boolean isOfOneStep() {
        return true;
    }

    @Override
    public Optional<String> judge(Course mine, List<Course> others) {
        var finished = others.stream().filter(Course::isFinished).toList();
        if (finished.isEmpty()) {
            return Optional.empty();
        }
        var best = finished.stream()
                .reduce((a, b) -> b.result() < a.result() ? b : a)
                .orElseThrow();
        double[] more = IntStream.range(
                        0, Math.min(mine.costs().size(), best.costs().size()))
                .mapToDouble(i -> mine.costs().get(i) - best.costs().get(i))
                .filter(Double::isFinite)
                .toArray();
        if (more.length < startup || mean(mine) <= mean(best)) {
            return Optional.empty();
        }
        double p = SignedRank.greater(more);
        return p < threshold
                ? Optional.of("and those before are worse than trial " + best.trial() + "'s on " + more.length
                        + " instances, p " + Numbers.value(p))
                : Optional.empty();
    }

    private static double mean(Course course) {
        return course.costs().stream()
                .mapToDouble(Double::doubleValue)
                .filter(cost -> !Double.isNaN(cost))
                .average()
                .orElse(Double.NaN);
    }
}
