package trivium.run;

import java.util.List;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Curves of several runs as one long table. */
final class Curves {

    private final StringColumn runs = StringColumn.create("run");
    private final LongColumn steps = LongColumn.create(MetricsTable.STEP);
    private final StringColumn metrics = StringColumn.create("metric");
    private final DoubleColumn values = DoubleColumn.create("value");

    private Curves() {}

    /** These metrics of these runs, or all metrics if none is named. */
    static Table of(RunStore store, List<String> ids, List<String> names) {
        var curves = new Curves();
        for (var id : ids) {
            curves.add(id, store.metrics(id), names);
        }
        return Table.create("curves", curves.runs, curves.steps, curves.metrics, curves.values);
    }

    private void add(String id, Table table, List<String> names) {
        var all = table.columnNames().stream()
                .filter(name -> !name.equals(MetricsTable.STEP))
                .toList();
        for (var name : names.isEmpty() ? all : names) {
            if (!all.contains(name)) {
                continue;
            }
            var measured = table.doubleColumn(name);
            for (int row = 0; row < measured.size(); row++) {
                if (!measured.isMissing(row)) {
                    runs.append(id);
                    steps.append(table.longColumn(MetricsTable.STEP).getLong(row));
                    metrics.append(name);
                    values.append(measured.getDouble(row));
                }
            }
        }
    }
}
