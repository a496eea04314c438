package trivium.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import trivium.generate.GeneratedText;
import trivium.generate.GeneratedText.Piece;

class BeforeAfterTest {

    private static final GeneratedText SURE = new GeneratedText(List.of(
            new Piece("Os", -0.001), new Piece("car", -0.002), new Piece(" had <b>", -2), new Piece(" it.", -60)));
    private static final GeneratedText OTHER =
            new GeneratedText(List.of(new Piece("Oscar", -1), new Piece(" lost <b> it.", -3)));

    @Test
    void everyTokenIsShadedAndOnlyWhatChangedIsMarked() {
        var html = BeforeAfter.of(List.of("Who & what?"), List.of(SURE), List.of(OTHER))
                .html();

        assertEquals("had", only(html, "<del[^>]*>(.*?)</del>", 1).replaceAll("<[^>]+>", ""));
        assertEquals("lost", only(html, "<ins[^>]*>(.*?)</ins>", 1).replaceAll("<[^>]+>", ""));
        // a quarter of the darkest at 1 nat, all of it from 4 on; the space before a word is not shaded
        assertEquals("Oscar", only(html, "0\\.11\\)\" title=\"−1\\.00 nats\">(.*?)</span>", 0));
        assertEquals("it.", only(html, "0\\.45\\)\" title=\"−60\\.0 nats\">(.*?)</span>", 0));
        assertTrue(html.contains(">Oscar <") || html.contains(">Oscar<"), "what was certain has no shade");
        assertTrue(html.contains("Who &amp; what?") && html.contains("&lt;b&gt;") && !html.contains("<b>"));
        var read = html.substring(html.indexOf("<tbody>"), html.indexOf("</tbody>"))
                .replaceAll("</td>", "|")
                .replaceAll("<[^>]+>", "");
        assertEquals("Who &amp; what?|Oscar had &lt;b&gt; it.|Oscar lost &lt;b&gt; it.|\n", read);
    }

    @Test
    void withoutLogProbabilitiesThereIsNothingToExplain() {
        var plain = BeforeAfter.of(List.of("p"), List.of(GeneratedText.of("a")), List.of(GeneratedText.of("")));

        assertFalse(plain.html().contains("nats") || plain.html().contains("rgba(0"));
        assertEquals("a", plain.table().getString(0, "before"));
    }

    @Test
    void needsOneOfEachForEveryPrompt() {
        assertThrows(IllegalArgumentException.class, () -> BeforeAfter.of(List.of("p"), List.of(SURE), List.of()));
    }

    /** The first of what the pattern finds, the legend's own example aside. */
    private static String only(String html, String pattern, int others) {
        var found =
                Pattern.compile(pattern, Pattern.DOTALL).matcher(html).results().toList();
        assertEquals(1 + others, found.size(), pattern);
        MatchResult first = found.getFirst();
        return first.group(1);
    }
}
