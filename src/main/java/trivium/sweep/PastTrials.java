package trivium.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.run.Progress;
import trivium.run.Status;

/** The rows of a table of runs or of trials as trials that have ended, for a search to learn from. */
final class PastTrials {

    private PastTrials() {}

    /**
     * The trials of those rows whose settings lie in a space. A hyperparameter's column has its name, or a longer one
     * that ends in a dot and its name ("optimizer.beta1"); a goal's has its metric's name, or "last_" before it. A row
     * whose column "outcome" does not begin with "finished", or which has no number for a goal, is a trial that did not
     * finish.
     *
     * @throws IllegalArgumentException if a column is missing, a goal's has no numbers, or no row fits
     */
    static List<TrialResult> of(Table table, Space space, List<Goal> goals) {
        var settings = new LinkedHashMap<String, Column<?>>();
        for (var hyperparameter : space.hyperparameters()) {
            var name = hyperparameter.name();
            settings.put(
                    name,
                    column(table, name, "hyperparameter").orElseThrow(() -> missing(table, "hyperparameter", name)));
        }
        var metrics = new LinkedHashMap<String, Column<?>>();
        for (var goal : goals) {
            var name = goal.metric();
            metrics.put(
                    name,
                    table.containsColumn("last_" + name)
                            ? table.column("last_" + name)
                            : column(table, name, "metric").orElseThrow(() -> missing(table, "metric", name)));
        }
        metrics.forEach((name, column) -> {
            if (!(column instanceof NumericColumn<?>)) {
                throw new IllegalArgumentException("the column \"" + column.name() + "\" of the table \"" + table.name()
                        + "\" has text: expected numbers of the goal's metric \"" + name + "\"");
            }
        });
        var trials = new ArrayList<TrialResult>();
        for (int row = 0; row < table.rowCount(); row++) {
            var values = new LinkedHashMap<String, Object>();
            for (var column : settings.entrySet()) {
                values.put(column.getKey(), value(column.getValue(), row));
            }
            var setting = space.fit(values);
            if (setting.isPresent()) {
                trials.add(trial(table, row, trials.size(), setting.get(), metrics));
            }
        }
        if (trials.isEmpty()) {
            throw new IllegalArgumentException("none of the " + table.rowCount() + " rows of the table \""
                    + table.name() + "\" lies in the space of the search: expected values as in " + shown(space));
        }
        return trials;
    }

    private static String shown(Space space) {
        return space.hyperparameters().stream()
                .map(each -> each.name() + " " + each.values())
                .toList()
                .toString();
    }

    private static TrialResult trial(
            Table table, int row, int number, Map<String, Object> setting, Map<String, Column<?>> columns) {
        var metrics = new LinkedHashMap<String, Double>();
        columns.forEach((name, column) -> {
            if (column instanceof NumericColumn<?> numbers && !column.isMissing(row)) {
                metrics.put(name, numbers.getDouble(row));
            }
        });
        var text = table.containsColumn("outcome") ? table.column("outcome").getString(row) : "finished";
        var outcome = text.startsWith("finished") && metrics.size() < columns.size()
                ? Optional.<Status>of(new Status.Failed("the table lacks a value"))
                : Status.parse(text);
        return new TrialResult( // rows of one setting are of several seeds, which no trial of the sweep has
                new Trial(number, -1L - row, setting, Progress.SILENT),
                metrics,
                outcome.orElse(new Status.Failed(text)),
                0,
                List.of());
    }

    private static Optional<Column<?>> column(Table table, String name, String what) {
        if (table.containsColumn(name)) {
            return Optional.of(table.column(name));
        }
        var found = table.columnNames().stream()
                .filter(each -> each.endsWith("." + name))
                .toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException("the table \"" + table.name() + "\" has several columns for the " + what
                    + " \"" + name + "\": " + found + "; rename one to " + name);
        }
        return found.stream().findFirst().map(table::column);
    }

    private static IllegalArgumentException missing(Table table, String what, String name) {
        return new IllegalArgumentException("the table \"" + table.name() + "\" has no column for the " + what + " \""
                + name + "\"; there are " + table.columnNames());
    }

    private static Object value(Column<?> column, int row) {
        return column.isMissing(row)
                ? null
                : column instanceof NumericColumn<?> numbers ? (Object) numbers.getDouble(row) : column.getString(row);
    }
}
