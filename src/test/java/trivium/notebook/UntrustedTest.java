package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Corpus;
import trivium.data.profile.Overlap;
import trivium.figure.Figures;
import trivium.generate.GeneratedText;
import trivium.report.BeforeAfter;
import trivium.report.Report;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.sweep.Trial;
import trivium.text.Pieces;
import trivium.text.Tokenizer;

/**
 * What is left of a cell's output where Jupyter does not trust the notebook, as in every fresh clone. The rules are
 * those of JupyterLab's sanitizer (packages/apputils/src/sanitizer.ts), as far as our outputs meet them: elements,
 * attributes and style properties that it does not know go, and so do values it does not know, such as {@code .7}.
 */
class UntrustedTest {

    private static final Set<String> ELEMENTS = Set.of(
            "a b br caption code col colgroup del details div img ins span summary table tbody td th thead tr wbr"
                    .split(" "));

    private static final Map<String, Set<String>> ATTRIBUTES = Map.of(
            "*", Set.of("style", "title", "class", "dir"),
            "a", Set.of("href"),
            "details", Set.of("open"),
            "img", Set.of("alt", "src", "width", "height"),
            "col", Set.of("width"),
            "td", Set.of("colspan", "rowspan"));

    private static final String NUMBER = "[+-]?([0-9]*\\.)?[0-9]+";
    private static final String LENGTH = "(0|" + NUMBER + "(px|em|%))";
    private static final String UNIT = "(1|1\\.0+|0|0\\.[0-9]+)";
    private static final String COLOUR =
            "(#[0-9a-f]+|rgb\\(\\d+,\\d+,\\d+\\)|rgba\\(\\d+,\\d+,\\d+," + UNIT + "\\)|[a-z]+)";
    private static final String BORDER = "((" + LENGTH + "|solid|dotted|dashed|none|" + COLOUR + ")\\s*){1,3}";
    private static final Map<String, String> STYLES = styles();

    /** What may go: the output reads without it. */
    private static final Set<String> ORNAMENTS =
            Set.of("font-variant-numeric", "outline-offset", "overflow-x", "text-underline-offset");

    private static Map<String, String> styles() {
        var styles = new LinkedHashMap<String, String>();
        for (var length : List.of(
                "width",
                "height",
                "min-width",
                "max-width",
                "margin-top",
                "margin-right",
                "margin-bottom",
                "margin-left",
                "padding-left",
                "border-radius",
                "font-size",
                "line-height")) {
            styles.put(length, LENGTH + "|auto|" + NUMBER);
        }
        styles.put("margin", "(" + LENGTH + "\\s*){1,4}");
        styles.put("padding", "(" + LENGTH + "\\s*){1,4}");
        styles.put("opacity", UNIT);
        styles.put("background", COLOUR);
        styles.put("color", COLOUR);
        for (var border : List.of("border", "border-left", "border-bottom", "outline")) {
            styles.put(border, BORDER);
        }
        styles.put("border-collapse", "collapse");
        styles.put("cursor", "pointer");
        styles.put("display", "block|inline-block|inline");
        styles.put("font-family", "monospace|sans-serif");
        styles.put("font-weight", "normal|bold|[1-9]00");
        styles.put("overflow-wrap", "normal|break-word");
        styles.put("table-layout", "auto|fixed");
        styles.put("text-align", "left|right|center");
        styles.put("text-decoration", "none|((underline|overline|line-through)\\s*)+");
        styles.put("vertical-align", "top|middle|bottom");
        styles.put("white-space", "normal|nowrap|pre|pre-wrap");
        return styles;
    }

    private static List<String> lost(String html) throws Exception {
        var xml = html.replaceAll("(<(?:img|br|wbr|col)\\b[^>]*?)/?>", "$1/>")
                .replace("<details open ", "<details open=\"\" ")
                .replace("&nbsp;", " ");
        var tree = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(("<div>" + xml + "</div>").getBytes(StandardCharsets.UTF_8)));
        var lost = new ArrayList<String>();
        var elements = tree.getElementsByTagName("*");
        for (int i = 0; i < elements.getLength(); i++) {
            inspect((Element) elements.item(i), lost);
        }
        return lost;
    }

    private static void inspect(Element element, List<String> lost) {
        var tag = element.getTagName();
        if (!ELEMENTS.contains(tag)) {
            lost.add("<" + tag + ">");
        }
        if (tag.equals("img") && element.getAttribute("alt").isBlank()) {
            lost.add("an image without words");
        }
        var attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            var name = attributes.item(i).getNodeName();
            if (!ATTRIBUTES.get("*").contains(name)
                    && !ATTRIBUTES.getOrDefault(tag, Set.of()).contains(name)) {
                lost.add("<" + tag + " " + name + ">");
            }
        }
        for (var declaration : element.getAttribute("style").split(";")) {
            var parts = declaration.split(":", 2);
            if (parts.length == 2
                    && !ORNAMENTS.contains(parts[0])
                    && !parts[1].matches("(?i)" + STYLES.getOrDefault(parts[0], "(?!)"))) {
                lost.add(declaration);
            }
        }
    }

    private static void survives(Object value) throws Exception {
        var html = Views.of(value).orElseThrow().bundle().get("text/html").toString();
        assertEquals(List.of(), lost(html).stream().distinct().toList(), value.getClass() + ": " + html);
    }

    @Test
    void cardsOfDataSurvive() throws Exception {
        var documents = IntStream.range(0, 30)
                .mapToObj(i -> "Once there was number " + i + ". And so on.")
                .toList();
        survives(Corpus.of(documents));
        survives(Comparisons.of(List.of(new Comparison("Who?", "Mia.", "nobody at all"))));
        survives(Overlap.of(Corpus.of(documents.subList(0, 20)), Corpus.of(documents.subList(20, 30))));
        var letters = Tokenizer.characters(documents).withSpecials("<b>");
        survives(Pieces.of(letters, letters.encodeWithSpecials("Once<b>")));
        survives(Table.create("t", DoubleColumn.create("x", 1, 2.5)));
        survives(BeforeAfter.of(
                List.of("Who?"),
                List.of(GeneratedText.of("It is Mia.")),
                List.of(new GeneratedText(List.of(new GeneratedText.Piece("It was Mia.", -0.5))))));
    }

    @Test
    void figuresAndReportsAreImagesWithWords() throws Exception {
        var steps = Table.create(
                "metrics",
                LongColumn.create("step", 1, 2, 3),
                DoubleColumn.create("loss", 3, 2, 1),
                DoubleColumn.create("reward", 0, 1, 2));
        var figure = Figures.metrics("Loss <over> steps", steps, trivium.figure.Axis.STEPS, "loss");
        survives(figure);
        var bundle = Views.of(figure).orElseThrow();
        assertTrue(bundle.bundle().get("text/html").toString().contains("alt=\"Loss &lt;over&gt; steps\""));
        assertEquals("Loss <over> steps", ((Map<?, ?>) bundle.metadata().get("image/png")).get("alt"));

        var card = RunCard.begin("align", "base", Map.of(), Origin.here(7, "")).ended(new Status.Finished());
        var report = new Report("a report", List.of(new Run(card, null, null, Map.of(Run.METRICS, steps))));
        survives(report);
        assertTrue(
                RunView.preview(report).html().contains("alt=\"run → alignment\""),
                RunView.preview(report).html());
    }

    @Test
    void liveDisplaysSurviveAndShowTheirCurves() throws Exception {
        var shown = new ArrayList<Html>();
        var progress = new LiveProgress(
                html -> {
                    shown.add(html);
                    return "id";
                },
                (_, html) -> shown.add(html),
                () -> 0,
                _ -> () -> {},
                Optional.empty());
        progress.start("training", 9);
        progress.note("a note");
        progress.step(1, Map.of("loss", 3.0));
        progress.step(2, Map.of("loss", 1.0));
        progress.finish("finished");
        survives(shown.getFirst());
        survives(shown.getLast());
        var picture = Pattern.compile("alt=\"([^\"]*)\" width=\"320\" src=\"data:image/png;base64,([^\"]*)\"")
                .matcher(shown.getLast().html());
        assertTrue(picture.find(), shown.getLast().html());
        assertEquals("loss over steps 1 to 2, from 3 to 1, between 1 and 3", picture.group(1));
        var image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(picture.group(2))));
        assertEquals(640, image.getWidth());
        // It falls: drawn at the upper left and the lower right, clear in the other corners.
        assertTrue(opacity(image, 6, 5) > 128 && opacity(image, 634, image.getHeight() - 6) > 128);
        assertTrue(opacity(image, 630, 8) == 0 && opacity(image, 8, image.getHeight() - 8) == 0);

        var board = new Leaderboard(List.of());
        var trial = new Trial(0, 1, Map.of("x", 1), Progress.SILENT);
        board.begun(trial);
        board.step(0, 1, 4, Map.of("loss", 3.0));
        board.step(0, 2, 4, Map.of("loss", 2.0));
        survives(new Html(board.html(), ""));
        assertTrue(board.html().contains("<img"), board.html());
    }

    private static int opacity(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) >>> 24;
    }

    /** Guards the others: the rules find what was found in outputs of old. */
    @Test
    void theRulesFindWhatJupyterStrips() throws Exception {
        assertEquals(
                List.of("opacity:.7", "<svg>", "<text>"),
                lost("<div style=\"opacity:.7;margin:4px 0\"><svg><text>3</text></svg></div>"));
        assertEquals(
                List.of("background:rgba(0,0,0,.5)", "an image without words"),
                lost("<span style=\"background:rgba(0,0,0,.5)\"><img src=\"x\"/></span>"));
        assertFalse(lost("<div onclick=\"x\">a</div>").isEmpty());
    }
}
