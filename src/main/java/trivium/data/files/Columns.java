package trivium.data.files;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/** Tables with a header, as records: every cell is a text, kept as it stands. The whole table is held in memory. */
final class Columns {

    private static final int LONGEST_CELL = 1 << 26;

    private Columns() {}

    /**
     * The separator of a table, if this is one: asked for, by the file's name, or because the first line names the
     * columns of a shape.
     */
    static Optional<Character> separator(Path file, String firstLine, Format format, List<Shape> shapes) {
        if (format.separator().isPresent()) {
            return format.separator();
        }
        return switch (Source.ending(file)) {
            case ".csv" -> Optional.of(firstLine.contains(";") && !firstLine.contains(",") ? ';' : ',');
            case ".tsv", ".tab" -> Optional.of('\t');
            default ->
                Stream.of('\t', ',', ';')
                        .filter(separator -> isHeader(firstLine, separator, format, shapes))
                        .findFirst();
        };
    }

    private static boolean isHeader(String line, char separator, Format format, List<Shape> shapes) {
        var header = new JsonObject();
        int columns = 0;
        for (int from = 0; from <= line.length(); columns++) {
            int to = line.indexOf(separator, from);
            to = to < 0 ? line.length() : to;
            var name = line.substring(from, to).strip();
            boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
            header.addProperty(quoted ? name.substring(1, name.length() - 1) : name, "");
            from = to + 1;
        }
        return columns > 1 && shapes.stream().anyMatch(new Entry("header", header, format)::fits);
    }

    static Iterator<Entry> read(Path file, Reader in, char separator, Format format) {
        var table = table(file, in, separator);
        var names = table.columnNames();
        return IntStream.range(0, table.rowCount())
                .mapToObj(row -> {
                    var fields = new JsonObject();
                    for (int column = 0; column < names.size(); column++) {
                        fields.addProperty(names.get(column), table.getString(row, column));
                    }
                    return new Entry(file + " record " + (row + 1), fields, format);
                })
                .iterator();
    }

    private static Table table(Path file, Reader in, char separator) {
        try (var reader = in instanceof BufferedReader ? in : new BufferedReader(in)) {
            return Table.read()
                    .usingOptions(CsvReadOptions.builder(reader)
                            .tableName(file.toString())
                            .separator(separator)
                            .columnTypes(_ -> ColumnType.STRING)
                            // none at all would mean Tablesaw's own, "NA" and "null" among them
                            .missingValueIndicator("")
                            .maxCharsPerColumn(LONGEST_CELL)
                            .maxNumberOfColumns(1024));
        } catch (IOException e) {
            throw Source.failure(file, e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%s is not a table with a header and %s between its columns: %s",
                            file,
                            separator == '\t' ? "tabs" : "\"" + separator + "\"",
                            String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    e);
        }
    }
}
