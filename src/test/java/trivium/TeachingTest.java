package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The cells that docs/teaching.md names: in its tables, bold words after a link to a notebook are headings there. */
class TeachingTest {

    private static final Path PAGE = Path.of("docs", "teaching.md");

    private static final Pattern NAMED = Pattern.compile("\\[[^]]*]\\(([^)]*\\.ipynb)\\)|\\*\\*(.+?)\\*\\*");

    @Test
    void everyCellThatALessonNamesExists() throws IOException {
        var missing = new ArrayList<String>();
        int named = 0;
        for (var row : Files.readAllLines(PAGE)) {
            if (!row.startsWith("|")) {
                continue;
            }
            Path notebook = null;
            Set<String> headings = Set.of();
            for (var found : NAMED.matcher(row).results().toList()) {
                if (found.group(1) != null) {
                    notebook = PAGE.resolveSibling(found.group(1)).normalize();
                    headings = headings(notebook);
                } else {
                    named++;
                    if (!headings.contains(found.group(2))) {
                        missing.add(found.group(2) + " in " + notebook);
                    }
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(named > 50, "only " + named + " cells are named: the page is read wrongly");
    }

    private static Set<String> headings(Path notebook) throws IOException {
        var headings = new HashSet<String>();
        for (var cell : JsonParser.parseString(Files.readString(notebook))
                .getAsJsonObject()
                .getAsJsonArray("cells")) {
            if (cell.getAsJsonObject().get("cell_type").getAsString().equals("markdown")) {
                for (var line : cell.getAsJsonObject().getAsJsonArray("source")) {
                    var text = line.getAsString().strip();
                    if (text.startsWith("#")) {
                        headings.add(text.replaceFirst("^#+ *", ""));
                    }
                }
            }
        }
        return headings;
    }
}
