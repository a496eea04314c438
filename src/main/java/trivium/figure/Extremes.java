package trivium.figure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * Leaves out rows with numbers of which differences, squares and ratios may be no finite numbers any more, and says so
 * below the figure.
 */
final class Extremes {

    private Extremes() {}

    /**
     * @param columns of the numbers that are drawn; other columns, and text, are not looked at
     * @param draw from the table without these rows
     */
    static Figure leftOut(Table table, List<String> columns, Function<Table, Figure> draw) {
        return leftOut(Map.of("", table), columns, tables -> draw.apply(tables.get("")));
    }

    /** The same of trials by their settings and the value that came of them. */
    static Figure leftOut(Table trials, List<String> settings, String value, Function<Table, Figure> draw) {
        return leftOut(
                trials, Stream.concat(settings.stream(), Stream.of(value)).toList(), draw);
    }

    /** The same of several tables by name. */
    static Figure leftOut(Map<String, Table> tables, List<String> columns, Function<Map<String, Table>, Figure> draw) {
        var held = new LinkedHashMap<String, Table>();
        tables.forEach((name, table) -> held.put(name, held(table, columns)));
        int all = rows(tables);
        int left = all - rows(held);
        var figure = draw.apply(held);
        return left == 0
                ? figure
                : figure.caption((figure.caption() + " " + Numbers.count(left) + " of " + Numbers.count(all, "trial")
                                + (left == 1 ? " is" : " are") + " left out: of " + String.join(" or ", columns)
                                + " there are numbers beyond ±1e150, or nearer to 0 than 1e−150.")
                        .strip());
    }

    private static int rows(Map<String, Table> tables) {
        return tables.values().stream().mapToInt(Table::rowCount).sum();
    }

    private static Table held(Table table, List<String> columns) {
        int[] rows = IntStream.range(0, table.rowCount())
                .filter(row -> columns.stream()
                        .filter(column -> Points.isNumeric(table, column))
                        .allMatch(column -> isHeld(table.numberColumn(column).getDouble(row))))
                .toArray();
        if (rows.length == table.rowCount()) {
            return table;
        }
        return rows.length == 0 ? table.emptyCopy() : table.rows(rows); // Tablesaw picks no row of none
    }

    private static boolean isHeld(double value) {
        double size = Math.abs(value);
        return !Double.isFinite(value) || value == 0 || size <= Points.LARGEST && size >= 1 / Points.LARGEST;
    }
}
