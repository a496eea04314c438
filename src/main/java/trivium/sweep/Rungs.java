package trivium.sweep;

import java.util.ArrayList;
import java.util.List;
import trivium.run.Status;

/** The values that the trials of a sweep had at each rung. Safe for use by several threads. */
final class Rungs {

    private final Asha asha;
    private final List<List<Double>> costs = new ArrayList<>();

    Rungs(Asha asha) {
        this.asha = asha;
    }

    Asha asha() {
        return asha;
    }

    /** Notes the value of a trial at a rung and answers why the trial should stop there, or null if it goes on. */
    synchronized Status judge(int rung, double value) {
        var earlier = at(rung);
        double cost = asha.goal().cost(value);
        boolean promoted = asha.promotes(earlier, cost);
        earlier.add(cost);
        var what = asha.goal().metric();
        if (!Double.isFinite(value)) {
            return new Status.Diverged(what + " is " + value + " at step " + asha.steps(rung));
        }
        return promoted
                ? null
                : new Status.Pruned("at step " + asha.steps(rung) + " " + what + " " + (float) value
                        + " is not among the best 1/" + asha.eta() + " of " + earlier.size());
    }

    /** Takes note of a trial of an earlier process. */
    synchronized void remember(List<Double> values) {
        for (int rung = 0; rung < values.size(); rung++) {
            at(rung).add(asha.goal().cost(values.get(rung)));
        }
    }

    private List<Double> at(int rung) {
        while (costs.size() <= rung) {
            costs.add(new ArrayList<>());
        }
        return costs.get(rung);
    }
}
