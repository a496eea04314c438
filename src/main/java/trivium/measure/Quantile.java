package trivium.measure;

import java.util.Arrays;
import java.util.Locale;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;

/** The quantiles of many values at one step that a run writes down, each in a column of its own beside their mean. */
public enum Quantile {
    P10(0.1),
    P25(0.25),
    P50(0.5),
    P75(0.75),
    P90(0.9);

    private final double share;

    Quantile(double share) {
        this.share = share;
    }

    /** The share of values below it, in (0, 1). */
    public double share() {
        return share;
    }

    /** The column for this quantile of a metric: "reward_p10". */
    public String column(String metric) {
        return metric + "_" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether a table of metrics has all quantiles of this metric. */
    public static boolean areRecorded(Table metrics, String metric) {
        return Arrays.stream(values())
                .map(quantile -> quantile.column(metric))
                .allMatch(
                        column -> metrics.containsColumn(column) && metrics.column(column) instanceof NumericColumn<?>);
    }

    /**
     * This quantile of a sample in any order, between its two nearest values in proportion (Hyndman and Fan 1996, type
     * 7, as in NumPy).
     */
    public double of(double[] sample) {
        if (sample.length == 0) {
            throw new IllegalArgumentException("no values have no quantiles: expected at least one");
        }
        var sorted = sample.clone();
        Arrays.sort(sorted);
        double at = share * (sorted.length - 1);
        int i = (int) at;
        double next = sorted[Math.min(i + 1, sorted.length - 1)];
        return sorted[i] + (at - i) * (next - sorted[i]);
    }
}
