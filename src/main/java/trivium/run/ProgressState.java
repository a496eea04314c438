package trivium.run;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.text.Numbers;

/**
 * How far a piece of work is at one moment.
 *
 * @param title what is being done
 * @param done steps finished
 * @param total steps in all; 0 if unknown
 * @param seconds since the start, without pauses
 * @param metrics newest figures by name, in the order to be shown
 * @param paused whether it waits for somebody to let it go on
 * @param left seconds that the rest is going to take; NaN if unknown
 */
public record ProgressState(
        String title, long done, long total, double seconds, Map<String, Double> metrics, boolean paused, double left) {

    /** Of work that goes on at its mean pace so far. */
    public ProgressState(String title, long done, long total, double seconds, Map<String, Double> metrics) {
        this(title, done, total, seconds, metrics, false);
    }

    /** Of work whose rest takes as long for each step as those so far in the mean. */
    public ProgressState(
            String title, long done, long total, double seconds, Map<String, Double> metrics, boolean paused) {
        this(title, done, total, seconds, metrics, paused, seconds * (total - done) / done);
    }

    /** Between 0 and 1; 0 if the total is unknown. */
    public double share() {
        return total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
    }

    /** "120 / 2,000". */
    public String steps() {
        return total > 0 ? Numbers.count(done) + " / " + Numbers.count(total) : Numbers.count(done);
    }

    /** "12 s, 1:40 left", where it is known how much; "12 s, paused". */
    public String time() {
        var elapsed = span(seconds);
        if (paused) {
            return elapsed + ", paused";
        }
        return done > 0 && total > done && !Double.isNaN(left) ? elapsed + ", " + span(left) + " left" : elapsed;
    }

    /** "loss 0.8 · kl 2", in order; without the quantiles of a metric, of which there are many. */
    public String figures() {
        return metrics.entrySet().stream()
                .filter(metric -> !metric.getKey().matches(".*_p\\d\\d"))
                .map(metric -> metric.getKey() + " " + Numbers.value(metric.getValue()))
                .collect(Collectors.joining(" · "));
    }

    /** Title, steps, time and figures in one line. */
    public String line() {
        return title + "  " + steps() + "  " + time() + (metrics.isEmpty() ? "" : "  " + figures());
    }

    /** "9 s", "1:40", "2:03:10". */
    public static String span(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
