package trivium.bench;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a step of a job takes, in seconds, a number a round.
 *
 * @param theirs of a peer that took turns; empty without one
 */
record SecondsPerStep(String job, int workers, List<Double> ours, List<Double> theirs) {

    /**
     * Prints it, as a JSON line or for people.
     *
     * @param parts what else was measured, by the name it has in JSON
     * @param said the same in words, to stand behind the steps
     */
    void print(boolean json, Map<String, Double> parts, String said, PrintStream out) {
        double ratio = theirs.isEmpty() ? Double.NaN : Rounds.median(theirs) / Rounds.median(ours);
        if (json) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", job);
            row.put("workers", workers);
            row.put("seconds_per_step", ours);
            row.putAll(parts);
            if (!theirs.isEmpty()) {
                row.put("peer_seconds_per_step", theirs);
                row.put("ratio", ratio);
            }
            out.println(new Gson().toJson(row));
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-9s %d workers: %s s a step%s%s%n",
                job,
                workers,
                Rounds.shown("%.3f", ours),
                said,
                Rounds.peer("%.3f", "s a step", theirs, ratio));
    }
}
