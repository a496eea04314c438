package trivium.figure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;
import trivium.run.Run;

/**
 * The figures of training: what goes in are runs, tables or plain arrays, what comes out is a {@link Figure}. Values
 * that are missing, not a number or infinite are left out; where nothing remains, the figure says "no data yet".
 */
public final class Figures {

    private Figures() {}

    /** Training and validation loss over steps. */
    public static Figure loss(Run... runs) {
        return loss(Axis.STEPS, runs);
    }

    /** Training and validation loss over steps, tokens or seconds. */
    public static Figure loss(Axis axis, Run... runs) {
        var label = Labels.loss(runs.length == 0 ? "" : runs[0].card().kind());
        return Curves.loss(metrics(runs), axis, label);
    }

    /** Training and validation loss of tables of metrics by name: columns "loss" and "validation_loss". */
    public static Figure loss(Axis axis, Map<String, Table> metrics) {
        return Curves.loss(metrics, axis, Labels.of("loss"));
    }

    /** One metric of several runs. */
    public static Figure compare(String metric, Run... runs) {
        return compare(metric, Axis.STEPS, metrics(runs));
    }

    /** One metric of several tables by name. */
    public static Figure compare(String metric, Axis axis, Map<String, Table> tables) {
        return Curves.metric(Labels.title(metric), tables, axis, metric);
    }

    /** A panel for each metric of a run; metrics it does not have are left out. */
    public static Figure metrics(Run run, String... metrics) {
        return metrics("The " + Labels.kind(run.card().kind()), run.metrics(), Axis.STEPS, metrics);
    }

    /**
     * A panel for each metric of a table; a metric with a column {@code …_std} beside it gets a band of one standard
     * deviation.
     */
    public static Figure metrics(String title, Table table, Axis axis, String... metrics) {
        return Curves.panels(title, table, axis, List.of(metrics));
    }

    /** Rewards of completions before and after: two histograms and their means. */
    public static Figure rewardShift(double[] before, double[] after, String label) {
        return Distributions.shift(before, after, label);
    }

    /**
     * Rewards of completions before and after, and beside them the mean reward over the steps, a column of
     * {@code metrics}.
     */
    public static Figure rewardShift(double[] before, double[] after, String label, Table metrics, String metric) {
        return Distributions.shiftAndPath(before, after, label, metrics, metric);
    }

    /**
     * What an alignment changed: rewards of held-out prompts before and after (table "rewards"), and the mean reward
     * over the steps.
     */
    public static Figure rewardShift(Run run) {
        var rewards = run.table("rewards");
        return rewardShift(
                rewards.numberColumn("before").asDoubleArray(),
                rewards.numberColumn("after").asDoubleArray(),
                "reward",
                run.metrics(),
                "reward");
    }

    /** Amounts by name, before and after, with the values on the bars. */
    public static Figure bars(String title, String yLabel, List<String> labels, double[] before, double[] after) {
        return Bars.pairs(title, yLabel, labels, before, after);
    }

    /** What a model expects in one place: words and their probabilities (0 … 1), most probable first. */
    public static Figure words(String title, List<String> words, double[] probabilities) {
        return Bars.words(title, words, probabilities);
    }

    /**
     * A value over two settings of a sweep, the best cell framed. Trials with the same settings are averaged; a cell
     * without a finished trial is empty.
     *
     * @param table one row a trial
     * @param x the setting from left to right
     * @param y the setting from bottom to top
     * @param value what the cells show
     */
    public static Figure heatMap(Table table, String x, String y, String value, Best best) {
        return HeatMap.of(table, x, y, value, best);
    }

    /** Like {@link #heatMap(Table, String, String, String, Best)}, for losses: the lowest value is best. */
    public static Figure heatMap(Table table, String x, String y, String value) {
        return heatMap(table, x, y, value, Best.LOWEST);
    }

    /**
     * Over-optimisation: the reward that is optimised and the gold reward against the distance from the reference, in
     * the order of the steps. Columns "kl" (nats), "reward" and "gold".
     */
    public static Figure rewardAgainstKl(Table metrics) {
        return OverOptimisation.of(metrics, "kl", "reward", "gold");
    }

    private static Map<String, Table> metrics(Run... runs) {
        var tables = new LinkedHashMap<String, Table>();
        for (var run : runs) {
            // Ids tell several runs apart; one is better known by what it is.
            tables.put(runs.length == 1 ? "the " + Labels.kind(run.card().kind()) : run.id(), run.metrics());
        }
        return tables;
    }
}
