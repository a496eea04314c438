package trivium.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.figure.Axis;
import trivium.figure.Figures;
import trivium.text.Markup;
import trivium.widget.Control;
import trivium.widget.Controls;

/**
 * A figure of one column of a table over another and, above it, the choice of the columns, their scales and the
 * smoothing: drawn anew at every change.
 */
public final class Exploration {

    private static final String NONE = "(one colour)";

    private final Table table;
    private final Control<String> x;
    private final Control<String> y;
    private final Control<String> color;
    private final Control<Integer> smoothing;
    private final Control<Boolean> logX = Controls.checkBox("logarithmic x", false);
    private final Control<Boolean> logY = Controls.checkBox("logarithmic y", false);
    private final Control<String> picture = Controls.html("");

    private Exploration(Table table, String x, String y) {
        this.table = table;
        var numeric = Figures.numericColumns(table);
        this.x = Controls.choice("x", numeric);
        this.y = Controls.choice("y", numeric);
        this.x.set(x);
        this.y.set(y);
        var colors = Stream.concat(Stream.of(NONE), Figures.colorColumns(table).stream());
        color = Controls.choice("colour", colors.toList());
        smoothing = Controls.slider("smoothing (rows)", 1, Math.max(2, Math.min(200, table.rowCount() / 4)), 1);
    }

    /**
     * Of this table, beginning with the step (or the first column of numbers) along x and the first loss (or the next
     * column of numbers) along y.
     *
     * @throws IllegalArgumentException if the table has no row, or no two columns of numbers
     */
    public static Control<?> of(Table table) {
        var columns = columns(table);
        var x = columns.contains("step") ? "step" : columns.getFirst();
        var others = columns.stream().filter(column -> !column.equals(x)).toList();
        var y = others.stream()
                .filter(column -> column.contains("loss"))
                .findFirst()
                .orElse(others.getFirst());
        return new Exploration(table.copy(), x, y).shown();
    }

    /**
     * Of this table, beginning with these two columns.
     *
     * @throws IllegalArgumentException if one of them is not there or holds no numbers
     */
    public static Control<?> of(Table table, String x, String y) {
        columns(table);
        Figures.relation(table, Axis.of(x), y, "", 1); // says what is wrong with them
        // a table's columns know no capitals, the choices do
        return new Exploration(
                        table.copy(), table.column(x).name(), table.column(y).name())
                .shown();
    }

    private static List<String> columns(Table table) {
        var columns = Figures.numericColumns(table);
        if (table.isEmpty() || columns.size() < 2) {
            throw new IllegalArgumentException("explore(table) needs rows and at least two columns of numbers; this"
                    + " table has " + table.rowCount() + " rows and the columns " + table.columnNames()
                    + ", of which " + (columns.isEmpty() ? "none holds numbers" : columns + " hold numbers"));
        }
        return columns;
    }

    private Control<?> shown() {
        var knobs = new ArrayList<Control<?>>(List.of(x, y, color, smoothing, logX, logY));
        knobs.forEach(knob -> knob.onChange(_ -> draw()));
        draw();
        return Controls.column(Controls.row(x, y, color), Controls.row(smoothing, logX, logY), picture);
    }

    private void draw() {
        var axis = Axis.of(x.value());
        axis = logX.value() ? axis.log() : axis;
        axis = logY.value() ? axis.logValues() : axis;
        var by = color.value().equals(NONE) ? "" : color.value();
        try {
            var figure = Figures.relation(table, axis, y.value(), by, smoothing.value());
            picture.set(FigureView.html(figure));
        } catch (IllegalArgumentException e) { // in the figure's place: the one before shows other columns
            picture.set("<p>" + Markup.escape(e.getMessage()) + "</p>");
        }
    }
}
