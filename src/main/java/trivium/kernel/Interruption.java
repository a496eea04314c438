package trivium.kernel;

import java.util.Locale;
import java.util.regex.Pattern;
import trivium.run.Run;
import trivium.sweep.SweepResult;

/** Says what a cell that was stopped has left in a variable. */
final class Interruption {

    private static final Pattern STEPS = Pattern.compile("interrupted at step (\\d+)");
    private static final Pattern TRIALS = Pattern.compile("interrupted after (\\d+) of (\\d+) trials");

    private Interruption() {}

    /**
     * "30 of 600 steps are in `base`." and its like; empty where there is nothing to say.
     *
     * @param variable what the stopped statement was to fill
     * @param value what it holds; null if the statement did not come to its end
     */
    static String left(String variable, Object value) {
        return switch (value) {
            case null -> "`" + variable + "` was not filled.";
            case Run run -> steps(variable, run);
            case SweepResult found -> {
                var count = TRIALS.matcher(found.outcome());
                yield count.find()
                        ? of(Long.parseLong(count.group(1)), Long.parseLong(count.group(2)), "trial", variable)
                        : "";
            }
            default -> "";
        };
    }

    private static String steps(String variable, Run run) {
        var stopped = STEPS.matcher(run.card().outcome().status());
        if (!stopped.find()) {
            return "";
        }
        long total = run.card().recipe().get("steps") instanceof Number steps ? steps.longValue() : 0;
        return of(Long.parseLong(stopped.group(1)), total, "step", variable);
    }

    /** @param total how many were asked for; 0 if nobody said */
    private static String of(long done, long total, String thing, String variable) {
        var count = String.format(Locale.ROOT, "%,d", done)
                + (total > 0 ? String.format(Locale.ROOT, " of %,d", total) : "");
        boolean one = (total > 0 ? total : done) == 1;
        return count + " " + thing + (one ? "" : "s") + (done == 1 ? " is" : " are") + " in `" + variable + "`.";
    }
}
