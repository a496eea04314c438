package trivium.run;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.model.JsonFields;

/**
 * Metrics as they come in, one row a step. A metric's column begins when it is first seen; rows without it are missing.
 * One thread at a time.
 */
public final class MetricsTable {

    /** The first column of every table of metrics. */
    public static final String STEP = "step";

    private final LongColumn steps = LongColumn.create(STEP);
    private final Map<String, DoubleColumn> columns = new LinkedHashMap<>();
    private final MetricsLog log;

    /** A table in memory only. */
    public MetricsTable() {
        this(null);
    }

    /** A table in memory that is also written to {@code log} row by row. */
    public MetricsTable(MetricsLog log) {
        this.log = log;
    }

    /** Adds a row. {@code metrics} need not name the same metrics every time; a NaN stands for a missing value. */
    public void add(long step, Map<String, Double> metrics) {
        int row = steps.size();
        steps.append(step);
        metrics.forEach((name, value) -> {
            if (!name.equals(STEP)) {
                columns.computeIfAbsent(name, this::column).append(value);
            }
        });
        for (var column : columns.values()) {
            if (column.size() == row) {
                column.appendMissing();
            }
        }
        if (log != null) {
            log.add(step, metrics);
        }
    }

    /** The same table, continued behind rows that the log already has. */
    MetricsTable(Table earlier, MetricsLog log) {
        this.log = log;
        steps.append(earlier.longColumn(STEP));
        for (var name : earlier.columnNames()) {
            if (!name.equals(STEP)) {
                columns.put(name, earlier.doubleColumn(name).copy());
            }
        }
    }

    /** The newest value of a metric in the last row, or 0 if there is none. */
    double latest(String metric) {
        int last = rows() - 1;
        var column = columns.get(metric);
        return last < 0 || column == null || column.isMissing(last) ? 0 : column.getDouble(last);
    }

    /** All values of a metric so far, which grow with the rows; null where none was measured. */
    NumericColumn<?> values(String metric) {
        return columns.get(metric);
    }

    /** How many rows. */
    public int rows() {
        return steps.size();
    }

    /** Everything so far, as a table of its own: "step", then the metrics in the order they were first seen. */
    public Table table() {
        var table = Table.create("metrics", steps.copy());
        columns.values().forEach(column -> table.addColumns(column.copy()));
        return table;
    }

    /**
     * Gives columns names that a table takes, for it does not tell capitals from small letters: "LR" after "lr" becomes
     * "LR (2)".
     */
    public static void tellApart(List<Column<?>> columns) {
        var taken = new HashSet<String>();
        for (var column : columns) {
            var name = column.name();
            for (int number = 2; !taken.add(column.name().toLowerCase(Locale.ROOT)); number++) {
                column.setName(name + " (" + number + ")");
            }
        }
    }

    /** Refuses a metric whose name differs from a taken one in capitals only, which a table cannot tell apart. */
    static void requireOther(String name, Collection<String> taken) {
        for (var other : taken) {
            if (other.equalsIgnoreCase(name)) {
                throw new IllegalArgumentException("a metric cannot be called \"" + JsonFields.shown(name)
                        + "\" beside \"" + JsonFields.shown(other)
                        + "\": tables do not tell capitals from small letters");
            }
        }
        if (name.equalsIgnoreCase(STEP)) {
            throw new IllegalArgumentException(
                    "a metric cannot be called \"" + name + "\": the first column is called \"" + STEP + "\"");
        }
    }

    private DoubleColumn column(String name) {
        requireOther(name, columns.keySet());
        var column = DoubleColumn.create(name);
        for (int i = 1; i < steps.size(); i++) {
            column.appendMissing();
        }
        return column;
    }
}
