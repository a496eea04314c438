package trivium.notebook;

import java.util.HashMap;
import java.util.Map;
import trivium.run.Status;
import trivium.sweep.TrialResult;

/**
 * How much time a sweep needs for the trials that are left: as much for each as the mean of those that ran here and
 * that nobody stopped, with as many side by side as there were so far. Trials that a pruner ended count, since it goes
 * on to end some; those that an earlier process ran took no time here. Times are in nanoseconds.
 */
final class TimeLeft {

    private final Map<Integer, Long> running = new HashMap<>();
    private long counted;
    /** What the trials that count took. */
    private double took;
    /** What all trials took that ended. */
    private double busy;

    void begun(int trial, long now) {
        running.put(trial, now);
    }

    void ended(TrialResult result, long now) {
        var since = running.remove(result.trial().number());
        if (since != null) {
            busy += now - since;
            if (!(result.outcome() instanceof Status.Stopped)) {
                counted++;
                took += now - since;
            }
        }
    }

    /**
     * In seconds.
     *
     * @param trials that have not ended, those that run among them
     * @param started when the sweep did
     * @return NaN as long as no trial has ended that counts
     */
    double seconds(long trials, long started, long now) {
        double mean = took / counted;
        double ran = 0;
        double done = 0;
        for (long since : running.values()) {
            ran += now - since;
            done += Math.min(now - since, mean);
        }
        double sideBySide = (busy + ran) / (now - started);
        return sideBySide > 0 ? (trials * mean - done) / sideBySide / 1e9 : Double.NaN;
    }
}
