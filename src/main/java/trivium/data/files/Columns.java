package trivium.data.files;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tables with a header, as records: every cell is a text, kept as it stands. The names of columns are taken without the
 * spaces around them; blank lines are passed over where a table has several columns.
 */
final class Columns {

    private static final List<Character> SEPARATORS = List.of('\t', ',', ';');

    private Columns() {}

    /**
     * The separator of a table, if this is one: asked for, by the file's name, or because the first line names the
     * columns of a shape.
     */
    static Optional<Character> separator(Path file, String firstLine, Format format, List<Shape> shapes) {
        if (format.separator().isPresent()) {
            return format.separator();
        }
        var known = SEPARATORS.stream()
                .filter(separator -> isHeader(firstLine, separator, format, shapes))
                .findFirst();
        return switch (Source.ending(file)) {
            case ".csv" -> known.or(() -> Optional.of(firstLine.contains(";") && !firstLine.contains(",") ? ';' : ','));
            case ".tsv", ".tab" -> Optional.of('\t');
            default -> known;
        };
    }

    private static boolean isHeader(String line, char separator, Format format, List<Shape> shapes) {
        var header = new JsonObject();
        int columns = 0;
        for (int from = 0; from <= line.length(); columns++) {
            int to = line.indexOf(separator, from);
            to = to < 0 ? line.length() : to;
            header.addProperty(name(line.substring(from, to)), "");
            from = to + 1;
        }
        return columns > 1 && shapes.stream().anyMatch(new Entry("header", header, format)::fits);
    }

    /** A column's name, without the spaces and the quotes around it. */
    private static String name(String cell) {
        var name = cell.strip();
        boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    static Iterator<Entry> read(Path file, BufferedReader in, char separator, Format format) {
        var rows = new Cells(file, in, separator, format.quoted());
        var names = header(rows, separator);
        return Plain.each(() -> {
            var row = rows.next();
            while (row != null && isBlank(row) && names.size() > 1) {
                row = rows.next();
            }
            return row == null ? null : entry(rows.where(), names, row, separator, format);
        });
    }

    private static List<String> header(Cells rows, char separator) {
        var row = rows.next();
        while (row != null && isBlank(row)) {
            row = rows.next();
        }
        var names = row == null
                ? List.<String>of()
                : row.stream().map(Columns::name).toList();
        var seen = new HashSet<String>();
        for (var name : names) {
            if (!name.isEmpty() && !seen.add(name)) {
                throw new IllegalArgumentException(rows.where() + ": two columns of this table, with "
                        + between(separator) + ", are called " + Quote.of(name));
            }
        }
        return names;
    }

    private static boolean isBlank(List<String> row) {
        return row.size() == 1 && row.getFirst().isBlank();
    }

    private static Entry entry(String where, List<String> names, List<String> row, char separator, Format format) {
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
        return new Entry(where, fields, format);
    }

    private static String between(char separator) {
        return separator == '\t' ? "tabs between cells" : "\"" + separator + "\" between cells";
    }
}
