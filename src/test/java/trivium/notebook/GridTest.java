package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class GridTest {

    private static final List<String> NASTY =
            List.of("<script>alert('x')</script>", "a & b", "\"quoted\" 'single'", "</td></table>", "plain");

    /** An XML parser is the independent judge of whether escaping worked. */
    private static Document parse(Html html) throws Exception {
        var wrapped = "<div>" + html.html() + "</div>";
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(wrapped)));
    }

    @Test
    void cellsCaptionAndHeaderComeBackFromTheHtmlAsTheyWere() throws Exception {
        var table = Table.create("a<b & \"c\"", StringColumn.create("<i>name</i>", NASTY));
        var parsed = parse(Grid.of(table).view());
        assertEquals(
                "a<b & \"c\"", parsed.getElementsByTagName("caption").item(0).getTextContent());
        assertEquals("<i>name</i>", parsed.getElementsByTagName("th").item(0).getTextContent());
        var cells = parsed.getElementsByTagName("td");
        assertEquals(
                NASTY,
                IntStream.range(0, cells.getLength())
                        .mapToObj(i -> cells.item(i).getTextContent())
                        .toList());
    }

    @Test
    void showsTwentyRowsAndCountsTheRest() throws Exception {
        var table =
                Table.create("t", IntColumn.create("n", IntStream.range(0, 1000).toArray()));
        var view = Grid.of(table).view();
        assertEquals(21, parse(view).getElementsByTagName("tr").getLength());
        assertTrue(view.html().contains("… 980 more rows"));
        assertTrue(view.text().endsWith("19\n… 980 more rows"));
        assertFalse(Grid.of(table.first(20)).view().html().contains("more rows"));
    }

    @Test
    void numbersStandOnTheRight() {
        var table = Table.create(
                "", DoubleColumn.create("loss", 1.5, Double.NaN, 12), StringColumn.create("run", "a", "bb", "c"));
        assertEquals(
                "loss  run\n 1.5  a\n      bb\n  12  c", Grid.of(table).view().text());
        assertTrue(Grid.of(table)
                .view()
                .html()
                .contains("<td style=\"text-align:right\">1.5</td><td style=\"text-align:left\">a</td>"));
    }

    record Trial(String name, double loss) {}

    @Test
    void recordsBecomeRows() {
        assertEquals(
                "name  loss\na      0.5\n         2",
                Grid.ofRecords(List.of(new Trial("a", 0.5), new Trial(null, 2)))
                        .view()
                        .text());
    }

    @Test
    void namesTheRowThatDoesNotFit() {
        List<List<Object>> rows = List.of(Arrays.asList(1, 2), Arrays.asList(1, 2, 3));
        var error = assertThrows(IllegalArgumentException.class, () -> new Grid("t", List.of("a", "b"), rows, 2));
        assertTrue(error.getMessage().contains("Row 2"));
    }

    /** Numbers as everywhere ({@code NumbersTest}); a seed is a name, whose digits are not counted in thousands. */
    @Test
    void numbersAreThoseOfFiguresAndReports() {
        var table = Table.create(
                "",
                LongColumn.create("tokens", 12_840_000, 1),
                LongColumn.create("seed", 20_261_126, 7),
                DoubleColumn.create("kl", -0.30000000000000004, 1e-7),
                IntColumn.create("trial", new int[] {0, 1_000}));
        assertEquals(
                "    tokens      seed    kl  trial\n12,840,000  20261126  −0.3      0\n         1         7  1e−7   1000",
                Grid.of(table).view().text());
    }

    /** A stack of causes once filled eight lines of a table of trials. */
    @Test
    void longReasonsTakeOneLineWithTheWholeUnderThePointer() throws Exception {
        var reason = "failed: the learning rate 3 is no good, \"said\" <the schedule>; "
                .repeat(6)
                .strip();
        var table = Table.create("sweep", StringColumn.create("outcome", "finished", reason));
        var view = Grid.of(table).view();
        var whole = parse(view).getElementsByTagName("span").item(0);
        assertEquals(reason, ((Element) whole).getAttribute("title"));
        assertTrue(
                whole.getTextContent().length() <= 30 && whole.getTextContent().endsWith("…"), view.html());
        assertTrue(((Element) whole).getAttribute("style").contains("nowrap"), "not even where the table is wide");
        assertEquals(1, parse(view).getElementsByTagName("span").getLength());
        assertTrue(view.text().lines().allMatch(line -> line.length() <= 60), view.text());
    }
}
