package trivium.kernel;

import java.util.Locale;
import trivium.run.Run;
import trivium.run.Status.InterruptedAtStep;
import trivium.run.Status.InterruptedSweep;
import trivium.sweep.SweepResult;

/** Says what a cell that was stopped has left in a variable. */
final class Interruption {

    private Interruption() {}

    /**
     * A sentence such as "30 of 600 steps are in `base`."; empty where there is nothing to say.
     *
     * @param variable what the stopped statement was to fill
     * @param value what it holds; null if the statement did not come to its end
     */
    static String left(String variable, Object value) {
        return switch (value) {
            case null -> "`" + variable + "` was not filled.";
            case Run run
            when run.card().outcome().status() instanceof InterruptedAtStep(var step) ->
                of(
                        step,
                        run.card().recipe().get("steps") instanceof Number all ? all.longValue() : 0,
                        "step",
                        variable);
            case SweepResult result
            when result.outcome() instanceof InterruptedSweep(var finished, var begun) ->
                of(finished, begun, "trial", variable);
            default -> "";
        };
    }

    /** @param total how many were asked for; 0 if that is not known */
    private static String of(long done, long total, String thing, String variable) {
        var count = String.format(Locale.ROOT, "%,d", done)
                + (total > 0 ? String.format(Locale.ROOT, " of %,d", total) : "");
        boolean one = (total > 0 ? total : done) == 1;
        return count + " " + thing + (one ? "" : "s") + (done == 1 ? " is" : " are") + " in `" + variable + "`.";
    }
}
