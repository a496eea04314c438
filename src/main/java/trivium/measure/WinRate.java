package trivium.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/**
 * How often one of two models is better, a tie counting half.
 *
 * @param value share of the comparisons that it wins, in [0, 1]; of several comparisons on one prompt their mean is one
 *     observation
 * @param ties share of the comparisons that are ties
 * @param prompts how many different prompts, each of which is one observation
 */
public record WinRate(double value, double ties, int prompts) {

    /**
     * Of scores on the same prompts, in the same order; higher is better.
     *
     * @param ours of the one whose rate it is
     * @param theirs of the other
     * @param prompts what each was answered to; equal ones belong together
     * @throws IllegalArgumentException if the lengths differ, or there is nothing to compare
     */
    public static WinRate of(double[] ours, double[] theirs, List<?> prompts) {
        if (ours.length != theirs.length || ours.length != prompts.size() || ours.length == 0) {
            throw new IllegalArgumentException("scores of " + ours.length + " and of " + theirs.length + " answers to "
                    + prompts.size() + " prompts: expected as many of each, and at least one");
        }
        var wins = new LinkedHashMap<Object, Double>();
        var asked = new LinkedHashMap<Object, Integer>();
        int ties = 0;
        for (int i = 0; i < ours.length; i++) {
            int sign = Double.compare(ours[i], theirs[i]);
            ties += ours[i] == theirs[i] ? 1 : 0;
            wins.merge(prompts.get(i), ours[i] == theirs[i] ? 0.5 : sign > 0 ? 1 : 0, Double::sum);
            asked.merge(prompts.get(i), 1, Integer::sum);
        }
        double value = wins.entrySet().stream()
                .mapToDouble(entry -> entry.getValue() / asked.get(entry.getKey()))
                .average()
                .orElseThrow();
        return new WinRate(value, (double) ties / ours.length, wins.size());
    }

    /**
     * Wilson's interval of level 0.95, from as many observations as there are prompts. Ties and several comparisons on
     * a prompt vary less than wins and losses, so that the interval is then a little wide.
     */
    public Interval interval() {
        return Interval.wilson(value, prompts, Interval.LEVEL);
    }

    /** "63.5 % on 200 prompts (95 % interval 56.6 % to 69.9 %)". */
    @Override
    public String toString() {
        var percent = new Interval(100 * interval().low(), 100 * interval().high(), Interval.LEVEL);
        return String.format(
                        Locale.ROOT, "%.1f %% on %,d %s (", 100 * value, prompts, prompts == 1 ? "prompt" : "prompts")
                + percent.toString("%.1f %%") + ")";
    }
}
