package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import tech.tablesaw.api.Table;

/** Draws a value over two settings: colour and number in every cell, a frame around the best. */
final class HeatMap {

    private static final Color NOTHING = new Color(0xEE, 0xEE, 0xEE);
    private static final int BAR_SPACE = 76;

    private final Grid grid;
    private final Best best;
    private final double low;
    private final double high;
    private final boolean capped;

    private HeatMap(Grid grid, Best best) {
        this.grid = grid;
        this.best = best;
        var sorted = grid.sorted();
        boolean lowest = best == Best.LOWEST;
        double good = lowest ? sorted[0] : sorted[sorted.length - 1];
        double bad = lowest ? sorted[sorted.length - 1] : sorted[0];
        // one trial that went wrong should not take all the colours: stop them at four times the middle's distance
        double end = good + 4 * (sorted[sorted.length / 2] - good);
        capped = end != good && Math.abs(bad - good) > Math.abs(end - good);
        double last = capped ? end : bad;
        low = Math.min(good, last);
        high = Math.max(good, last);
    }

    static Figure of(Table table, String x, String y, String value, Best best) {
        var name = Labels.title(value);
        if (table.isEmpty()
                || !table.containsColumn(value)
                || Points.of(table, value, value).isEmpty()) {
            return new Figure(Sheet.empty(name + " by " + Labels.of(x) + " and " + Labels.of(y)), table);
        }
        var grid = Grid.of(table, x, y, value);
        var map = new HeatMap(grid, best);
        var title = name + " by " + Labels.of(x) + " and " + Labels.of(y) + ": best " + Labels.number(map.bestValue());
        var names = new Names(grid.x(), Labels.of(x), grid.y(), Labels.of(y));
        var space = names.space();
        space.right = BAR_SPACE;
        var panel = new Panel("", map.chart(names, Labels.of(value)), space);
        int height = 110 + Math.max(2, grid.y().size()) * 44;
        return new Figure(Sheet.of(title, List.of(), panel, height), table.selectColumns(x, y, value));
    }

    private double bestValue() {
        var sorted = grid.sorted();
        return best == Best.LOWEST ? sorted[0] : sorted[sorted.length - 1];
    }

    private HeatMapChart chart(Names names, String value) {
        var chart = Style.dress(new HeatMapChart(Sheet.WIDTH, 300), "", "");
        chart.getStyler()
                .setRangeColors(Ramp.VIRIDIS.colors().toArray(Color[]::new))
                .setMin(low)
                .setMax(high);
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
        chart.addAnnotation(new Mark((g, plot) -> {
            paintCells(g, plot);
            paintBar(g, plot);
            Lettering.draw(g, value, Style.SMALL, Style.INK, plot.getMaxX() + BAR_SPACE - 4, plot.getY() - 8, 1);
            names.paint(g, plot);
        }));
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
                g.setColor(empty ? NOTHING : color(value));
                g.fill(cell);
                var ink = empty ? Style.SOFT : color(value).getGreen() > 140 ? Style.INK : Color.WHITE;
                var text = empty ? "–" : Labels.number(value);
                var font = Lettering.shrunk(text, Style.TEXT, width - 7);
                if (Lettering.width(text, font) < width) { // where cells are too narrow for numbers, colours do
                    Lettering.draw(g, text, font, ink, cell.getCenterX(), cell.getCenterY() + 4, 0.5);
                }
                g.setColor(Color.WHITE);
                g.setStroke(Style.stroke(1));
                g.draw(cell);
                frame = value == bestValue() ? cell : frame;
            }
        }
        if (frame != null) {
            paintFrame(g, frame);
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

    private void paintBar(Graphics2D g, Rectangle2D plot) {
        double x = plot.getMaxX() + 18;
        Ramp.VIRIDIS.paint(g, new Rectangle2D.Double(x, plot.getY(), 14, plot.getHeight()));
        for (int i = 0; i <= 4; i++) {
            double value = low + (high - low) * i / 4;
            double y = plot.getMaxY() - plot.getHeight() * i / 4;
            g.setColor(Style.AXIS);
            g.setStroke(Style.stroke(1));
            g.draw(new Line2D.Double(x + 14, y, x + 18, y));
            boolean beyond = capped && i == (best == Best.LOWEST ? 4 : 0);
            var text = (beyond ? best == Best.LOWEST ? "≥ " : "≤ " : "") + Labels.number(value);
            Lettering.draw(g, text, Style.SMALL, Style.SOFT, x + 21, y + 4, 0);
            if (high == low) {
                break;
            }
        }
    }

    private Color color(double value) {
        return Ramp.VIRIDIS.at(high == low ? 0.5 : (value - low) / (high - low));
    }
}
