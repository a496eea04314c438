package trivium.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a trial went.
 *
 * @param trial the setting
 * @param metrics what was measured; empty if it failed
 * @param outcome "finished", "diverged: loss is NaN", "failed: …", "interrupted …"
 * @param seconds wall clock
 */
public record TrialResult(Trial trial, Map<String, Double> metrics, String outcome, double seconds) {

    static final String FINISHED = "finished";

    public TrialResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** Whether the trial ran to its end and every metric is a finite number. */
    public boolean isFinished() {
        return outcome.equals(FINISHED);
    }
}
