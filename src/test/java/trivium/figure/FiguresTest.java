package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.figure.Pixels.assertWhiteBorder;
import static trivium.figure.Pixels.centre;
import static trivium.figure.Pixels.count;
import static trivium.figure.Pixels.image;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Share;
import trivium.run.MetricsTable;

/**
 * Every figure is drawn and looked at: the colours of its series are there, nothing touches the border, and a longer
 * title or more series still fit.
 */
class FiguresTest {

    @Test
    void lossOfOneRunAndOfSeveral() throws Exception {
        assertDrawn(Figures.loss(Axis.STEPS, Map.of("one", training(1))), Style.BLUE, Style.VERMILLION);
        var several = new LinkedHashMap<String, Table>();
        for (int i = 0; i < 6; i++) {
            several.put("a run with a name that is rather long, number " + i, training(i));
        }
        var figure = Figures.loss(Axis.TOKENS.log(), several);
        assertDrawn(figure, Style.BLUE, Style.VERMILLION, Style.GREEN, Style.PURPLE, Style.ORANGE, Style.SKY);
        assertEquals(6 * 300, figure.table().rowCount());
        assertEquals(
                List.of("run", "tokens", "loss", "validation_loss"),
                figure.table().columnNames());
    }

    @Test
    void oneMetricOfSeveralRuns() throws Exception {
        var runs = Map.of("small", training(1));
        assertDrawn(Figures.compare("validation_loss", Axis.SECONDS, runs), Style.BLUE);
    }

    @Test
    void aSingleBarIsAFigureToo() throws Exception {
        var figure = Figures.frequencies("Longer answers", "40 comparisons", List.of("chosen"), new double[] {0.4});
        assertDrawn(figure, Style.BLUE);
        assertDrawn(figure.untitled(), Style.BLUE);
    }

    @Test
    void aPanelForEachMetric() throws Exception {
        var figure = Figures.metrics("Alignment", alignment(), Axis.STEPS, "reward", "kl", "entropy", "not there");
        assertDrawn(figure, Style.BLUE, Style.pale(Style.BLUE));
        assertEquals(List.of("step", "reward", "kl", "entropy"), figure.table().columnNames());
        int one = Figures.metrics("Alignment", alignment(), Axis.STEPS, "kl").height();
        assertTrue(figure.height() > 1.5 * one, "three panels take two rows");
    }

    @Test
    void axesHaveNumbersFromTheFirstStepsOn() throws Exception {
        for (int rows : new int[] {1, 3, 300}) {
            var figure = Figures.loss(Axis.STEPS, Map.of("a", training(1).first(rows)));
            var image = image(figure);
            int width = image.getWidth();
            int height = image.getHeight();
            assertTrue(count(image.getSubimage(0, height - 120, width, 120), Style.SOFT) > 20, rows + " rows: below");
            assertTrue(
                    count(image.getSubimage(0, 120, 100, height - 240), Style.SOFT) > 20, rows + " rows: at the left");
        }
    }

    @Test
    void theShiftOfRewards() throws Exception {
        var random = new SplittableRandom(4);
        var before = random.doubles(300).map(v -> v - 1).toArray();
        var after = random.doubles(300).map(v -> v + 0.5).toArray();
        var figure = Figures.rewardShift(before, after, "reward");
        assertDrawn(figure, Style.BLUE, Style.VERMILLION);
        assertTrue(figure.title().contains("up by 1.5"), figure.title());
        var few = Figures.rewardShift(new double[] {1, 3, 5}, new double[] {6, 6, 9}, "reward");
        assertEquals(
                "Reward of completions, before and after: mean up by 4.00 (95 % interval +1.52 to +6.48)", few.title());
        var one = Figures.rewardShift(new double[] {172}, new double[] {177}, "reward");
        assertEquals("Reward of one completion, before and after: up by 5.00", one.title());
        assertDrawn(Figures.rewardShift(before, after, "reward", alignment(), "reward"), Style.BLUE, Style.INK);
    }

    @Test
    void rewardAgainstKl() throws Exception {
        assertDrawn(Figures.rewardAgainstKl(alignment()), Style.BLUE, Style.VERMILLION);
    }

    @Test
    void theHeatMapFramesTheBestCell() throws Exception {
        var table = Table.create(
                "sweep", DoubleColumn.create("rate"), IntColumn.create("width"), DoubleColumn.create("loss"));
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 3; j++) {
                table.doubleColumn("rate").append(1e-4 * Math.pow(10, i / 2.0));
                table.intColumn("width").append(64 << j);
                table.doubleColumn("loss").append(2 + (i - 3) * (i - 3) + j);
            }
        }
        var lowest = Figures.heatMap(table, "rate", "width", "loss");
        assertDrawn(lowest, new Color(0x440154), Color.BLACK);
        // the frame of the lowest stands in the lower right of the plot, that of the highest in the upper left
        double[] low = centre(image(lowest), Color.BLACK);
        double[] high = centre(image(Figures.heatMap(table, "rate", "width", "loss", Best.HIGHEST)), Color.BLACK);
        assertTrue(low[0] > high[0] && low[1] > high[1], low[0] + "," + low[1] + " and " + high[0] + "," + high[1]);
    }

    @Test
    void barsAndWords() throws Exception {
        var labels = List.of("who", "a question of many words that does not fit under its bars", "all");
        var bars = Figures.bars("Exact match", "%", labels, new double[] {1, 0, 2}, new double[] {97, Double.NaN, 88});
        assertDrawn(bars, Style.SKY, Style.BLUE);
        var words = Figures.words("A blank", List.of("market", "forest"), new double[] {0.75, 0.25});
        assertDrawn(words, Style.BLUE);
    }

    /** Wilson's intervals as statsmodels 0.15's proportion_confint has them. */
    @Test
    void barsOfSharesHaveIntervals() throws Exception {
        var bars = Figures.bars(
                "Exact match", List.of("who", "where"), shares(2, 200, 0, 120), shares(194, 200, 106, 120));
        assertDrawn(bars, Style.SKY, Style.BLUE, Style.INK);
        var table = bars.table();
        assertArrayEquals(
                new double[] {0.936106, 0.813666},
                table.doubleColumn("after_low").asDoubleArray(),
                1e-6);
        assertArrayEquals(
                new double[] {0.035722, 0.031019},
                table.doubleColumn("before_high").asDoubleArray(),
                1e-6);
        assertEquals(List.of(200, 120), table.intColumn("after_of").asList());
        assertTrue(
                bars.caption().startsWith("Wilson's 95 % intervals, from 120 to 200 answers a bar."), bars.caption());
        assertDrawn(Figures.bars("x", List.of(), List.of(), List.of()), Style.INK);
    }

    private static List<Share> shares(int hits, int of, int more, int ofMore) {
        return List.of(new Share(hits, of), new Share(more, ofMore));
    }

    /** The interval of r = 0.5 of 28 pairs by SciPy 1.17's pearsonr. */
    @Test
    void aCorrelationHasItsInterval() {
        assertEquals("−0.50 (−0.74 to −0.16)", AnswerComparison.correlation(-0.5, 28));
        assertEquals("1.00", AnswerComparison.correlation(1, 28));
        assertEquals("0.50", AnswerComparison.correlation(0.5, 3));
    }

    @Test
    void aMetricThatNothingHasIsRefused() {
        var table = Table.create(
                "a", IntColumn.create("step", new int[] {1}), DoubleColumn.create("loss", new double[] {2}));
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Figures.compare("rewards", Axis.STEPS, Map.of("a", table)))
                .getMessage();
        assertEquals("none of what is compared has the metric \"rewards\"; there is step, loss", message);
    }

    @Test
    void noDataYetIsAFigureToo() throws Exception {
        var nothing = Table.create("nothing");
        var nan = Table.create(
                "nan", IntColumn.create("step", new int[] {1}), DoubleColumn.create("loss", new double[] {Double.NaN}));
        for (var figure : List.of(
                Figures.loss(Axis.STEPS, Map.of()),
                Figures.loss(Axis.STEPS, Map.of("a", nothing)),
                Figures.loss(Axis.STEPS.log(), Map.of("a", nan)),
                Figures.compare("loss", Axis.STEPS, Map.of("a", nothing)),
                Figures.metrics("x", nothing, Axis.STEPS, "loss"),
                Figures.rewardShift(new double[0], new double[] {Double.NaN}, "reward"),
                Figures.rewardAgainstKl(nothing),
                Figures.heatMap(nothing, "a", "b", "c"),
                Figures.bars("x", "y", List.of(), new double[0], new double[0]),
                Figures.words("x", List.of(), new double[0]))) {
            assertDrawn(figure, Style.INK);
        }
        var one = Table.create(
                "one", IntColumn.create("step", new int[] {1}), DoubleColumn.create("loss", new double[] {2}));
        assertDrawn(Figures.loss(Axis.STEPS, Map.of("a", one)), Style.BLUE);
    }

    @Test
    void aLongTitleIsBrokenIntoLinesAndALongWordShortened() throws Exception {
        var title = "A title that says a great deal about what is to be seen and why, ".repeat(3) + "x".repeat(200);
        assertDrawn(Figures.words(title, List.of("a", "b"), new double[] {0.5, 0.5}), Style.BLUE);
    }

    @Test
    void savesAPictureAndItsNumbers(@TempDir Path folder) throws Exception {
        var figure = Figures.words("A blank", List.of("market", "forest"), new double[] {0.75, 0.25});
        figure.save(folder.resolve("blank.png"));
        assertArrayEquals(figure.png(), Files.readAllBytes(folder.resolve("blank.png")), "drawn twice, the same");
        assertEquals(
                List.of("word,probability", "market,0.75", "forest,0.25"),
                Files.readAllLines(folder.resolve("blank.csv")));
        var error = assertThrows(IllegalArgumentException.class, () -> figure.save(folder.resolve("blank.gif")));
        assertTrue(error.getMessage().contains("blank.gif"), error.getMessage());
    }

    @Test
    void savesVectors(@TempDir Path folder) throws Exception {
        var figure = Figures.words("A blank", List.of("market", "forest"), new double[] {0.75, 0.25});
        assertTrue(Files.readString(figure.save(folder.resolve("blank.svg"))).contains("<path"));
        var pdf = figure.size(FigureSize.COLUMN).save(folder.resolve("blank.pdf"));
        try (var document = Loader.loadPDF(pdf.toFile())) {
            assertEquals(252, document.getPage(0).getMediaBox().getWidth(), "3.5 inches");
            var image = new PDFRenderer(document).renderImage(0, 3);
            assertTrue(count(image, Style.BLUE) > 1_000, "bars are filled");
            assertWhiteBorder(image, "PDF");
        }
    }

    @Test
    void aSlideAndAColumn() throws Exception {
        for (var figure : List.of(
                Figures.loss(Axis.STEPS, Map.of("one", training(1))),
                Figures.metrics("Alignment", alignment(), Axis.STEPS, "reward", "kl", "entropy", "gold"))) {
            var slide = image(figure.size(FigureSize.SLIDE));
            assertEquals(List.of(1920, 1080), List.of(slide.getWidth(), slide.getHeight()));
            assertWhiteBorder(slide, "slide");
            var column = figure.size(FigureSize.COLUMN);
            assertEquals(1080, image(column).getWidth());
            assertWhiteBorder(image(column), "column");
            assertTrue(count(image(column), Style.BLUE) > 1_000, "curves");
            assertArrayEquals(figure.png(), column.size(FigureSize.PAGE).png(), "and back");
        }
    }

    @Test
    void theNumbersOfBothPanelsAreBehindAShift(@TempDir Path folder) throws Exception {
        var path = new MetricsTable();
        for (int step = 1; step <= 3; step++) {
            path.add(step, new LinkedHashMap<>(Map.of("reward", step / 4.0)));
        }
        var figure = Figures.rewardShift(new double[] {0, 0.5}, new double[] {1, 1}, "reward", path.table(), "reward");
        figure.save(folder.resolve("shift.png"));
        assertEquals(
                List.of("before,after,step,reward", "0,1,1,0.25", "0.5,1,2,0.5", ",,3,0.75"),
                Files.readAllLines(folder.resolve("shift.csv")).stream()
                        .map(line -> line.replaceAll("\\.0(?=,|$)", ""))
                        .toList());
    }

    @Test
    void aTitleACaptionAndAWidthOfOnesOwn(@TempDir Path folder) throws Exception {
        var figure = Figures.loss(Axis.STEPS, Map.of("one", training(1)));
        var bare = figure.untitled();
        assertEquals(figure.title(), bare.title(), "it is still what the picture is called");
        assertEquals(figure.height() - 20, bare.height(), "a line less");
        assertEquals("Mine", figure.title("Mine").title());
        var told = figure.caption("Two sentences below the picture. ".repeat(5));
        assertEquals(figure.height() + 2 * 17, told.height(), "two lines more");
        assertWhiteBorder(image(told), "caption");
        assertThrows(IllegalArgumentException.class, () -> figure.title(" "));

        for (double inches : new double[] {2, 3.3, 7}) {
            var pdf = figure.inches(inches).save(folder.resolve("own.pdf"));
            try (var document = Loader.loadPDF(pdf.toFile())) {
                assertEquals(72 * inches, document.getPage(0).getMediaBox().getWidth(), 0.5);
            }
            assertWhiteBorder(image(figure.inches(inches)), inches + " inches");
        }
        assertThrows(IllegalArgumentException.class, () -> figure.inches(1));
        assertThrows(IllegalArgumentException.class, () -> figure.inches(Double.NaN));
    }

    /** Draws the figure at its own size and at others, and looks at the pixels. */
    private static void assertDrawn(Figure figure, Color... colors) throws Exception {
        var image = image(figure);
        assertEquals(2 * figure.width(), image.getWidth());
        assertEquals(2 * figure.height(), image.getHeight());
        for (var color : colors) {
            assertTrue(count(image, color) > 20, figure.title() + ": hardly any " + color);
        }
        assertWhiteBorder(image, figure.title());
        assertWhiteBorder(ImageIO.read(new ByteArrayInputStream(figure.png(430, 320))), figure.title() + ", small");
    }

    private static Table training(int seed) {
        var random = new SplittableRandom(seed);
        var metrics = new MetricsTable();
        for (int step = 1; step <= 300; step++) {
            var row = new LinkedHashMap<String, Double>();
            double loss = 2 - 0.1 * seed + 4 * Math.exp(-step / 40.0);
            row.put("tokens", step * 2_048.0);
            row.put("seconds", step * 0.05);
            row.put("loss", step == 150 ? Double.POSITIVE_INFINITY : loss + 0.1 * random.nextGaussian());
            if (step % 50 == 0) {
                row.put("validation_loss", loss);
            }
            metrics.add(step, row);
        }
        return metrics.table();
    }

    private static Table alignment() {
        var random = new SplittableRandom(9);
        var metrics = new MetricsTable();
        for (int step = 1; step <= 120; step++) {
            double t = step / 120.0;
            var row = new LinkedHashMap<String, Double>();
            row.put("reward", 2 * t + 0.1 * random.nextGaussian());
            row.put("reward_std", 1 - 0.5 * t);
            row.put("gold", 3 * t - 2.5 * t * t);
            row.put("kl", 9 * t);
            row.put("entropy", 2 - t);
            metrics.add(step, row);
        }
        return metrics.table();
    }

    private static List<String> legend(Figure figure) {
        return JsonParser.parseString(figure.readings()).getAsJsonObject().getAsJsonArray("names").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    /** The order of a Map.of is another in every process. */
    @Test
    void aLegendIsInTheOrderOfItsMapOrByName() {
        var metrics = Table.create("metrics", IntColumn.create("step", 1, 2), DoubleColumn.create("loss", 3, 2));
        var named = new LinkedHashMap<String, Table>();
        for (int i = 12; i > 2; i--) {
            named.put("width " + i, metrics);
        }
        var sorted = List.copyOf(named.keySet()).reversed();
        assertEquals(List.copyOf(named.keySet()), legend(Figures.compare("loss", Axis.STEPS, named)));
        assertEquals(sorted, legend(Figures.compare("loss", Axis.STEPS, Map.copyOf(named))));
        assertEquals(
                sorted,
                legend(Figures.bestSoFar(Map.copyOf(named), "loss", Best.LOWEST))
                        .subList(0, 10));
    }
}
