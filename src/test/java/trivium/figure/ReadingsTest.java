package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

/** What a page is told of a figure, compared with where the marks are in its picture. */
class ReadingsTest {

    private static final Color UNIQUE = new Color(0xFF, 0x00, 0xFF);

    private static final int HEAD = 120;

    @TempDir
    Path folder;

    private static JsonObject panel(Figure figure, int i) {
        return JsonParser.parseString(figure.readings())
                .getAsJsonObject()
                .getAsJsonArray("panels")
                .get(i)
                .getAsJsonObject();
    }

    private static JsonObject series(Figure figure, int i) {
        return panel(figure, 0).getAsJsonArray("s").get(i).getAsJsonObject();
    }

    private static Figure scatter(double x, double y, boolean log) {
        var chart = new XYChart(720, 300);
        chart.setXAxisTitle("tokens");
        chart.setYAxisTitle("loss (nats)");
        chart.getStyler().setXAxisLogarithmic(log).setYAxisLogarithmic(log);
        chart.getStyler()
                .setXAxisMin(1.0)
                .setXAxisMax(10_000.0)
                .setYAxisMin(0.5)
                .setYAxisMax(40.0);
        var others = chart.addSeries("others", new double[] {1, 10_000}, new double[] {0.5, 40});
        others.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        var one = chart.addSeries("one", new double[] {x}, new double[] {y});
        one.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        one.setMarker(SeriesMarkers.SQUARE);
        one.setLineColor(UNIQUE);
        return Figure.of("Where a point is", Table.create(), chart);
    }

    /** Of what is painted in the unique colour below title and legend. */
    private static double[] centre(Figure figure) throws Exception {
        var image = Pixels.image(figure);
        var centre = Pixels.centre(image.getSubimage(0, HEAD, image.getWidth(), image.getHeight() - HEAD), UNIQUE);
        return new double[] {centre[0], centre[1] + HEAD};
    }

    /** Pixels of the picture are twice as many as those of the layout, and a pixel's middle is half a pixel in. */
    private static void assertIsAt(double[] centre, JsonObject series, int i, double tolerance) {
        assertEquals((centre[0] + 0.5) / 2, series.getAsJsonArray("x").get(i).getAsDouble(), tolerance);
        assertEquals((centre[1] + 0.5) / 2, series.getAsJsonArray("y").get(i).getAsDouble(), tolerance);
    }

    @Test
    void aPointIsToldWhereItIsPainted() throws Exception {
        for (boolean log : new boolean[] {false, true}) {
            for (double[] point : new double[][] {{3_000, 7}, {120, 33}}) {
                var figure = scatter(point[0], point[1], log);
                assertIsAt(centre(figure), series(figure, 1), 0, 0.8);
            }
        }
        var told = series(scatter(3_000, 7, true), 1);
        assertEquals("one", told.get("n").getAsString());
        assertEquals("[[\"3,000\"],[\"7\"]]", told.get("v").toString());
        assertEquals(
                "[\"tokens\",\"loss (nats)\"]",
                panel(scatter(1, 1, true), 0).get("t").toString());
    }

    @Test
    void everyPanelIsToldWhereItStands() throws Exception {
        // all points of the second panel are one: in the middle of the panel's plot
        var steps = IntColumn.create("step", 5, 5);
        var table = Table.create(
                "figure", steps, DoubleColumn.create("loss", 2, 2), DoubleColumn.create("gradient_norm", 1, 1));
        var figure = Figures.metrics("Two panels", table, Axis.STEPS, "loss", "gradient_norm");
        var image = Pixels.image(figure);
        int half = image.getWidth() / 2;
        for (int i = 0; i < 2; i++) {
            var centre = Pixels.centre(image.getSubimage(i * half, HEAD, half, image.getHeight() - HEAD), Style.BLUE);
            var told = panel(figure, i).getAsJsonArray("s").get(0).getAsJsonObject();
            assertIsAt(new double[] {centre[0] + i * half, centre[1] + HEAD}, told, 0, 0.8);
        }
        assertEquals("[\"step\",\"gradient norm\"]", panel(figure, 1).get("t").toString());
    }

    @Test
    void barsAreToldAtTheirTops() throws Exception {
        var figure = Figures.bars(
                "Bars", "share (%)", List.of("where", "<who>"), new double[] {10, 40}, new double[] {80, 50});
        var image = Pixels.image(figure);
        var after = series(figure, 1);
        assertEquals("[[\"where\",\"<who>\"],[\"80\",\"50\"]]", after.get("v").toString());
        for (int i = 0; i < 2; i++) {
            int x = (int) (2 * after.getAsJsonArray("x").get(i).getAsDouble());
            int top = IntStream.range(HEAD, image.getHeight())
                    .filter(y -> image.getRGB(x, y) == Style.BLUE.getRGB())
                    .findFirst()
                    .orElseThrow();
            assertEquals(top / 2.0, after.getAsJsonArray("y").get(i).getAsDouble(), 1);
            var bar = IntStream.range(top, image.getHeight()).filter(y -> image.getRGB(x, y) == Style.BLUE.getRGB());
            assertEquals(after.get("b").getAsDouble(), (bar.max().orElseThrow() + 1) / 2.0, 1);
            long across = IntStream.range(x - 200, x + 200)
                    .filter(at -> image.getRGB(at, top + 8) == Style.BLUE.getRGB())
                    .count();
            assertEquals(4 * after.get("h").getAsDouble(), across, 3);
        }
        assertFalse(figure.readings().contains("<"), "a name could end the script");
    }

    @Test
    void aLossIsToldByTheNamesOfItsLegend() {
        int n = 100;
        var table = Table.create(
                "metrics",
                IntColumn.create("step", IntStream.rangeClosed(1, n).toArray()),
                DoubleColumn.create("loss", IntStream.range(0, n).mapToDouble(i -> 4 - 0.01 * i + i % 2)),
                DoubleColumn.create(
                        "validation_loss", IntStream.range(0, n).mapToDouble(i -> i % 50 == 49 ? 3 : Double.NaN)));
        assertEquals(List.of("training, every step", "training, smoothed", "validation"), names(table, "a"));
        assertEquals(
                List.of(
                        "a, not smoothed",
                        "b, not smoothed",
                        "a, smoothed",
                        "b, smoothed",
                        "a, validation",
                        "b, validation"),
                names(table, "a", "b"));
        assertEquals(List.of("training"), names(table.first(3), "a"), "three steps are not smoothed");
    }

    @Test
    void theAxisOfASingleValueDoesNotCrossZero() {
        for (double value : new double[] {0.001, -3, 1e6}) {
            var points = new Points(new double[] {value}, new double[] {2});
            var plot = new Plot("x", "y").line(points, Style.series(0));
            var styler = ((XYChart) plot.panel("").chart()).getStyler();
            assertEquals(value - Math.abs(value) / 2, styler.getXAxisMin(), 1e-12);
            assertEquals(value + Math.abs(value) / 2, styler.getXAxisMax(), 1e-9);
        }
    }

    @Test
    void aRunWithoutLossesIsSaidToHaveNone() throws IOException {
        var table = Table.create("metrics", IntColumn.create("step", 1, 2), DoubleColumn.create("loss", 2, 1));
        var runs = new LinkedHashMap<String, Table>();
        runs.put("mine", table);
        runs.put("loaded", Table.create("none", IntColumn.create("step"), DoubleColumn.create("loss")));
        var picture = Figures.loss(Axis.STEPS, runs).save(folder.resolve("loss.svg"));
        assertTrue(Files.readString(picture).contains("loaded (no losses)"));
    }

    private static List<String> names(Table table, String... runs) {
        var tables = new LinkedHashMap<String, Table>();
        for (var run : runs) {
            tables.put(run, table);
        }
        return panel(Figures.loss(Axis.STEPS, tables), 0).getAsJsonArray("s").asList().stream()
                .map(each -> each.getAsJsonObject().get("n").getAsString())
                .toList();
    }

    @Test
    void aLongCurveIsToldInFewDataWithItsExtremes() {
        int n = 100_000;
        var y = IntStream.range(0, n).mapToDouble(i -> Math.sin(i)).toArray();
        y[54_321] = 17;
        var table = Table.create(
                "metrics", IntColumn.create("step", IntStream.range(0, n).toArray()), DoubleColumn.create("loss", y));
        var figure = Figures.metrics("Long", table, Axis.STEPS, "loss");
        assertTrue(figure.readings().length() < 30_000, () -> figure.readings().length() + " characters");
        var told = series(figure, 0);
        JsonArray values = told.getAsJsonArray("v").get(1).getAsJsonArray();
        assertTrue(values.size() <= 300 && values.size() > 200, () -> values.size() + " data");
        assertTrue(values.toString().contains("\"17\""), "the highest is missing");
    }
}
