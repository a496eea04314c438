package trivium.notebook;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.text.Markup;
import trivium.text.Numbers;

/**
 * A table to look at: a caption, a header and the first rows of what may be many more. Numbers stand on the right,
 * everything is escaped, colours are the theme's own.
 *
 * @param caption stands above the table; empty for none
 * @param header a name for each column
 * @param rows the rows to show, each as long as the header; null shows as an empty cell
 * @param total how many rows there are in all, shown or not
 */
public record Grid(String caption, List<String> header, List<List<Object>> rows, long total) {

    private static final int SHOWN = 20;
    private static final int TEXT_WIDTH = 60;
    /** Of a reason in HTML, where it stands beside ten columns of numbers. */
    private static final int REASON_WIDTH = 30;

    /** The column in which trials and runs say how they ended, some of them at length. */
    private static final String OUTCOME = "outcome";

    private static final String LINE = "rgba(127,127,127,0.35)";

    public Grid {
        header = List.copyOf(header);
        rows = rows.stream()
                .map(row -> Collections.unmodifiableList(new ArrayList<>(row)))
                .toList();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != header.size()) {
                throw new IllegalArgumentException("Row " + (i + 1) + " of the table \"" + caption + "\" has "
                        + rows.get(i).size() + " cells, but the header names " + header.size() + " columns.");
            }
        }
    }

    /** The first rows of a Tablesaw table. */
    public static Grid of(Table table) {
        var rows = IntStream.range(0, Math.min(SHOWN, table.rowCount()))
                .mapToObj(i -> table.columns().stream()
                        .map(column -> column.isMissing(i) ? null : (Object) column.get(i))
                        .collect(Collectors.toCollection(ArrayList<Object>::new)))
                .map(row -> (List<Object>) row)
                .toList();
        return new Grid(table.name() == null ? "" : table.name(), table.columnNames(), rows, table.rowCount());
    }

    /** One row a record, one column a component; all of one type. */
    public static Grid ofRecords(List<? extends Record> records) {
        if (records.isEmpty()) {
            return new Grid("", List.of(), List.of(), 0);
        }
        var components = records.getFirst().getClass().getRecordComponents();
        var rows = records.stream()
                .limit(SHOWN)
                .map(each -> Arrays.stream(components)
                        .map(component -> valueOf(component, each))
                        .collect(Collectors.toCollection(ArrayList<Object>::new)))
                .map(row -> (List<Object>) row)
                .toList();
        return new Grid(
                "", Arrays.stream(components).map(RecordComponent::getName).toList(), rows, records.size());
    }

    private static Object valueOf(RecordComponent component, Record owner) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "The component " + component.getName() + " of "
                            + owner.getClass().getSimpleName() + " cannot be read.",
                    e);
        }
    }

    /** The table as HTML and as aligned text. */
    public Html view() {
        return new Html(html(), text());
    }

    private String html() {
        var html = new StringBuilder("<div style=\"overflow-x:auto\">"
                + "<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
        if (!caption.isBlank()) {
            html.append("<caption style=\"text-align:left;font-weight:600\">")
                    .append(Markup.escape(caption))
                    .append("</caption>");
        }
        html.append("<thead><tr>");
        for (int c = 0; c < header.size(); c++) {
            html.append("<th style=\"border-bottom:1px solid ")
                    .append(LINE)
                    .append(";text-align:")
                    .append(side(c))
                    .append("\">")
                    .append(Markup.escape(header.get(c)))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (var row : rows) {
            html.append("<tr>");
            for (int c = 0; c < row.size(); c++) {
                html.append("<td style=\"text-align:")
                        .append(side(c))
                        .append("\">")
                        .append(cell(c, row.get(c)))
                        .append("</td>");
            }
            html.append("</tr>");
        }
        html.append("</tbody></table></div>");
        if (total > rows.size()) {
            html.append("<div style=\"opacity:0.7\">").append(more()).append("</div>");
        }
        return html.toString();
    }

    private String text() {
        var lines = new ArrayList<List<String>>();
        lines.add(header);
        rows.forEach(row -> lines.add(IntStream.range(0, row.size())
                .mapToObj(c -> clip(show(header.get(c), row.get(c)), TEXT_WIDTH))
                .toList()));
        int[] widths = IntStream.range(0, header.size())
                .map(c -> lines.stream()
                        .mapToInt(line -> line.get(c).length())
                        .max()
                        .orElse(0))
                .toArray();
        var text = lines.stream()
                .map(line -> IntStream.range(0, line.size())
                        .mapToObj(c -> pad(line.get(c), widths[c], numeric(c)))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .collect(Collectors.joining("\n"));
        return (caption.isBlank() ? "" : caption + "\n") + text + (total > rows.size() ? "\n" + more() : "");
    }

    private String more() {
        return "… " + Numbers.count(total - rows.size(), "more row");
    }

    private String side(int column) {
        return numeric(column) ? "right" : "left";
    }

    private boolean numeric(int column) {
        var cells = rows.stream()
                .map(row -> row.get(column))
                .filter(cell -> cell != null)
                .toList();
        return !cells.isEmpty() && cells.stream().allMatch(Number.class::isInstance);
    }

    private String cell(int column, Object value) {
        var text = show(header.get(column), value);
        return header.get(column).equals(OUTCOME)
                ? shortened(text)
                : Markup.escape(text).replace("\n", "<br>");
    }

    /**
     * A reason that would fill many lines in one, which a narrow column keeps, with the whole of it under the pointer.
     */
    static String shortened(String reason) {
        var shown = clip(reason, REASON_WIDTH);
        return shown.equals(reason)
                ? Markup.escape(reason)
                : "<span style=\"white-space:nowrap\" title=\"" + Markup.escape(reason) + "\">" + Markup.escape(shown)
                        + "</span>";
    }

    /** Numbers as people read them, null empty. */
    private static String show(String column, Object cell) {
        return switch (cell) {
            case null -> "";
            case Number number when !Numbers.isName(column) -> Numbers.value(number.doubleValue());
            default -> cell.toString();
        };
    }

    private static String clip(String cell, int width) {
        var line = cell.replace('\n', ' ');
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }

    private static String pad(String cell, int width, boolean right) {
        var space = " ".repeat(Math.max(0, width - cell.length()));
        return right ? space + cell : cell + space;
    }
}
