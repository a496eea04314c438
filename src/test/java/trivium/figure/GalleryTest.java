package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every figure of the gallery is drawn for a column and for a slide: nothing is cut off, and nothing is empty. */
class GalleryTest {

    private static final Map<String, Figure> FIGURES = Gallery.figures();

    /** Colours that must be seen, beside the ink of the letters. */
    private static final Map<String, List<Color>> COLORS = Map.ofEntries(
            Map.entry("loss", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("several", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("over-seeds", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("calibration", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("accuracy-by-margin", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("quantiles", List.of(Style.BLUE)),
            Map.entry("schedule", List.of(Style.BLUE)),
            Map.entry("attention", List.of(ColorRamp.BLUES.at(1), Color.WHITE)),
            Map.entry("changes", List.of(Style.BLUE, Style.VERMILLION, Style.GREEN)),
            Map.entry("attention-of-phases", List.of(ColorRamp.BLUES.at(1))),
            Map.entry("logit-lens", List.of(Style.INK, Color.WHITE)),
            Map.entry("heat-map", List.of(ColorRamp.VIRIDIS.at(0), Color.BLACK)),
            Map.entry("random-search", List.of(ColorRamp.VIRIDIS.at(0), Color.BLACK)),
            Map.entry("parallel", List.of(ColorRamp.VIRIDIS.at(0), Color.BLACK)),
            Map.entry("best-so-far", List.of(Style.BLUE, Style.VERMILLION, Style.pale(Style.BLUE))),
            Map.entry("lengths", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("importance", List.of(Style.SKY)),
            Map.entry("contour", List.of(ColorRamp.VIRIDIS.at(0.05), Color.BLACK)),
            Map.entry("slice", List.of(Style.BLUE, Style.pale(Style.BLUE))),
            Map.entry("pareto", List.of(Style.VERMILLION, Style.pale(Style.BLUE))),
            Map.entry("best-over-searches", List.of(Style.BLUE, Style.VERMILLION)),
            Map.entry("bars", List.of(Style.BLUE, Style.SKY, Style.INK)),
            Map.entry("scaling", List.of(Style.BLUE, Style.VERMILLION)));

    static List<String> names() {
        return List.copyOf(FIGURES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void nothingIsCutOffOrEmpty(String name) throws Exception {
        for (var size : List.of(FigureSize.COLUMN, FigureSize.SLIDE)) {
            var figure = FIGURES.get(name).size(size);
            var image = figure.image(figure.width(), figure.height());
            Pixels.assertWhiteBorder(image, name + ", " + size);
            int width = image.getWidth() / 2;
            int top = 200; // below title and legend
            int height = (image.getHeight() - top) / 2;
            for (int i = 0; i < 4; i++) {
                var part = image.getSubimage(i % 2 * width, top + i / 2 * height, width, height);
                assertTrue(Pixels.drawn(part) > 1_000, name + ", " + size + ": quarter " + i + " is empty");
            }
            for (var color : COLORS.getOrDefault(name, List.of(Style.INK))) {
                assertTrue(Pixels.count(image, color) > 100, name + ", " + size + ": hardly any " + color);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyPanelAnswersWithinItsPlot(String name) {
        var readings = JsonParser.parseString(FIGURES.get(name).readings()).getAsJsonObject();
        assertTrue(readings.toString().length() < 30_000, name);
        for (var each : readings.getAsJsonArray("panels")) {
            var panel = each.getAsJsonObject();
            var box = panel.getAsJsonArray("b");
            int told = panel.has("g")
                    ? panel.getAsJsonObject("g").getAsJsonArray("v").size()
                    : 0;
            for (var drawn : panel.getAsJsonArray("s")) {
                var series = drawn.getAsJsonObject();
                told += series.getAsJsonArray("x").size();
                assertIn(
                        series.getAsJsonArray("x"),
                        box.get(0).getAsDouble(),
                        box.get(2).getAsDouble(),
                        name);
                assertIn(
                        series.getAsJsonArray("y"),
                        box.get(1).getAsDouble(),
                        box.get(3).getAsDouble(),
                        name);
            }
            assertTrue(told > 0, name + " says nothing of " + panel.get("t"));
        }
    }

    private static void assertIn(JsonArray places, double from, double length, String name) {
        places.forEach(place -> assertTrue(
                place.getAsDouble() > from - 1 && place.getAsDouble() < from + length + 1,
                () -> name + ": " + place + " is beyond " + from + " to " + (from + length)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasNumbersBehindItAndStandsInTheGallery(String name) throws Exception {
        var table = FIGURES.get(name).table();
        assertTrue(table.rowCount() > 1 && table.columnCount() > 1, table.toString());
        var page = Files.readString(Path.of("docs/figures.md"));
        assertTrue(page.contains("figures/" + name + ".png"), "docs/figures.md shows no " + name);
        var picture = Path.of("docs/figures", name + ".png");
        assertTrue(Files.size(picture) < 60_000, picture + " has " + Files.size(picture) + " bytes");
    }
}
