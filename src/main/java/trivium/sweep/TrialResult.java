package trivium.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.run.Status;
import trivium.text.Numbers;

/**
 * How a trial went.
 *
 * @param trial the setting
 * @param metrics what was measured; if it failed, what it had reported by then
 * @param outcome how it ended
 * @param seconds wall clock
 * @param rungs what the goal's metric was at each comparison that the trial reached, see {@link Pruner}; NaN where it
 *     was not told
 */
public record TrialResult(
        Trial trial, Map<String, Double> metrics, Status outcome, double seconds, List<Double> rungs) {

    private static final int LONGEST_REASON = 240;

    public TrialResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        rungs = List.copyOf(rungs);
    }

    /** Whether the trial ran to its end and every metric is a finite number. */
    public boolean isFinished() {
        return outcome.isFinished();
    }

    /** The same result of another setting. */
    TrialResult with(Map<String, Object> values) {
        return new TrialResult(
                new Trial(trial.number(), trial.seed(), values, trial.progress()), metrics, outcome, seconds, rungs);
    }

    /** "trial 3: learning_rate 0.001, loss 2.317, finished". */
    @Override
    public String toString() {
        return trial + ": "
                + metrics.entrySet().stream()
                        .map(metric -> metric.getKey() + " " + Numbers.value(metric.getValue()) + ", ")
                        .collect(Collectors.joining())
                + outcome.text();
    }

    /** Why it did not finish, in one line of at most {@value #LONGEST_REASON} characters. */
    String reason() {
        var why = outcome.reason().replaceAll("\\s+", " ").strip();
        return why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON - 1) + "…" : why;
    }
}
