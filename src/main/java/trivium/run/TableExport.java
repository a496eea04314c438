package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.text.Numbers;

/**
 * A table as a file for people's reports: {@code .csv} (RFC 4180, plain numbers), {@code .md} (a table of GitHub's
 * Markdown) or {@code .tex} (a {@code tabular} of LaTeX, which needs no package and UTF-8). Markdown and LaTeX write
 * numbers as figures do ({@link Numbers}).
 */
public final class TableExport {

    /** Of LaTeX: a column with longer text gets a share of the line, and the text breaks. */
    private static final int LONG = 30;

    private TableExport() {}

    /**
     * Saves a table by the ending of the file's name, and answers the file.
     *
     * @throws IllegalArgumentException if the name ends in none of {@code .csv}, {@code .md} and {@code .tex}
     * @throws UncheckedIOException if the file cannot be written; what was there before then stays
     */
    public static Path save(Table table, Path file) {
        var name = file.getFileName().toString();
        var format = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        var text = switch (name.lastIndexOf('.') < 1 ? "" : format) {
            case "csv" -> csv(table);
            case "md" -> markdown(table);
            case "tex" -> latex(table);
            default ->
                throw new IllegalArgumentException("a table is saved as .csv, .md or .tex, not as \"" + name + "\"");
        };
        try {
            AtomicFile.write(file, temporary -> Files.writeString(temporary, text));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the table as " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    private static String csv(Table table) {
        return lines(table, TableExport::plain, TableExport::quoted).stream()
                .map(row -> String.join(",", row) + "\n")
                .collect(Collectors.joining());
    }

    private static String markdown(Table table) {
        var lines = new ArrayList<String>();
        lines(table, TableExport::readable, TableExport::escapedMarkdown)
                .forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
        var sides = table.columns().stream().map(column -> isNumber(column) ? "---:" : "---");
        lines.add(1, "| " + sides.collect(Collectors.joining(" | ")) + " |");
        return String.join("\n", lines) + "\n";
    }

    private static String latex(Table table) {
        var rows =
                lines(table, (column, row) -> escapedLatex(readable(column, row)), TableExport::escapedLatex).stream()
                        // behind the \\\\ of the row before, a bracket or a star would be its argument
                        .map(row -> (row.getFirst().matches("(?s)[\\[*].*") ? "{}" : "") + String.join(" & ", row)
                                + " \\\\\n")
                        .toList();
        return "\\begin{tabular}{" + columns(table) + "}\n\\hline\n" + rows.getFirst() + "\\hline\n"
                + String.join("", rows.subList(1, rows.size())) + "\\hline\n\\end{tabular}\n";
    }

    /** Numbers to the right, short texts to the left, long ones in paragraphs that share nine tenths of the line. */
    private static String columns(Table table) {
        long broken = table.columns().stream().filter(TableExport::isLong).count();
        return table.columns().stream()
                .map(column -> isNumber(column)
                        ? "r"
                        : isLong(column)
                                ? String.format(Locale.ROOT, "p{%.2f\\linewidth}", 0.9 / Math.max(broken, 2))
                                : "l")
                .collect(Collectors.joining());
    }

    private static boolean isLong(Column<?> column) {
        return !isNumber(column)
                && IntStream.range(0, column.size())
                        .anyMatch(row -> column.getUnformattedString(row).length() > LONG);
    }

    private static boolean isNumber(Column<?> column) {
        return column instanceof NumericColumn<?>;
    }

    /** How a cell that is there is written. */
    private interface Cell {
        String of(Column<?> column, int row);
    }

    /** The header and the rows; texts, and names of columns, are escaped. */
    private static List<List<String>> lines(Table table, Cell number, UnaryOperator<String> escape) {
        var lines = new ArrayList<List<String>>();
        lines.add(table.columnNames().stream().map(escape).toList());
        for (int row = 0; row < table.rowCount(); row++) {
            var cells = new ArrayList<String>();
            for (var column : table.columns()) {
                cells.add(
                        column.isMissing(row)
                                ? ""
                                : isNumber(column)
                                        ? number.of(column, row)
                                        : escape.apply(column.getUnformattedString(row)));
            }
            lines.add(Collections.unmodifiableList(cells));
        }
        return lines;
    }

    private static String plain(Column<?> column, int row) {
        double value = ((NumericColumn<?>) column).getDouble(row);
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String readable(Column<?> column, int row) {
        double value = ((NumericColumn<?>) column).getDouble(row);
        return Numbers.isName(column.name()) ? plain(column, row) : Numbers.value(value);
    }

    private static String quoted(String text) {
        boolean needed = text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r')
                || !text.strip().equals(text);
        return needed ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }

    private static String escapedMarkdown(String text) {
        return readable(text).replaceAll("[\\\\`*_{}\\[\\]<>#~|$&!]", "\\\\$0").replace("\n", "<br>");
    }

    private static String escapedLatex(String text) {
        var latex = new StringBuilder();
        readable(text).codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> latex.append("\\textbackslash{}");
                case '~' -> latex.append("\\textasciitilde{}");
                case '^' -> latex.append("\\textasciicircum{}");
                case '<' -> latex.append("\\textless{}");
                case '>' -> latex.append("\\textgreater{}");
                case '|' -> latex.append("\\textbar{}");
                case '"' -> latex.append("''"); // \\textquotedbl needs another encoding of fonts
                case '&', '%', '$', '#', '_', '{', '}' -> latex.append('\\').appendCodePoint(c);
                case '−' -> latex.append("$-$");
                case '\n' -> latex.append("\\newline{}");
                default -> latex.appendCodePoint(c);
            }
        });
        return latex.toString();
    }

    /** Line ends are one kind; other controls, which no page shows, become a mark. */
    private static String readable(String text) {
        return text.replaceAll("\\R", "\n").replaceAll("[\\p{Cc}\\p{Cf}&&[^\n\t]]", "\uFFFD");
    }
}
