package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;

class ReportTest {

    @Test
    void tellsEverythingAndNeedsNothingBesideIt(@TempDir Path folder) throws Exception {
        var base = run("pretrain", null, Map.of("metrics", Gallery.training(1, 0)));
        var tables = new LinkedHashMap<String, Table>();
        tables.put("metrics", Gallery.alignment());
        tables.put(
                "rewards",
                Table.create(
                        "rewards",
                        StringColumn.create("before_text", "<script>alert(1)</script>", "b"),
                        DoubleColumn.create("before", -1, 0),
                        DoubleColumn.create("after", 1, 2)));
        var aligned = run("align", base.id(), tables);
        var page = Files.readString(new Report("A & B", List.of(base, aligned))
                .save(folder.resolve("report.html"))
                .file()
                .orElseThrow());

        assertTrue(page.contains("<h1>A &amp; B</h1>"), "the title");
        assertTrue(page.contains("0123456789abcdef") && page.contains("learningRate"), "data and recipe");
        assertTrue(page.contains("&lt;script&gt;") && !page.contains("<script"), "what models write stays text");
        assertFalse(Pattern.compile("(src|href)=\"(?!data:)").matcher(page).find(), "nothing is fetched");
        var pictures = Pattern.compile("base64,([^\"]+)\"").matcher(page);
        int count = 0;
        for (; pictures.find(); count++) {
            var image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(pictures.group(1))));
            assertTrue(Pixels.drawn(image) > 5_000, "picture " + count);
        }
        assertEquals(4, count, "loss; metrics, over-optimisation, shift of rewards");
        assertEquals(page.split("<table>", -1).length, page.split("</table>", -1).length);
    }

    @Test
    void aReportOfNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Report("empty", List.of()));
    }

    private static Run run(String kind, String parent, Map<String, Table> tables) {
        var recipe = Map.<String, Object>of("learningRate", 1e-3, "steps", 300);
        var card = RunCard.begin(kind, parent, recipe, Origin.here(7, "0123456789abcdef"));
        return new Run(card.finished(), null, null, tables);
    }
}
