package trivium.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Makes the table of the numbers that a figure draws. */
final class FigureTable {

    private FigureTable() {}

    /**
     * These columns of all tables, one table below the other; a first column "run" tells them apart where there are
     * several.
     */
    static Table tables(Map<String, Table> tables, List<String> columns) {
        var run = StringColumn.create("run");
        var numbers = new ArrayList<DoubleColumn>();
        for (var name : columns) {
            if (tables.values().stream().anyMatch(table -> Points.isNumeric(table, name))) {
                numbers.add(DoubleColumn.create(name));
            }
        }
        tables.forEach((name, table) -> {
            for (int row = 0; row < table.rowCount(); row++) {
                run.append(name);
                for (var column : numbers) {
                    column.append(
                            Points.isNumeric(table, column.name())
                                    ? table.numberColumn(column.name()).getDouble(row)
                                    : Double.NaN);
                }
            }
        });
        var all = Table.create("figure");
        if (tables.size() > 1) {
            all.addColumns(run);
        }
        numbers.forEach(all::addColumns);
        return all;
    }

    /** Series side by side; shorter ones end in missing values. */
    static Table arrays(Map<String, double[]> arrays) {
        int rows =
                arrays.values().stream().mapToInt(values -> values.length).max().orElse(0);
        var table = Table.create("figure");
        arrays.forEach((name, values) -> {
            var column = DoubleColumn.create(name, values);
            while (column.size() < rows) {
                column.appendMissing();
            }
            table.addColumns(column);
        });
        return table;
    }
}
