package trivium.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.figure.Gallery;
import trivium.figure.Pixels;
import trivium.generate.GeneratedText;
import trivium.generate.TableModel;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

class ReportTest {

    private static final String NASTY = "<script>alert(1)</script> | *stars* http://example.org";

    private final Run base = run("base", "pretrain", null, Map.of("tokenizer_hash", "cafe"), Gallery.training(1, 0));
    private final Run judge = run("judge", "reward-model", "base", Map.of(), Gallery.training(2, 0));
    private final Run aligned = run(
                    "aligned",
                    "align",
                    "base",
                    Map.of(
                            "reward", "judge",
                            "reward_hash", "beef",
                            "algorithm", "Grpo[group=8, clip=0.2, kl=0.1, epochs=1, scaled=true]"),
                    Gallery.alignment())
            .with(
                    "rewards",
                    Table.create(
                            "rewards",
                            StringColumn.create("prompt", "p", "q"),
                            StringColumn.create("before_text", NASTY, "b"),
                            StringColumn.create("after_text", "b\nc", "b c"),
                            DoubleColumn.create("before", -1, 0),
                            DoubleColumn.create("after", 1, 2)));
    private final Report report = new Report("A & B", List.of(base, judge, aligned))
            .with(
                    "Lessons <1>",
                    BeforeAfter.of(
                            List.of("p"), List.of(GeneratedText.of("old [x](y)")), List.of(GeneratedText.of("new"))))
            .with("One more.", Gallery.figures().get("bars"));

    @Test
    void tellsEverythingAndNeedsNothingBesideIt(@TempDir Path folder) throws Exception {
        var page = Files.readString(
                report.save(folder.resolve("report.html")).file().orElseThrow());

        assertTrue(page.contains("<h1>A &amp; B</h1>"), "the title");
        assertTrue(page.contains("0123456789abcdef") && page.contains("learning_rate"), "data and recipe");
        assertTrue(page.contains("&lt;script&gt;") && !page.contains("<script"), "what models write stays text");
        var references =
                Pattern.compile("(?:src|href|url)\\s*[=(]\\s*\"?([^\")\\s>]+)").matcher(page);
        while (references.find()) {
            var to = references.group(1);
            assertTrue(
                    to.startsWith("data:") || to.startsWith("#") && page.contains("id=\"" + to.substring(1) + "\""),
                    "nothing is fetched: " + to);
        }
        assertFalse(page.replace("http://www.w3.org/2000/svg", "")
                .replace("http://example.org", "")
                .contains("http"));
        var pictures = Pattern.compile("image/png;base64,([^\"]+)\"").matcher(page);
        int count = 0;
        for (; pictures.find(); count++) {
            var image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(pictures.group(1))));
            assertTrue(Pixels.drawn(image) > 5_000, "picture " + count);
        }
        assertEquals(6, count, "two losses, metrics, shift of rewards, over-optimisation, one more");
        var numbers =
                Pattern.compile("text/csv;charset=utf-8;base64,([^\"]+)\"").matcher(page);
        assertTrue(numbers.find());
        var csv = new String(Base64.getDecoder().decode(numbers.group(1)), StandardCharsets.UTF_8);
        assertTrue(csv.startsWith("step,loss"), csv.substring(0, 20));
        assertTrue(parsed(body(page)).getElementsByTagName("table").getLength() > 5);
    }

    @Test
    void markdownHasItsFiguresBesideIt(@TempDir Path folder) throws Exception {
        var page = Files.readString(
                report.save(folder.resolve("my report.md")).file().orElseThrow());

        var links = Pattern.compile("(?<!\\\\)]\\(([^)]+)\\)").matcher(page);
        int count = 0;
        for (; links.find(); count++) {
            var to = links.group(1);
            if (to.startsWith("#")) {
                assertTrue(
                        page.lines()
                                .anyMatch(line -> line.startsWith("## ")
                                        && ("#"
                                                        + line.substring(3)
                                                                .toLowerCase(Locale.ROOT)
                                                                .replace(' ', '-'))
                                                .equals(to)),
                        to);
            } else {
                var file = folder.resolve(URLDecoder.decode(to, StandardCharsets.UTF_8));
                assertTrue(Files.size(file) > 10, to);
            }
        }
        assertEquals(8 + 1 + 2 * 6, count, "sections, the chain, figures and their numbers");
        parsed(Files.readString(folder.resolve("my report-figures/chain.svg")));
        assertFalse(page.contains("<script") || page.contains("| *stars*") || page.contains(" [x](y)"));
        try (var left = Files.walk(folder)) {
            assertTrue(left.noneMatch(file -> file.toString().endsWith(".part")), "nothing is left behind");
        }
    }

    @Test
    void theChainLeadsFromTheTokenizerToThePolicy() {
        var lineage = Lineage.of(List.of(base, judge, aligned));
        assertEquals(
                List.of("cafe", "base", "judge", "aligned"),
                lineage.nodes().stream().map(Lineage.Node::id).toList());
        assertEquals(
                List.of(
                        new Lineage.Edge("cafe", "base", false),
                        new Lineage.Edge("base", "judge", false),
                        new Lineage.Edge("base", "aligned", false),
                        new Lineage.Edge("judge", "aligned", true)),
                lineage.edges());
        var alone = Lineage.of(List.of(aligned));
        assertEquals(2, alone.nodes().stream().filter(node -> !node.known()).count(), "named, but not in the report");
    }

    @Test
    void whoCanWriteIsAskedBesideTheRunItBeganFrom() {
        var letters = Tokenizers.characters(List.of("abc")).withSpecials(ChatTemplate.DEFAULT.specials());
        var writers = new ArrayList<Run>();
        for (var run : List.of(
                run("base", "pretrain", null, Map.of(), Gallery.training(1, 0)),
                run("tuned", "finetune", "base", Map.of(), Gallery.training(2, 0)))) {
            var model = TableModel.random(letters.size(), 24, 0.5, writers.size());
            writers.add(new Run(run.card(), model, letters, run.tables()));
        }
        assertFalse(Report.of(writers.toArray(Run[]::new)).contents().contains("Before and after"));
        var asked = Report.of(writers.toArray(Run[]::new)).asking(List.of("ab")).html();
        assertTrue(asked.contains(">Fine-tuning: tuned beside base<") && asked.contains("<td"), "the heading");
        assertTrue(
                asked.contains(BeforeAfter.of(List.of("ab"), writers.getFirst(), writers.getLast())
                        .html()),
                "the same random numbers");
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Report("empty", List.of()));
        var refusal = assertThrows(IllegalArgumentException.class, () -> report.save("report.docx"));
        assertTrue(refusal.getMessage().contains(".html or .md"), refusal.getMessage());
    }

    private static String body(String page) {
        return page.substring(page.indexOf("<body>"), page.indexOf("</html>"))
                .replaceAll("(<(?:img|col) [^>]*[^/])>", "$1/>");
    }

    /** As XML, which forgives nothing: every tag is closed, in its place. */
    private static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static Run run(String id, String kind, String parent, Map<String, Object> more, Table metrics) {
        var recipe = new LinkedHashMap<String, Object>(more);
        recipe.put("steps", 300);
        recipe.put("learning_rate", 1e-3);
        var begun = RunCard.begin(kind, parent, recipe, Origin.here(7, "0123456789abcdef"));
        var card = new RunCard(id, kind, parent, begun.recipe(), begun.outcome(), begun.origin())
                .ended(new Status.Finished());
        return new Run(card, null, null, Map.of(Run.METRICS, metrics));
    }
}
