package trivium.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** A run as one row of a table of runs. */
record RunRow(RunCard card, Map<String, Double> metrics) {

    /** The rows as a table; a column that holds only numbers is numeric. */
    static Table table(List<RunRow> runs) {
        var rows = runs.stream().map(RunRow::values).toList();
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> names.addAll(row.keySet()));
        var columns = new ArrayList<Column<?>>();
        for (var name : names) {
            columns.add(column(name, rows));
        }
        return Table.create("runs", columns);
    }

    private Map<String, Object> values() {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", card.id());
        row.put("kind", card.kind());
        row.put("parent", card.parent());
        row.put("outcome", card.outcome().status());
        row.put("run_seconds", card.outcome().seconds());
        row.put("seed", card.origin().seed());
        flatten("", card.recipe(), row);
        // the rate that was set is a column to compare runs by; the one of the last step is another
        metrics.forEach((name, value) -> row.put(row.containsKey(name) ? "last_" + name : name, value));
        return row;
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
