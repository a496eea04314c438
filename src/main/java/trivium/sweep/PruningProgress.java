package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.run.Progress;
import trivium.run.Status;

/**
 * Has a trial compared by the sweep's {@link Pruner} and answers whether the trial is to stop. A training that is
 * stopped keeps its metrics so far, and those are the metrics of a pruned trial.
 */
final class PruningProgress implements Progress {

    private final int trial;
    private final Rungs rungs;
    private final SweepProgress watcher;
    private final Map<String, Double> latest = new LinkedHashMap<>();
    private final List<Double> reached = new ArrayList<>();
    /** The best value of the goal so far, or null. */
    private Double best;

    private Status stopped;
    private boolean stopsByHand;
    private TrialTracking tracking;
    /** All steps of the trial, or 0 if it did not say. A trial that has taken all of them is not stopped any more. */
    private long steps;

    /**
     * The progress of one trial.
     *
     * @param rungs null where the sweep has none
     * @param watcher null where nothing listens
     */
    PruningProgress(int trial, Rungs rungs, SweepProgress watcher) {
        this.trial = trial;
        this.rungs = rungs;
        this.watcher = watcher;
    }

    /** Writes the steps from now on down as well. */
    synchronized void track(TrialTracking where) {
        tracking = where;
    }

    @Override
    public synchronized void start(String title, long total) {
        steps = total;
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        latest.putAll(metrics);
        if (watcher != null) {
            watcher.trialStep(trial, done, steps, metrics);
        }
        if (tracking != null) {
            tracking.step(done, metrics);
        }
        if (rungs == null || stopped != null) {
            return;
        }
        var pruner = rungs.pruner();
        var value = metrics.get(pruner.goal().metric());
        if (value == null) {
            return;
        }
        if (best == null || pruner.goal().cost(value) < pruner.goal().cost(best)) {
            best = value;
        }
        while (stopped == null && isDue(done)) {
            boolean told = !pruner.isOfOneStep() || pruner.step(trial, reached.size()) == done;
            reached.add(told ? value : Double.NaN);
            stopped = told ? rungs.judge(trial, reached, best) : null;
        }
    }

    /** Somebody wants it to stop; it does when it asks. */
    synchronized void stopByHand() {
        stopsByHand = true;
    }

    /** The reason alone, without the word that says how the trial ended. */
    @Override
    public synchronized Optional<String> stop() {
        if (stopped == null && stopsByHand) {
            stopped = new Status.Stopped("by hand");
        }
        return Optional.ofNullable(stopped).map(Status::reason);
    }

    private boolean isDue(long done) {
        long rung = rungs.pruner().step(trial, reached.size());
        return done >= rung && (steps <= 0 || rung < steps);
    }

    /** Why the trial was told to stop, or null. */
    synchronized Status stopped() {
        return stopped;
    }

    /** The newest value of everything that was reported. */
    synchronized Map<String, Double> latest() {
        return new LinkedHashMap<>(latest);
    }

    /** The goal's value at each comparison, NaN where it was not told. */
    synchronized List<Double> reached() {
        return List.copyOf(reached);
    }
}
