package trivium.run;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;
import tech.tablesaw.io.csv.CsvWriteOptions;
import trivium.model.JsonFields;

/**
 * Tables as CSV files that read back the same: text may hold commas, quotes and line ends; the types of the columns are
 * kept by the caller.
 */
final class TableFile {

    /** Text longer than the parser's own limit of 4,096 characters is common in completions. */
    private static final int LONGEST_CELL = 1 << 20;

    private static final int LONGEST_REASON = 200;
    private static final Pattern ROW = Pattern.compile("[Rr]ow (?:[Nn]umber )?(\\d+)");

    private TableFile() {}

    /** The types of a table's columns, by name as Tablesaw has them: "LONG", "DOUBLE", "STRING". */
    static List<String> types(Table table) {
        return table.columns().stream().map(column -> column.type().name()).toList();
    }

    /** The place of a table's file beside a run's card. */
    static Path place(Path folder, String name) {
        Names.requireTable(name);
        return folder.resolve(name + ".csv");
    }

    static void write(Table table, Path file) throws IOException {
        boolean text = table.columns().stream().anyMatch(column -> column.type() == ColumnType.STRING);
        AtomicFile.write(file, temporary -> {
            try (Writer out = Files.newBufferedWriter(temporary)) {
                // the parser trims spaces outside quotes, and completions begin with spaces
                table.write()
                        .usingOptions(CsvWriteOptions.builder(out)
                                .quoteAllFields(text)
                                .ignoreLeadingWhitespaces(false)
                                .ignoreTrailingWhitespaces(false)
                                .build());
            }
        });
    }

    /** The field "tables" of a JSON file: for each table beside it, the types of its columns. */
    static Map<String, List<String>> types(JsonFields json) {
        var tables = new LinkedHashMap<String, List<String>>();
        var written = json.object("tables");
        for (var name : written.names()) {
            var types = written.texts(name);
            try {
                Names.requireTable(name);
                types.forEach(ColumnType::valueOf);
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw json.damaged(JsonFields.shown(e.getMessage(), LONGEST_REASON));
            }
            tables.put(name, types);
        }
        return tables;
    }

    /**
     * The table in a file.
     *
     * @param card the file that gives the types of the columns, for the message
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming the file if it is not a table of these columns
     */
    static Table read(Path file, String name, List<String> types, String card) throws IOException {
        var columnTypes = types.stream().map(ColumnType::valueOf).toArray(ColumnType[]::new);
        try (Reader in = new StringReader(JsonFields.text(file))) {
            var options = CsvReadOptions.builder(in)
                    .columnTypes(columnTypes)
                    .missingValueIndicator("")
                    .maxCharsPerColumn(LONGEST_CELL)
                    .tableName(name)
                    .build();
            // An interrupt ends the parser's own thread, and the table would be what it had read by then.
            var table = RunFolder.shielded(() -> Table.read().usingOptions(options));
            if (table.columnCount() != types.size()) {
                throw new IllegalStateException(
                        "columns are missing"); // of an empty file Tablesaw makes an empty table
            }
            return table;
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no file " + file + ", but " + card + " names it", e);
        } catch (RuntimeException e) {
            if (e.getMessage() != null && e.getMessage().startsWith(file.toString())) {
                throw e;
            }
            // Tablesaw's own types, and its parser's, whose messages print all of its settings, and the whole file
            throw new IllegalArgumentException(
                    file + " is damaged: it is not the table of " + types.size() + " columns that " + card + " names"
                            + reason(e),
                    e);
        }
    }

    /** The row that Tablesaw's message names, if any. */
    private static String reason(RuntimeException e) {
        var found = ROW.matcher(String.valueOf(e.getMessage()));
        return found.find() ? " (row " + found.group(1) + ")" : "";
    }
}
