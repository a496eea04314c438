package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** Draws a value as a surface over two settings, in bands between lines of equal value, with the trials on it. */
final class Contour {

    /** Cells of the surface each way. */
    private static final int FINE = 120;

    private static final int BANDS = 10;

    /** Where fewer results are near, the surface is left out: so many are what one two standard deviations off says. */
    private static final double NEAR = Math.exp(-2);

    private final ColorScale colors;
    /** Values at the corners of the cells, FINE + 1 each way, NaN where no trial is near. */
    private final double[][] corners = new double[FINE + 1][FINE + 1];

    private Contour(Coordinate x, Coordinate y, double[] values, ColorScale colors) {
        this.colors = colors;
        var places = IntStream.range(0, values.length)
                .mapToObj(i -> new double[] {x.places()[i], y.places()[i]})
                .toArray(double[][]::new);
        // one trial that went wrong must not bend the surface: as in the colours, it counts as the worst that is shown
        var surface = LocalLinear.of(
                places,
                Arrays.stream(values)
                        .map(value -> Math.clamp(value, colors.low(), colors.high()))
                        .toArray());
        for (int i = 0; i <= FINE; i++) {
            for (int j = 0; j <= FINE; j++) {
                double across = TrialScatter.unmargined((double) i / FINE);
                double up = TrialScatter.unmargined((double) j / FINE);
                corners[i][j] = surface.near(across, up) < NEAR ? Double.NaN : surface.at(across, up);
            }
        }
    }

    static Figure of(Table trials, String x, String y, String value, Best best) {
        return Extremes.leftOut(trials, List.of(x, y, value), table -> drawn(table, x, y, value, best));
    }

    private static Figure drawn(Table table, String x, String y, String value, Best best) {
        var name = Labels.title(value) + " over " + Labels.of(x) + " and " + Labels.of(y);
        if (!table.isEmpty()) {
            Points.requireColumns(table, List.of(x, y, value));
        }
        int[] rows = table.isEmpty() ? new int[0] : rows(table, x, y, value);
        if (rows.length < 3) {
            return new Figure(FigureLayout.empty(name), table);
        }
        var values = table.numberColumn(value);
        var results = Arrays.stream(rows).mapToDouble(values::getDouble).toArray();
        var colors = ColorScale.of(Arrays.stream(results).sorted().toArray(), best);
        var across = Coordinate.of(table, x, rows);
        var up = Coordinate.of(table, y, rows);
        var contour = new Contour(across, up, results, colors);
        var scatter = new TrialScatter(across, up, results, colors, Labels.of(value));
        return new Figure(
                FigureLayout.of(
                                name + ": best " + Numbers.brief(colors.good()) + ", ringed",
                                List.of(),
                                scatter.panel(contour::paint, Color.WHITE),
                                TrialScatter.HEIGHT)
                        .captioned("The surface is a local linear regression of the " + rows.length
                                + " trials, whatever their other settings, and white where no trial is near. "
                                + FinishedTrials.seedsAlone(table)),
                table.selectColumns(x, y, value));
    }

    /** Rows that have a finite result and a place on both axes. */
    static int[] rows(Table table, String x, String y, String value) {
        return IntStream.range(0, table.rowCount())
                .filter(row -> Double.isFinite(table.numberColumn(value).getDouble(row)))
                .filter(row -> isPlaced(table, x, row) && isPlaced(table, y, row))
                .toArray();
    }

    private static boolean isPlaced(Table table, String setting, int row) {
        return !Points.isNumeric(table, setting)
                || Double.isFinite(table.numberColumn(setting).getDouble(row));
    }

    private void paint(Graphics2D g, Rectangle2D plot) {
        double width = plot.getWidth() / FINE;
        double height = plot.getHeight() / FINE;
        for (int j = 0; j < FINE; j++) {
            for (int i = 0; i < FINE; ) {
                int band = band(i, j);
                int from = i;
                while (i < FINE && band(i, j) == band) {
                    i++; // cells of one colour as one: fewer edges to see
                }
                if (band >= 0) {
                    g.setColor(colors.at(level(band + 0.5)));
                    g.fill(new Rectangle2D.Double(
                            plot.getX() + from * width,
                            plot.getMaxY() - (j + 1) * height,
                            (i - from) * width + 0.3,
                            height + 0.3));
                }
            }
        }
        g.setColor(Color.WHITE);
        g.setStroke(Style.stroke(1));
        for (int line = 1; line < BANDS; line++) {
            for (int i = 0; i < FINE; i++) {
                for (int j = 0; j < FINE; j++) {
                    paintLine(g, plot, i, j, level(line));
                }
            }
        }
    }

    private double level(double line) {
        return colors.low() + (colors.high() - colors.low()) * line / BANDS;
    }

    /** Of a cell's middle; −1 where nothing is known. */
    private int band(int i, int j) {
        double middle = (corners[i][j] + corners[i + 1][j] + corners[i][j + 1] + corners[i + 1][j + 1]) / 4;
        if (Double.isNaN(middle) || colors.high() == colors.low()) {
            return -1;
        }
        return Math.clamp((long) (BANDS * (middle - colors.low()) / (colors.high() - colors.low())), 0, BANDS - 1);
    }

    /** The part of a line of equal value in one cell: between the sides that it crosses (marching squares). */
    private void paintLine(Graphics2D g, Rectangle2D plot, int i, int j, double level) {
        var ends = new double[8];
        int count = 0;
        int[][] sides = {{0, 0, 1, 0}, {1, 0, 1, 1}, {1, 1, 0, 1}, {0, 1, 0, 0}};
        for (int[] side : sides) {
            double from = corners[i + side[0]][j + side[1]];
            double to = corners[i + side[2]][j + side[3]];
            if (from < level != to < level && !Double.isNaN(from + to)) {
                double share = (level - from) / (to - from);
                ends[count++] = i + side[0] + share * (side[2] - side[0]);
                ends[count++] = j + side[1] + share * (side[3] - side[1]);
            }
        }
        for (int k = 0; k + 3 < count; k += 4) {
            g.draw(new Line2D.Double(
                    plot.getX() + plot.getWidth() * ends[k] / FINE,
                    plot.getMaxY() - plot.getHeight() * ends[k + 1] / FINE,
                    plot.getX() + plot.getWidth() * ends[k + 2] / FINE,
                    plot.getMaxY() - plot.getHeight() * ends[k + 3] / FINE));
        }
    }
}
