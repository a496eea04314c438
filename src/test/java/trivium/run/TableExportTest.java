package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Tables as files for reports. What each format asks for is from RFC 4180, GitHub's Markdown and LaTeX's manual. */
class TableExportTest {

    private static final Table TABLE = Table.create(
            "sweep",
            LongColumn.create("seed", 20261126, 7),
            DoubleColumn.create("loss_%", -0.30000000000000004, Double.NaN),
            LongColumn.create("tokens", 12_840_000, 1),
            StringColumn.create("out|come", "a \"b\", {c_d} & 5 % of $x^2\\y~\nnext", " #<b>*s*"));

    @TempDir
    private Path folder;

    @Test
    void csvKeepsPlainNumbersAndEveryCharacter() throws Exception {
        assertEquals(
                "seed,loss_%,tokens,out|come\n"
                        + "20261126,-0.30000000000000004,12840000,\"a \"\"b\"\", {c_d} & 5 % of $x^2\\y~\nnext\"\n"
                        + "7,,1,\" #<b>*s*\"\n",
                written("table.csv"));
    }

    @Test
    void markdownEscapesWhatWouldBeMarkup() throws Exception {
        assertEquals(
                "| seed | loss\\_% | tokens | out\\|come |\n"
                        + "| ---: | ---: | ---: | --- |\n"
                        + "| 20261126 | −0.3 | 12,840,000 | a \"b\", \\{c\\_d\\} \\& 5 % of \\$x^2\\\\y\\~<br>next |\n"
                        + "| 7 |  | 1 |  \\#\\<b\\>\\*s\\* |\n",
                written("table.md"));
    }

    /** Behind the end of a row LaTeX takes a star or a bracket for its argument. */
    @Test
    void noCellIsTheArgumentOfARowsEnd() throws Exception {
        var file = folder.resolve("rows.tex");
        TableExport.save(Table.create("rows", StringColumn.create("prompt", "[2em] a", "*b", "c")), file);
        assertEquals(
                List.of("{}[2em] a \\\\", "{}*b \\\\", "c \\\\"),
                Files.readAllLines(file).subList(4, 7));
    }

    @Test
    void latexEscapesItsSpecialCharacters() throws Exception {
        assertEquals("""
                \\begin{tabular}{rrrp{0.45\\linewidth}}
                \\hline
                seed & loss\\_\\% & tokens & out\\textbar{}come \\\\
                \\hline
                20261126 & $-$0.3 & 12,840,000 & a ''b'', \\{c\\_d\\} \\& 5 \\% of \\$x\\textasciicircum{}2\\textbackslash{}y\\textasciitilde{}\\newline{}next \\\\
                7 &  & 1 &  \\#\\textless{}b\\textgreater{}*s* \\\\
                \\hline
                \\end{tabular}
                """, written("table.tex"));
    }

    @Test
    void whatNoPageShowsBecomesAMark() throws Exception {
        var table = Table.create("t", StringColumn.create("x", "\u001b[31mred\u202e"));
        TableExport.save(table, folder.resolve("t.md"));
        assertTrue(Files.readString(folder.resolve("t.md")).contains("| \uFFFD\\[31mred\uFFFD |"));
    }

    @Test
    void anotherEndingIsRefusedAndNothingIsWritten() {
        var error =
                assertThrows(IllegalArgumentException.class, () -> TableExport.save(TABLE, folder.resolve("t.xlsx")));
        assertTrue(error.getMessage().contains(".csv, .md or .tex, not as \"t.xlsx\""), error.getMessage());
        assertFalse(Files.exists(folder.resolve("t.xlsx")));
    }

    private String written(String name) throws Exception {
        return Files.readString(TableExport.save(TABLE, folder.resolve(name)));
    }
}
