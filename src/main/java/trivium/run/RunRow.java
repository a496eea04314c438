package trivium.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.model.Models;

/** A run as one row of a table of runs. */
record RunRow(RunCard card, Map<String, Double> metrics) {

    /** The rows as a table; a column that holds only numbers is numeric. */
    static Table table(List<RunRow> runs) {
        boolean named = runs.stream().anyMatch(run -> run.card.name() != null);
        var rows = runs.parallelStream().map(run -> run.values(named)).toList();
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> names.addAll(row.keySet()));
        var columns = new ArrayList<Column<?>>();
        for (var name : names) {
            columns.add(column(name, rows));
        }
        MetricsTable.tellApart(columns);
        return Table.create("runs", columns);
    }

    private Map<String, Object> values(boolean named) {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", card.id());
        if (named) {
            row.put("name", card.name());
        }
        row.put("kind", card.kind());
        row.put("parent", card.parent());
        row.put("outcome", card.outcome().status().text());
        if (card.outcome().best() != null) {
            row.put("best_step", card.outcome().best().step());
        }
        row.put("run_seconds", card.outcome().seconds());
        row.put("seed", card.origin().seed());
        flatten("", card.briefRecipe(), row);
        parameters().ifPresent(count -> row.put("parameters", count));
        // the rate that was set is a column to compare runs by; the one of the last step is another
        metrics.forEach((name, value) -> row.put(row.containsKey(name) ? "last_" + name : name, value));
        return row;
    }

    /** The size of a model that began with this run: what losses are drawn against. */
    private OptionalLong parameters() {
        var recipe = card.recipe();
        if (!recipe.containsKey("model") || !(recipe.get("vocabulary") instanceof Number vocabulary)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Models.config(recipe, card.id()).parameters(vocabulary.intValue()));
        } catch (RuntimeException e) {
            // a kind of model that this version lacks, or settings that make no model: the run has a row all the same
            return OptionalLong.empty();
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
