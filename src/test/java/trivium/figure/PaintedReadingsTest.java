package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/** What a page is told of figures that XChart has no chart for, compared with what is where in their pictures. */
class PaintedReadingsTest {

    /** Pixels below title and legend. */
    private static final int HEAD = 120;

    private static final Color DARKEST = ColorRamp.BLUES.at(1);

    private static JsonObject panel(Figure figure) {
        return JsonParser.parseString(figure.readings())
                .getAsJsonObject()
                .getAsJsonArray("panels")
                .get(0)
                .getAsJsonObject();
    }

    private static double[] numbers(JsonArray array) {
        return array.asList().stream().mapToDouble(each -> each.getAsDouble()).toArray();
    }

    /** Of this colour left of {@code right}, in pixels of the layout. */
    private static double[] centre(BufferedImage image, Color color, double right) {
        int width = Math.min(image.getWidth(), (int) (2 * right));
        var centre = Pixels.centre(image.getSubimage(0, HEAD, width, image.getHeight() - HEAD), color);
        return new double[] {(centre[0] + 0.5) / 2, (centre[1] + HEAD + 0.5) / 2};
    }

    /** Where the page marks a cell, counted from above and from the left. */
    private static double[] middle(JsonObject panel, int row, int column) {
        double[] box = numbers(panel.getAsJsonArray("b"));
        var cells = panel.getAsJsonObject("g");
        return new double[] {
            box[0] + (column + 0.5) * box[2] / cells.getAsJsonArray("x").size(),
            box[1] + (row + 0.5) * box[3] / cells.getAsJsonArray("y").size()
        };
    }

    private static String cell(JsonObject panel, int row, int column) {
        var own = panel.getAsJsonObject("g").getAsJsonArray("v").get(row).getAsJsonObject();
        return (own.has(column + "")
                        ? own.get(column + "")
                        : panel.getAsJsonObject("g").get("e"))
                .toString();
    }

    @Test
    void anAttentionWeightIsToldWhereItIsPainted() throws Exception {
        var weights = new double[5][5];
        weights[3][1] = 0.875;
        var figure = Figures.attention("a head", List.of("a", "b", "c", "d", "<e>"), weights);
        var panel = panel(figure);
        assertEquals("[\"0.875\"]", cell(panel, 3, 1));
        assertEquals("[\"0\"]", cell(panel, 1, 3));
        assertEquals(
                "\"2. b\"",
                panel.getAsJsonObject("g").getAsJsonArray("x").get(1).toString());
        double[] box = numbers(panel.getAsJsonArray("b"));
        var centre = centre(Pixels.image(figure), DARKEST, box[0] + box[2]); // the scale is right of it
        assertEquals(middle(panel, 3, 1)[0], centre[0], 0.8);
        assertEquals(middle(panel, 3, 1)[1], centre[1], 0.8);
    }

    @Test
    void ofManyAttentionWeightsTheGreatestAreTold() {
        int n = 90; // 4,095 weights above 0
        var weights = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                weights[i][j] = (i * n + j + 1.0) / (n * n);
            }
        }
        var names = IntStream.range(0, n).mapToObj(i -> "token").toList();
        var figure = Figures.attention("a head", names, weights);
        assertTrue(figure.readings().length() < 30_000, () -> figure.readings().length() + " characters");
        var panel = panel(figure);
        var told = panel.getAsJsonObject("g").getAsJsonArray("v").asList().stream()
                .mapToInt(row -> row.getAsJsonObject().size())
                .sum();
        assertEquals(1_200, told);
        assertEquals("[\"1.00\"]", cell(panel, n - 1, n - 1));
        // the last 14 rows have 90 + 89 + … + 77 = 1,169 weights; 31 are left for the row with 76
        assertEquals("[\"at most " + Numbers.brief(weights[75][44]) + "\"]", cell(panel, 0, 5));
    }

    @Test
    void aLensTellsTheTokenAndItsProbabilityInItsCell() throws Exception {
        var lens = Table.create(
                StringColumn.create("run", "r", "r", "r", "r"),
                IntColumn.create("block", 0, 0, 1, 1),
                IntColumn.create("position", 1, 2, 1, 2),
                StringColumn.create("read", "Once", " upon", "Once", " upon"),
                StringColumn.create("says", "a", "b", "c", "."),
                DoubleColumn.create("probability", 0, 0, 0, 1));
        var figure = Figures.logitLens(lens);
        var panel = panel(figure);
        assertEquals("[\".\",\"1.00\"]", cell(panel, 0, 1));
        assertEquals("[\"1\",\"0\"]", panel.getAsJsonObject("g").get("y").toString());
        var centre = centre(Pixels.image(figure), DARKEST, 1_000);
        assertEquals(middle(panel, 0, 1)[0], centre[0], 1);
        assertEquals(middle(panel, 0, 1)[1], centre[1], 1);
    }

    @Test
    void aCellOfAHeatMapIsToldWhereItsColourIs() throws Exception {
        var table = Table.create(
                DoubleColumn.create("width", 1, 1, 2, 2, 3),
                DoubleColumn.create("depth", 1, 2, 1, 2, 1),
                DoubleColumn.create("loss", 4, 3, 5, 2, 6));
        var figure = Figures.heatMap(table, "width", "depth", "loss", Best.LOWEST);
        var panel = panel(figure);
        assertEquals("[\"2\"]", cell(panel, 0, 1));
        assertEquals("[\"4\"]", cell(panel, 1, 0));
        assertEquals("[\"–\"]", cell(panel, 0, 2));
        var image = Pixels.image(figure);
        double[] best = middle(panel, 0, 1);
        // the number stands in the middle
        assertEquals(
                ColorRamp.VIRIDIS.at(0).getRGB(), image.getRGB((int) (2 * best[0]) - 60, (int) (2 * best[1]) - 10));
    }

    private static Table trials() {
        int n = 30;
        return Table.create(
                DoubleColumn.create("rate", IntStream.range(0, n).mapToDouble(i -> 1 + i * 7 % n)),
                DoubleColumn.create("dropout", IntStream.range(0, n).mapToDouble(i -> i * 11 % n / 100.0)),
                StringColumn.create(
                        "norm",
                        IntStream.range(0, n)
                                .mapToObj(i -> i % 2 == 0 ? "one" : "two")
                                .toArray(String[]::new)),
                DoubleColumn.create(
                        "loss", IntStream.range(0, n).mapToDouble(i -> 2 + (i * 13 % n - 9) * (i * 13 % n - 9))));
    }

    @Test
    void theBestTrialOfASurfaceIsToldWhereItsRingIs() throws Exception {
        var figure = Figures.contour(trials(), "rate", "dropout", "loss", Best.LOWEST);
        var told = panel(figure).getAsJsonArray("s").get(0).getAsJsonObject();
        int last = told.getAsJsonArray("x").size() - 1; // drawn over the others
        assertEquals(29, last);
        assertEquals(
                "\"2\"",
                told.getAsJsonArray("v").get(2).getAsJsonArray().get(last).toString());
        // 13 i = 9 (mod 30) for i = 3
        assertEquals(
                "\"22\"",
                told.getAsJsonArray("v").get(0).getAsJsonArray().get(last).toString());
        var centre = centre(Pixels.image(figure), Color.BLACK, 1_000);
        assertEquals(numbers(told.getAsJsonArray("x"))[last], centre[0], 0.8);
        assertEquals(numbers(told.getAsJsonArray("y"))[last], centre[1], 0.8);
    }

    @Test
    void theLineOfTheBestTrialIsToldWhereItIsPainted() throws Exception {
        var figure = Figures.parallel(trials(), "loss", Best.LOWEST, "rate", "dropout", "norm");
        var all = panel(figure).getAsJsonArray("s");
        assertEquals(30, all.size());
        var best = all.get(29).getAsJsonObject();
        assertEquals("the best trial", best.get("n").getAsString());
        assertEquals("[[\"22\"],[\"0.03\"],[\"two\"],[\"2\"]]", best.get("v").toString());
        var image = Pixels.image(figure);
        double[] x = numbers(best.getAsJsonArray("x"));
        double[] y = numbers(best.getAsJsonArray("y"));
        for (int i = 0; i + 1 < x.length; i++) { // halfway, where no name of an axis covers it
            int across = (int) (x[i] + x[i + 1]);
            int down = (int) (y[i] + y[i + 1]);
            assertEquals(Color.BLACK.getRGB(), image.getRGB(across, down), "between axes " + i + " and " + (i + 1));
        }
    }

    @Test
    void aPathInATriangleIsToldWhereItIsPainted() throws Exception {
        var path = Table.create(
                DoubleColumn.create("a", 0.5), DoubleColumn.create("b", 0.3), DoubleColumn.create("c", 0.2));
        var figure = Figures.simplex(
                "Paths", List.of("a", "b", "c"), Map.of("path", path), Map.of("ring", new double[] {0, 0, 1}));
        var panel = panel(figure);
        var told = panel.getAsJsonArray("s").get(0).getAsJsonObject();
        assertEquals("path", told.get("n").getAsString());
        assertEquals("[\"step\",\"a\",\"b\",\"c\"]", panel.get("t").toString());
        assertEquals(
                "[[\"0\"],[\"50.0 %\"],[\"30.0 %\"],[\"20.0 %\"]]",
                told.get("v").toString());
        var centre = centre(Pixels.image(figure), Style.BLUE, 1_000);
        assertEquals(numbers(told.getAsJsonArray("x"))[0], centre[0], 0.8);
        assertEquals(numbers(told.getAsJsonArray("y"))[0], centre[1], 0.8);
        var ring = panel.getAsJsonArray("s").get(1).getAsJsonObject();
        assertEquals("ring", ring.get("n").getAsString());
        assertEquals("[\"\"]", ring.getAsJsonArray("v").get(0).toString(), "a point has no step");
    }
}
