package trivium.data.files;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tables with a header, as records: every cell is a text, kept as it stands. The names of columns are taken without the
 * spaces around them, and those that a reader knows in capitals or small letters alike; blank lines are passed over
 * where a table has several columns. Before the header a line may name the separator as Excel does: {@code sep=;}.
 */
final class Columns {

    private static final List<Character> SEPARATORS = List.of('\t', ',', ';');
    private static final Pattern DECLARED = Pattern.compile("\"?sep=(.)\"?", Pattern.CASE_INSENSITIVE);

    private static final Set<String> TABLES = Set.of(".csv", ".tsv", ".tab");

    private Columns() {}

    /**
     * The separator of a table, if this is one: asked for, declared, by the file's name, or because the first line
     * names the columns of a shape.
     *
     * @param beginning of the file's text
     */
    static Optional<Character> separator(Path file, String beginning, Format format, List<Shape> shapes) {
        if (format.separator().isPresent()) {
            return format.separator();
        }
        var lines = beginning.strip().lines().limit(2).toList();
        var firstLine = lines.isEmpty() ? "" : lines.getFirst();
        var declared = DECLARED.matcher(firstLine);
        if (lines.size() > 1 && declared.matches()) {
            char separator = declared.group(1).charAt(0);
            if (TABLES.contains(Source.ending(file)) || isHeader(lines.get(1), separator, format, shapes)) {
                return Optional.of(separator);
            }
        }
        var known = SEPARATORS.stream()
                .filter(separator -> isHeader(firstLine, separator, format, shapes))
                .findFirst();
        return switch (Source.ending(file)) {
            case ".csv" ->
                known.or(() -> Stream.of(',', ';', '\t')
                        .filter(separator -> firstLine.indexOf(separator) >= 0)
                        .findFirst()
                        .or(() -> Optional.of(',')));
            case ".tsv", ".tab" -> Optional.of('\t');
            default -> known;
        };
    }

    private static boolean isHeader(String line, char separator, Format format, List<Shape> shapes) {
        var header = new JsonObject();
        var names = known(
                Arrays.stream(line.split(Pattern.quote(Character.toString(separator)), -1))
                        .map(Columns::name)
                        .toList(),
                format);
        names.forEach(name -> header.addProperty(name, ""));
        return names.size() > 1 && shapes.stream().anyMatch(new Entry("header", header, format)::fits);
    }

    /** A column's name, without the spaces and the quotes around it. */
    private static String name(String cell) {
        var name = cell.strip();
        boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    static Iterator<Entry> read(Path file, BufferedReader in, char separator, Format format) {
        var rows = new Cells(file, in, separator, format.quoted());
        var names = known(header(rows, separator), format);
        var named = rows.where();
        return Plain.each(() -> {
            var row = rows.next();
            while (row != null && isBlank(row) && names.size() > 1) {
                row = rows.next();
            }
            return row == null ? null : entry(rows.where(), named, names, row, separator, format);
        });
    }

    private static List<String> header(Cells rows, char separator) {
        var row = rows.next();
        while (row != null && isBlank(row)) {
            row = rows.next();
        }
        if (row != null
                && DECLARED.matcher(String.join(Character.toString(separator), row))
                        .matches()) {
            row = rows.next();
        }
        var names = row == null
                ? List.<String>of()
                : row.stream().map(Columns::name).toList();
        var seen = new HashSet<String>();
        for (var name : names) {
            if (!name.isEmpty() && !seen.add(name)) {
                throw new IllegalArgumentException(rows.where() + ": two columns of this table, with "
                        + between(separator) + ", are called " + Quoted.of(name));
            }
        }
        return names;
    }

    /** The columns' names, those of known fields as the fields are called: "Prompt" is "prompt" if no column is. */
    private static List<String> known(List<String> names, Format format) {
        var known = Stream.concat(
                        format.fields().values().stream(),
                        Arrays.stream(Field.values()).flatMap(field -> field.names().stream()))
                .toList();
        return names.stream()
                .map(name -> known.stream()
                        .filter(field -> field.equalsIgnoreCase(name) && !names.contains(field))
                        .findFirst()
                        .orElse(name))
                .toList();
    }

    private static boolean isBlank(List<String> row) {
        return row.size() == 1 && row.getFirst().isBlank();
    }

    private static Entry entry(
            String where, String named, List<String> names, List<String> row, char separator, Format format) {
        if (row.size() != names.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s: this row has %d %s, but the header %d, with %s; a cell that holds the separator or a line end"
                            + " stands in double quotes",
                    where,
                    row.size(),
                    row.size() == 1 ? "cell" : "cells",
                    names.size(),
                    between(separator)));
        }
        var fields = new JsonObject();
        for (int column = 0; column < names.size(); column++) {
            fields.addProperty(names.get(column), row.get(column));
        }
        return new Entry(where, named, fields, format);
    }

    private static String between(char separator) {
        return separator == '\t' ? "tabs between cells" : "\"" + separator + "\" between cells";
    }
}
