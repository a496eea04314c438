package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * What a sweep found.
 *
 * @param trials those that were begun, by number
 * @param outcome "finished", or "interrupted after 3 of 12 trials"
 */
public record SweepResult(List<TrialResult> trials, String outcome) {

    public SweepResult {
        trials = List.copyOf(trials);
    }

    /** One row a trial, by number: "trial", "outcome", every knob, every metric, "trial_seconds". */
    public Table table() {
        var columns = new ArrayList<Column<?>>();
        columns.add(IntColumn.create(
                "trial",
                trials.stream().mapToInt(result -> result.trial().number()).toArray()));
        columns.add(StringColumn.create("outcome", trials.stream().map(TrialResult::outcome)));
        for (var knob : names(result -> result.trial().values())) {
            columns.add(knobColumn(knob));
        }
        var metrics = names(TrialResult::metrics);
        metrics.removeAll(names(result -> result.trial().values())); // a metric called as a knob adds nothing to it
        for (var metric : metrics) {
            var values = trials.stream().map(result -> result.metrics().getOrDefault(metric, Double.NaN));
            columns.add(DoubleColumn.create(metric, values.toArray(Double[]::new)));
        }
        columns.add(DoubleColumn.create(
                "trial_seconds",
                trials.stream().mapToDouble(TrialResult::seconds).toArray()));
        return Table.create("sweep", columns);
    }

    /** The finished trial with the lowest value of a metric, such as "validation_loss". */
    public TrialResult lowest(String metric) {
        return measured(metric).getFirst();
    }

    /** The finished trial with the highest value of a metric, such as "reward". */
    public TrialResult highest(String metric) {
        return measured(metric).getLast();
    }

    private List<TrialResult> measured(String metric) {
        var found = trials.stream()
                .filter(result -> result.isFinished() && result.metrics().containsKey(metric))
                .sorted(Comparator.comparing(result -> result.metrics().get(metric)))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "no finished trial has a metric \"" + metric + "\"; there are " + names(TrialResult::metrics));
        }
        return found;
    }

    private LinkedHashSet<String> names(Function<TrialResult, Map<String, ?>> part) {
        var names = new LinkedHashSet<String>();
        trials.forEach(result -> names.addAll(part.apply(result).keySet()));
        return names;
    }

    private Column<?> knobColumn(String knob) {
        var values =
                trials.stream().map(result -> result.trial().values().get(knob)).toList();
        if (values.stream().allMatch(value -> value instanceof Integer || value instanceof Long)) {
            return LongColumn.create(
                    knob,
                    values.stream()
                            .mapToLong(value -> ((Number) value).longValue())
                            .toArray());
        }
        if (values.stream().allMatch(value -> value instanceof Number)) {
            return DoubleColumn.create(
                    knob,
                    values.stream()
                            .mapToDouble(value -> ((Number) value).doubleValue())
                            .toArray());
        }
        return StringColumn.create(knob, values.stream().map(String::valueOf));
    }

    @Override
    public String toString() {
        return trials.size() + " trials, " + outcome;
    }
}
