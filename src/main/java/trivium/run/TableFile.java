package trivium.run;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;
import tech.tablesaw.io.csv.CsvWriteOptions;

/**
 * Tables as CSV files that read back the same: text may hold commas, quotes and line ends; the types of the columns are
 * kept by the caller.
 */
final class TableFile {

    /** Text longer than the parser's own limit of 4,096 characters is common in completions. */
    private static final int LONGEST_CELL = 1 << 20;

    private TableFile() {}

    /** The types of a table's columns, by name as Tablesaw has them: "LONG", "DOUBLE", "STRING". */
    static List<String> types(Table table) {
        return table.columns().stream().map(column -> column.type().name()).toList();
    }

    static void write(Table table, Path file) throws IOException {
        boolean text = table.columns().stream().anyMatch(column -> column.type() == ColumnType.STRING);
        Aside.write(file, aside -> {
            try (Writer out = Files.newBufferedWriter(aside)) {
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

    static Table read(Path file, String name, List<String> types) throws IOException {
        var columnTypes = types.stream().map(ColumnType::valueOf).toArray(ColumnType[]::new);
        try (Reader in = Files.newBufferedReader(file)) {
            return Table.read()
                    .usingOptions(CsvReadOptions.builder(in)
                            .columnTypes(columnTypes)
                            .missingValueIndicator("")
                            .maxCharsPerColumn(LONGEST_CELL)
                            .tableName(name)
                            .build());
        }
    }
}
