package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.HeatMapChart;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws a value over two settings: colour and number in every cell, a frame around the best. */
final class HeatMap {

    private static final Color NOTHING = new Color(0xEE, 0xEE, 0xEE);

    /** Settings along an axis beyond which a grid that is mostly empty is none, but the picture of a search. */
    private static final int MOST_ROWS = 8;

    private final Grid grid;
    private final ColorScale colors;

    private HeatMap(Grid grid, Best best) {
        this.grid = grid;
        colors = ColorScale.of(grid.sorted(), best);
    }

    static Figure of(Table trials, String x, String y, String value, Best best) {
        return Extremes.leftOut(trials, List.of(x, y, value), table -> drawn(table, x, y, value, best));
    }

    private static Figure drawn(Table table, String x, String y, String value, Best best) {
        var name = Labels.title(value);
        if (table.isEmpty()
                || !table.containsColumn(value)
                || Points.of(table, value, value).isEmpty()) {
            return new Figure(FigureLayout.empty(name + " by " + Labels.of(x) + " and " + Labels.of(y)), table);
        }
        var grid = Grid.of(table, x, y, value);
        var map = new HeatMap(grid, best);
        var title =
                name + " by " + Labels.of(x) + " and " + Labels.of(y) + ": best " + Numbers.brief(map.colors.good());
        if (isMostlyEmpty(grid)) {
            return scatter(title, table, x, y, value, best);
        }
        var names = new CategoryAxes(grid.x(), Labels.of(x), grid.y(), Labels.of(y));
        var space = names.space();
        space.right = ColorScale.SPACE;
        var titles = List.of(Labels.of(x), Labels.of(y), Labels.of(value));
        var panel = map.panel(names, titles, space);
        int height = 110 + Math.max(2, grid.y().size()) * 44;
        var columns = new ArrayList<>(List.of(x, y, value));
        Stream.of("_low", "_high")
                .map(value::concat)
                .filter(table::containsColumn)
                .forEach(columns::add);
        return new Figure(
                FigureLayout.of(title, List.of(), panel, height).captioned(grid.said()),
                table.selectColumns(columns.toArray(String[]::new)));
    }

    private static boolean isMostlyEmpty(Grid grid) {
        int all = grid.x().size() * grid.y().size();
        return Math.max(grid.x().size(), grid.y().size()) > MOST_ROWS && 2 * grid.sorted().length < all;
    }

    private static Figure scatter(String title, Table table, String x, String y, String value, Best best) {
        var values = table.numberColumn(value);
        int[] rows = IntStream.range(0, table.rowCount())
                .filter(row -> Double.isFinite(values.getDouble(row)))
                .toArray();
        var results = Arrays.stream(rows).mapToDouble(values::getDouble).toArray();
        var scatter = new TrialScatter(
                Coordinate.of(table, x, rows),
                Coordinate.of(table, y, rows),
                results,
                ColorScale.of(Arrays.stream(results).sorted().toArray(), best),
                Labels.of(value));
        return new Figure(
                FigureLayout.of(title + ", ringed", List.of(), scatter.panel(), TrialScatter.HEIGHT)
                        .captioned(FinishedTrials.seeds(table)),
                table.selectColumns(x, y, value));
    }

    private Panel panel(CategoryAxes names, List<String> titles, Insets space) {
        var mark = mark(names, titles.getLast());
        var chart = chart(titles.getLast());
        chart.addAnnotation(mark);
        return new Panel("", chart, space).reading(_ -> new Readings(titles, mark.plot(), List.of(), cells()));
    }

    private Readings.Cells cells() {
        int count = grid.y().size();
        var values = new String[count][grid.x().size()][];
        for (int i = 0; i < grid.x().size(); i++) {
            for (int j = 0; j < count; j++) {
                double value = grid.cells()[i][j];
                double half = grid.halves()[i][j];
                if (!Double.isNaN(value)) {
                    var around = Double.isFinite(half) ? " ± " + Numbers.beside(half, value) : "";
                    values[count - 1 - j][i] = new String[] {Numbers.value(value) + around};
                }
            }
        }
        return new Readings.Cells(grid.x(), grid.y().reversed(), values, List.of("–"));
    }

    private Mark mark(CategoryAxes names, String value) {
        return new Mark((g, plot) -> {
            paintCells(g, plot);
            colors.paint(g, plot, value);
            names.paint(g, plot);
        });
    }

    private HeatMapChart chart(String value) {
        var chart = Style.dress(new HeatMapChart(FigureLayout.WIDTH, 300), "", "");
        chart.getStyler()
                .setRangeColors(ColorRamp.VIRIDIS.colors().toArray(Color[]::new))
                .setMin(colors.low())
                .setMax(colors.high());
        chart.getStyler()
                .setXAxisTicksVisible(false)
                .setYAxisTicksVisible(false)
                .setPlotGridLinesVisible(false);
        var cells = new ArrayList<Number[]>();
        for (int i = 0; i < grid.x().size(); i++) {
            for (int j = 0; j < grid.y().size(); j++) {
                if (Double.isFinite(grid.cells()[i][j])) {
                    cells.add(new Number[] {i, j, grid.cells()[i][j]});
                }
            }
        }
        chart.addSeries(value, grid.x(), grid.y(), cells);
        return chart;
    }

    private void paintCells(Graphics2D g, Rectangle2D plot) {
        double width = plot.getWidth() / grid.x().size();
        double height = plot.getHeight() / grid.y().size();
        Rectangle2D frame = null;
        for (int i = 0; i < grid.x().size(); i++) {
            for (int j = 0; j < grid.y().size(); j++) {
                var cell = new Rectangle2D.Double(
                        plot.getX() + i * width, plot.getMaxY() - (j + 1) * height, width, height);
                double value = grid.cells()[i][j];
                boolean empty = Double.isNaN(value);
                g.setColor(empty ? NOTHING : colors.at(value));
                g.fill(cell);
                var ink = empty ? Style.SOFT : colors.at(value).getGreen() > 140 ? Style.INK : Color.WHITE;
                paintNumber(
                        g,
                        cell,
                        empty ? "–" : Numbers.brief(value),
                        Double.isFinite(grid.halves()[i][j]) ? "± " + Numbers.beside(grid.halves()[i][j], value) : "",
                        ink);
                g.setColor(Color.WHITE);
                g.setStroke(Style.stroke(1));
                g.draw(cell);
                frame = value == colors.good() ? cell : frame;
            }
        }
        if (frame != null) {
            paintFrame(g, frame);
        }
    }

    /** A value and below it how far its interval reaches; where cells are too narrow for numbers, colours do. */
    private static void paintNumber(Graphics2D g, Rectangle2D cell, String value, String around, Color ink) {
        double room = cell.getWidth() - 7;
        var font = Lettering.shrunk(value, Style.TEXT, room);
        if (Lettering.width(value, font) >= cell.getWidth()) {
            return;
        }
        var small = Lettering.shrunk(around, Style.SMALL, room);
        boolean both = !around.isEmpty() && Lettering.width(around, small) < cell.getWidth();
        double middle = cell.getCenterY() + 4;
        Lettering.draw(g, value, font, ink, cell.getCenterX(), middle - (both ? 7 : 0), 0.5);
        if (both) {
            Lettering.draw(g, around, small, ink, cell.getCenterX(), middle + 8, 0.5);
        }
    }

    /** Black on white, so that it stands out on every colour. */
    private static void paintFrame(Graphics2D g, Rectangle2D cell) {
        var inner = new Rectangle2D.Double(cell.getX() + 2, cell.getY() + 2, cell.getWidth() - 4, cell.getHeight() - 4);
        g.setColor(Color.WHITE);
        g.setStroke(Style.stroke(4.5f));
        g.draw(inner);
        g.setColor(Color.BLACK);
        g.setStroke(Style.stroke(2.2f));
        g.draw(inner);
    }
}
