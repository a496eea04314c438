package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;

/** What vector files hold, as the JDK's XML parser and PDFBox's text extraction read it. */
class VectorFilesTest {

    private static final Map<String, Figure> FIGURES = Gallery.figures();

    /** Words beside the axes, which XChart paints, and of legends and titles, which figures paint themselves. */
    private static final Map<String, List<String>> WORDS = Map.of(
            "loss", List.of("loss (nats/token)", "step", "validation", "100", "300"),
            "several", List.of("width 64", "tokens seen", "100,000"),
            "bars", List.of("share (%)", "how many", "94.0", "before"),
            "words", List.of("probability (%)", "market", "61.0"),
            "heat-map", List.of("learning rate", "validation loss (nats/token)", "256"),
            "schedule", List.of("learning rate", "0"));

    static List<String> names() {
        return List.copyOf(FIGURES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void svgHasItsWordsAsWords(String name, @TempDir Path folder) throws Exception {
        var figure = FIGURES.get(name);
        var svg = parsed(figure.save(folder.resolve("figure.svg")));

        assertEquals(figure.title(), svg.getElementsByTagName("title").item(0).getTextContent());
        var words = texts(svg);
        assertTrue(String.join(" ", words).contains(figure.title()), "the title is drawn: " + words);
        assertTrue(words.containsAll(WORDS.getOrDefault(name, List.of())), words.toString());
        var paths = svg.getElementsByTagName("path");
        long dark = IntStream.range(0, paths.getLength())
                .mapToObj(i -> ((Element) paths.item(i)).getAttribute("fill"))
                .filter(fill -> fill.equals("#222222") || fill.equals("#666666")) // the colours of letters
                .count();
        // a marker in a legend, and the frontier's triangles where gold turns
        int markers = name.equals("frontier") ? 3 : 1;
        assertTrue(dark <= markers, name + ": besides " + markers + " markers, letters among " + dark + " dark paths");
    }

    @ParameterizedTest
    @MethodSource("names")
    void pdfHasItsWordsAsWordsInAFontOfItsOwn(String name, @TempDir Path folder) throws Exception {
        var figure = FIGURES.get(name);
        try (var pdf = Loader.loadPDF(figure.save(folder.resolve("figure.pdf")).toFile())) {
            var text = words(pdf);
            assertTrue(text.contains(figure.title()), text);
            for (var word : WORDS.getOrDefault(name, List.of())) {
                // what stands upright is put together from single letters, some of them apart
                assertTrue(text.replace(" ", "").contains(word.replace(" ", "")), word + " in " + text);
            }
            assertEquals(figure.title(), pdf.getDocumentInformation().getTitle());
            for (var font : pdf.getPage(0).getResources().getFontNames()) {
                assertTrue(pdf.getPage(0).getResources().getFont(font).isEmbedded());
            }
        }
    }

    /** A title with what fonts most often lack; and letters that this one lacks, which are drawn all the same. */
    @Test
    void mathematicsAndOtherAlphabetsArrive(@TempDir Path folder) throws Exception {
        var title = "β₁ → ∞? ε² ≥ 10⁻³ · μ = −0.5 ± 0.1 %, “Größe” × 2";
        var words = List.of("Δ loss", "école", "市場");
        var figure = Figures.words(title, words, new double[] {0.5, 0.3, 0.2}).caption("δ & <caption>");

        var svg = parsed(figure.save(folder.resolve("figure.svg")));
        assertEquals(title, svg.getElementsByTagName("title").item(0).getTextContent());
        assertTrue(
                texts(svg).containsAll(words) && texts(svg).contains("δ & <caption>"),
                texts(svg).toString());
        try (var pdf = Loader.loadPDF(figure.save(folder.resolve("figure.pdf")).toFile())) {
            var text = words(pdf);
            assertTrue(text.contains("Δ loss") && text.contains("école") && text.contains("−0.5 ± 0.1 %"), text);
            var image = new PDFRenderer(pdf).renderImage(0, 3);
            Pixels.assertWhiteBorder(image, "PDF");
            assertTrue(Pixels.count(image, Style.BLUE) > 1_000, "bars are filled");
        }
    }

    /** A random search tries no learning rate twice: a grid of it would be 57 columns with a cell each. */
    @Test
    void aRandomSearchIsDrawnAsPointsAndNotAsAnEmptyGrid(@TempDir Path folder) throws Exception {
        var trials = Gallery.trials(4, 60);
        int finished =
                trials.rowCount() - trials.doubleColumn("validation_loss").countMissing();
        assertTrue(finished > 50, "most of them");
        var svg = parsed(Figures.heatMap(trials, "learning_rate", "dropout", "validation_loss")
                .save(folder.resolve("search.svg")));
        assertEquals(finished, outlines(svg), "a point a trial");
        var words = texts(svg);
        assertTrue(words.stream().noneMatch(word -> word.equals("–") || word.contains("…")), words.toString());
        assertTrue(words.containsAll(List.of("0.001", "2e−4", "0.1", "0.2")), "round marks: " + words);

        var grid = parsed(Figures.heatMap(Gallery.grid(), "learning_rate", "width", "validation_loss")
                .save(folder.resolve("grid.svg")));
        assertEquals(0, outlines(grid), "a grid stays a grid");
        var half = Gallery.grid().first(7); // a sweep that is not over: 3 of 6 columns
        assertEquals(
                0,
                outlines(parsed(Figures.heatMap(half, "learning_rate", "width", "validation_loss")
                        .save(folder.resolve("half.svg")))));
    }

    @ParameterizedTest
    @CsvSource({"finetune, loss (nats/token)", "prefer, loss", "align, loss"})
    void theUnitOfALossIsThatOfTheKindOfRun(String kind, String label, @TempDir Path folder) throws Exception {
        var card = RunCard.begin(kind, null, Map.of(), Origin.here(7, "data"));
        var run = new Run(card, null, null, Map.of(Run.METRICS, Gallery.training(2, 0)));
        for (var figure : List.of(Figures.metrics(run, "loss"), Figures.compare("loss", run), Figures.loss(run))) {
            var words = texts(parsed(figure.save(folder.resolve("figure.svg"))));
            assertTrue(words.contains(label), words.toString());
        }
    }

    /** All pairs tie at step 1: 0 there is no accuracy that a preference optimisation rises from. */
    @Test
    void theFirstStepOfAccuraciesIsNotWhereTheyRoseFrom() {
        var card = RunCard.begin("prefer", null, Map.of(), Origin.here(7, "data"));
        var steps = IntStream.rangeClosed(1, 41).mapToDouble(i -> i).toArray();
        var accuracies = Arrays.stream(steps).map(i -> i == 1 ? 0 : 0.6).toArray();
        var table = Table.create(
                "metrics", DoubleColumn.create("step", steps), DoubleColumn.create("rewards/accuracies", accuracies));
        var title = Figures.metrics(new Run(card, null, null, Map.of(Run.METRICS, table)), "rewards/accuracies")
                .title();
        assertTrue(title.contains(" from 0.600 to 0.600 (first and last tenth after step 1"), title);
    }

    @Test
    void aMetricThatNobodyDeclaredIsRefused() {
        var card = RunCard.begin("align", null, Map.of(), Origin.here(7, "data"));
        var run = new Run(card, null, null, Map.of(Run.METRICS, Gallery.training(2, 0)));
        var refused = assertThrows(IllegalArgumentException.class, () -> Figures.metrics(run, "rewrd"));
        assertTrue(refused.getMessage().contains("has no metric \"rewrd\"; there is step, "), refused.getMessage());
        assertEquals("The alignment", Figures.metrics(run, "reward").title(), "it may come yet");
    }

    /** A run of another kind has none of it, and an empty figure would not say so. */
    @Test
    void whatOnlyAnAlignmentHasIsNotDrawnOfOthers() {
        var card = RunCard.begin("prefer", null, Map.of(), Origin.here(7, "data"));
        var run = new Run(card, null, null, Map.of(Run.METRICS, Gallery.training(2, 0)));
        var quantiles = assertThrows(IllegalArgumentException.class, () -> Figures.quantiles(run));
        assertTrue(quantiles.getMessage().contains("has no metric \"reward\""), quantiles.getMessage());
        var against = assertThrows(IllegalArgumentException.class, () -> Figures.rewardAgainstKl(run.metrics()));
        assertTrue(against.getMessage().contains("needs the columns \"kl\" and \"reward\""), against.getMessage());
    }

    private static long outlines(Document svg) {
        var paths = svg.getElementsByTagName("path");
        return IntStream.range(0, paths.getLength())
                .filter(i ->
                        ((Element) paths.item(i)).getAttribute("stroke-width").equals(".7"))
                .count();
    }

    @Test
    void twoCurvesOf600PointsAreASmallFile(@TempDir Path folder) throws Exception {
        var runs = new LinkedHashMap<String, tech.tablesaw.api.Table>();
        for (int seed = 1; seed <= 2; seed++) {
            var random = new SplittableRandom(seed);
            var metrics = new MetricsTable();
            for (int step = 1; step <= 600; step++) {
                var row = new LinkedHashMap<String, Double>();
                row.put("loss", 2 + 3 * Math.exp(-step / 80.0) + 0.1 * random.nextGaussian());
                if (step % 60 == 0) {
                    row.put("validation_loss", 2 + 3 * Math.exp(-step / 80.0));
                }
                metrics.add(step, row);
            }
            runs.put("run " + seed, metrics.table());
        }
        var figure = Figures.loss(Axis.STEPS, runs);
        long svg = Files.size(figure.save(folder.resolve("loss.svg")));
        assertTrue(svg < 60_000, "SVG of " + svg + " bytes");
        long pdf = Files.size(figure.save(folder.resolve("loss.pdf")));
        assertTrue(pdf < 60_000, "PDF of " + pdf + " bytes");
    }

    /** A file's curve goes where the numbers say: as the PNG has it, read back from the path's own commands. */
    @Test
    void aCurveInSvgGoesThroughItsPoints(@TempDir Path folder) throws Exception {
        var metrics = new MetricsTable();
        for (int step = 1; step <= 5; step++) {
            metrics.add(step, new LinkedHashMap<>(Map.of("reward", (double) step * step)));
        }
        var figure = Figures.metrics("A parabola", metrics.table(), Axis.STEPS, "reward");
        var svg = parsed(figure.save(folder.resolve("parabola.svg")));
        var paths = svg.getElementsByTagName("path");
        var curve = IntStream.range(0, paths.getLength())
                .mapToObj(i -> (Element) paths.item(i))
                .filter(path -> path.getAttribute("stroke").equals("#0072b2"))
                .map(path -> path.getAttribute("d"))
                .filter(d -> d.chars().filter(c -> c == 'l').count() > 0)
                .toList();
        assertEquals(1, curve.size(), curve.toString());
        var numbers = java.util.regex.Pattern.compile("-?(\\d+\\.?\\d*|\\.\\d+)")
                .matcher(curve.getFirst())
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group()))
                .toArray();
        assertEquals(10, numbers.length, curve.getFirst());
        for (int i = 1; i < 5; i++) { // differences of squares: 3, 5, 7, 9
            assertEquals(numbers[2], numbers[2 * i], 0.02, "equal steps to the right");
            assertEquals(numbers[3] / 3, numbers[2 * i + 1] / (2 * i + 1), 0.02, "and up by odd numbers");
        }
    }

    private static Document parsed(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<String> texts(Document svg) {
        var texts = new ArrayList<String>();
        var nodes = svg.getElementsByTagName("text");
        for (int i = 0; i < nodes.getLength(); i++) {
            assertNotNull(((Element) nodes.item(i)).getAttribute("transform"));
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    private static String words(PDDocument pdf) throws Exception {
        return new PDFTextStripper().getText(pdf).replaceAll("\\s+", " ");
    }
}
