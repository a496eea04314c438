package trivium.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import trivium.run.Status;

/** What the trials of a sweep had at each comparison of its {@link Pruner}. Safe for use by several threads. */
final class Rungs {

    private final Pruner pruner;
    private final TreeMap<Integer, Pruner.Course> courses = new TreeMap<>();

    Rungs(Pruner pruner) {
        this.pruner = pruner;
    }

    Pruner pruner() {
        return pruner;
    }

    /**
     * Notes the value of a trial at a comparison and answers why the trial should stop there, or null if it goes on.
     *
     * @param reached the trial's values at all of its comparisons, this one's last
     * @param best the best value that it has told so far
     */
    synchronized Status judge(int trial, List<Double> reached, double best) {
        var goal = pruner.goal();
        double value = reached.getLast();
        var mine = new Pruner.Course(trial, costs(reached), goal.cost(best), Double.NaN);
        courses.remove(trial);
        var others = List.copyOf(courses.values());
        courses.put(trial, mine);
        var when = " at step " + pruner.step(trial, reached.size() - 1);
        if (!Double.isFinite(value)) {
            return new Status.Diverged(goal.metric() + " is " + value + when);
        }
        return pruner.judge(mine, others)
                .map(why -> new Status.Pruned(when.strip() + " " + goal.metric() + " " + (float) value + " " + why))
                .orElse(null);
    }

    /** Takes note of a trial that has ended, now or in an earlier process. */
    synchronized void ended(TrialResult result) {
        if (!result.rungs().isEmpty()) {
            int trial = result.trial().number();
            double cost = pruner.goal().cost(result.metrics().get(pruner.goal().metric()));
            var costs = costs(result.rungs());
            courses.put(trial, new Pruner.Course(trial, costs, Double.NaN, result.isFinished() ? cost : Double.NaN));
        }
    }

    /** A value that is no number costs infinitely much, and one that was not told is NaN. */
    private List<Double> costs(List<Double> values) {
        var costs = new ArrayList<Double>();
        for (double value : values) {
            costs.add(
                    pruner.isOfOneStep() && Double.isNaN(value)
                            ? Double.NaN
                            : pruner.goal().cost(value));
        }
        return costs;
    }
}
