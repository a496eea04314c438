package trivium.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a trial went.
 *
 * @param trial the setting
 * @param metrics what was measured; if it failed, what it had reported by then
 * @param outcome "finished", "pruned: …", "diverged: …", "failed: …", "interrupted …"
 * @param seconds wall clock
 * @param rungs what the goal's metric was at each rung the trial came to, see {@link Asha}
 */
public record TrialResult(
        Trial trial, Map<String, Double> metrics, String outcome, double seconds, List<Double> rungs) {

    static final String FINISHED = "finished";
    static final String INTERRUPTED = "interrupted";

    private static final int LONGEST_REASON = 240;

    public TrialResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        rungs = List.copyOf(rungs);
    }

    /** Whether the trial ran to its end and every metric is a finite number. */
    public boolean isFinished() {
        return outcome.equals(FINISHED);
    }

    /** How it ended in a word: "finished", "pruned", "diverged", "failed", "interrupted". */
    String ending() {
        return outcome.replaceFirst("(?s)\\W.*", "");
    }

    /** Why it did not finish, in one line of at most {@value #LONGEST_REASON} characters. */
    String reason() {
        var why = outcome.replaceFirst("^\\w+: ", "").replaceAll("\\s+", " ").strip();
        return why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON - 1) + "…" : why;
    }

    /** Whether there is nothing left to be done: all but what was interrupted from outside. */
    boolean hasEnded() {
        return !outcome.startsWith(INTERRUPTED);
    }
}
