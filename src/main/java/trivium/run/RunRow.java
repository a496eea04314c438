package trivium.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.model.Models;

/** A run as one row of a table of runs. */
record RunRow(RunCard card, Map<String, Double> metrics) {

    private static final Set<String> TRAINING = Set.of("steps", "rows", "learning_rate", "optimizer");

    /** The rows as a table; a column that holds only numbers is numeric. */
    static Table table(List<RunRow> runs) {
        var shapes = new HashMap<Map<String, Object>, Optional<Long>>();
        var rows = runs.stream().map(run -> run.values(shapes)).toList();
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> names.addAll(row.keySet()));
        var columns = new ArrayList<Column<?>>();
        for (var name : names) {
            columns.add(column(name, rows));
        }
        return Table.create("runs", columns);
    }

    private Map<String, Object> values(Map<Map<String, Object>, Optional<Long>> shapes) {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", card.id());
        row.put("kind", card.kind());
        row.put("parent", card.parent());
        row.put("outcome", card.outcome().status());
        row.put("run_seconds", card.outcome().seconds());
        row.put("seed", card.origin().seed());
        flatten("", card.recipe(), row);
        shapes.computeIfAbsent(shape(), _ -> parameters()).ifPresent(count -> row.put("parameters", count));
        // the rate that was set is a column to compare runs by; the one of the last step is another
        metrics.forEach((name, value) -> row.put(row.containsKey(name) ? "last_" + name : name, value));
        return row;
    }

    /** All settings but numbers that trials differ in: of a sweep's runs few have to be counted anew. */
    private Map<String, Object> shape() {
        var shape = new HashMap<>(card.recipe());
        shape.keySet().removeAll(TRAINING);
        return shape;
    }

    /** The size of a model that began with this run: what losses are drawn against. */
    private Optional<Long> parameters() {
        var recipe = card.recipe();
        if (!recipe.containsKey("model") || !(recipe.get("vocabulary") instanceof Number vocabulary)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Models.blueprint(recipe, card.id()).parameters(vocabulary.intValue()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of a kind that is not here: the run has a row all the same
        }
    }

    /** Settings within settings as one level of names: "optimizer.beta1". */
    static void flatten(String prefix, Map<?, ?> settings, Map<String, Object> row) {
        settings.forEach((name, value) -> {
            if (value instanceof Map<?, ?> nested) {
                flatten(prefix + name + ".", nested, row);
            } else {
                row.putIfAbsent(prefix + name, value);
            }
        });
    }

    private static Column<?> column(String name, List<Map<String, Object>> rows) {
        var values = rows.stream().map(row -> row.get(name)).toList();
        if (values.stream().allMatch(value -> value == null || value instanceof Number)) {
            var numbers = values.stream().map(v -> v == null ? Double.NaN : ((Number) v).doubleValue());
            return DoubleColumn.create(name, numbers.toArray(Double[]::new));
        }
        return StringColumn.create(name, values.stream().map(v -> v == null ? "" : v.toString()));
    }
}
