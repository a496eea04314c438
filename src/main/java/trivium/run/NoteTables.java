package trivium.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;
import trivium.model.JsonFields;

/** The tables that a training writes beside its metrics, such as samples, while they grow. */
final class NoteTables {

    private final Map<String, Table> tables;
    private final RunFolder folder; // or null

    /** @param folder which holds what was noted before, and is told what is added; or null */
    NoteTables(RunFolder folder) {
        this.folder = folder;
        tables = folder == null ? new LinkedHashMap<>() : folder.notes();
    }

    /** The tables so far; they grow with what is added. */
    Map<String, Table> byName() {
        return tables;
    }

    /** Adds rows to the table of their name, or a first table of that name. */
    void add(Table rows) {
        var before = tables.get(rows.name());
        if (before != null && !columns(before).equals(columns(rows))) {
            throw new IllegalArgumentException(
                    "cannot go on with the table " + rows.name() + ".csv: it has the columns "
                            + JsonFields.shown(columns(before)) + ", and the training writes " + columns(rows)
                            + "; delete the run's folder to begin anew");
        }
        var table = before == null ? rows : before.append(rows);
        tables.put(rows.name(), table);
        if (folder != null) {
            folder.note(table);
        }
    }

    private static List<String> columns(Table table) {
        return table.columns().stream()
                .map(column -> column.name() + " " + column.type().name())
                .toList();
    }
}
