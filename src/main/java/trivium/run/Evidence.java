package trivium.run;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;

/**
 * What a {@link Fault} is told by: all that was measured of a training until one step, in a training that goes on as in
 * one that is over. Steps are counted from 1; at step 0 there are probes only.
 */
public final class Evidence {

    private final RunCard card;
    private final Map<String, Double> probes;
    private final Function<String, NumericColumn<?>> columns;
    private final Function<String, Table> tables;
    private long step;

    private Evidence(
            RunCard card,
            Map<String, Double> probes,
            Function<String, NumericColumn<?>> columns,
            Function<String, Table> tables) {
        this.card = card;
        this.probes = probes;
        this.columns = columns;
        this.tables = tables;
    }

    /** Of a training that goes on: rows that are added to the metrics are seen. */
    static Evidence of(RunCard card, Map<String, Double> probes, MetricsTable metrics, Map<String, Table> tables) {
        return new Evidence(card, probes, metrics::values, tables::get);
    }

    /** Of a run. */
    static Evidence of(Run run) {
        var numbers = new LinkedHashMap<String, NumericColumn<?>>();
        for (var column : run.metrics().columns()) {
            if (column instanceof NumericColumn<?> values) {
                numbers.put(column.name(), values);
            }
        }
        var evidence = new Evidence(
                run.card(), probes(run), numbers::get, name -> run.tables().get(name));
        evidence.step = run.metrics().rowCount();
        return evidence;
    }

    /** What was probed, and where an earlier version probed nothing, what card and model say. */
    private static Map<String, Double> probes(Run run) {
        var probes = new HashMap<>(run.card().origin().checkup().probes());
        boolean predicts = Set.of("pretrain", "finetune").contains(run.card().kind());
        if (predicts && run.model() != null && !run.card().recipe().containsKey("label_smoothing")) {
            probes.putIfAbsent(Probe.UNIFORM_LOSS, Math.log(run.model().outputs()));
        }
        if (run.card().outcome().status().isFinished()) {
            probes.putIfAbsent(Probe.STEPS, (double) run.metrics().rowCount());
        }
        return probes;
    }

    /** This evidence as it was after so many steps. */
    Evidence at(long earlier) {
        step = earlier;
        return this;
    }

    /** Which phase: "pretrain", "finetune", …, see {@link RunCard#kind}. */
    public String kind() {
        return card.kind();
    }

    /** How many steps have been taken, each with a row of metrics. */
    public long step() {
        return step;
    }

    /** How many steps were asked for; {@link Long#MAX_VALUE} if nobody knows, as of a run of an earlier version. */
    public long steps() {
        double asked = probe(Probe.STEPS);
        return Double.isNaN(asked) ? Long.MAX_VALUE : (long) asked;
    }

    /** Whether the training has taken its last step. */
    public boolean isOver() {
        return step >= steps();
    }

    /** A number measured before the first step; not a number where the phase does not measure it. */
    public double probe(String name) {
        return probes.getOrDefault(name, Double.NaN);
    }

    /** A setting as the card has it, that of a group by "group.name": "learning_rate", "algorithm.beta"; or null. */
    public Object setting(String path) {
        Object at = card.recipe();
        for (var name : path.split("\\.")) {
            at = at instanceof Map<?, ?> group ? group.get(name) : null;
        }
        return at;
    }

    /** The same of a number; not a number where it is missing or none. */
    public double number(String path) {
        return setting(path) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** A metric of the newest step; not a number where that step did not measure it. */
    public double now(String metric) {
        return at(metric, step);
    }

    /** A metric of a step; not a number where that step did not measure it, or was not taken yet. */
    public double at(String metric, long when) {
        var column = columns.apply(metric);
        int row = (int) when - 1;
        return column == null || when < 1 || when > step || row >= column.size() || column.isMissing(row)
                ? Double.NaN
                : column.getDouble(row);
    }

    /** Mean of a metric over the steps from the first to the last that have it; not a number where none has. */
    public double mean(String metric, long first, long last) {
        double sum = 0;
        long count = 0;
        for (long when = Math.max(1, first); when <= last; when++) {
            double value = at(metric, when);
            if (!Double.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }

    /**
     * The newest values of a metric in their order, of the steps that measured it: at most {@code count}, fewer where
     * there are fewer. Looks at all steps back to the first of them.
     */
    public double[] last(String metric, int count) {
        var values = new double[count];
        int found = 0;
        if (columns.apply(metric) != null) {
            for (long when = step; when >= 1 && found < count; when--) {
                double value = at(metric, when);
                if (!Double.isNaN(value)) {
                    values[count - ++found] = value;
                }
            }
        }
        return found == count ? values : Arrays.copyOfRange(values, count - found, count);
    }

    /** Whether any step until now has measured the metric; says so of a column that exists, and reads no rows. */
    public boolean has(String metric) {
        return columns.apply(metric) != null;
    }

    /**
     * The rows until now of a table beside the metrics, whose first column is "step"; empty where there is none, or it
     * has no such column.
     */
    public Optional<Table> table(String name) {
        var table = tables.apply(name);
        return table != null
                        && table.columnCount() > 0
                        && table.column(0) instanceof LongColumn steps
                        && steps.name().equals(MetricsTable.STEP)
                ? Optional.of(table.where(steps.isLessThanOrEqualTo(step)))
                : Optional.empty();
    }
}
