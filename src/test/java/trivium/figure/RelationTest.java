package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** One column over another, as it is seen in the image and read in the SVG. */
class RelationTest {

    @TempDir
    private Path folder;

    private static Table table(double[] x, double[] y) {
        return Table.create(DoubleColumn.create("x", x), DoubleColumn.create("y", y));
    }

    /** Pixels in the first series' blue. */
    private static long blue(Figure figure) {
        var image = figure.image(figure.width(), figure.height());
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .filter(i -> (image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xFFFFFF)
                        == (Style.BLUE.getRGB() & 0xFFFFFF))
                .count();
    }

    private String svg(Figure figure) throws IOException {
        return Files.readString(figure.save(folder.resolve("relation.svg")));
    }

    @Test
    void rowsInTheOrderOfXAreJoinedAndOthersAreNot() {
        long joined = blue(
                Figures.relation(table(new double[] {0, 10, 20}, new double[] {0, 1, 0}), Axis.of("x"), "y", "", 1));
        long apart = blue(
                Figures.relation(table(new double[] {0, 20, 10}, new double[] {0, 0, 1}), Axis.of("x"), "y", "", 1));
        assertTrue(joined > 4 * apart, joined + " pixels of a curve, " + apart + " of three points");
    }

    @Test
    void manyNumbersAreColouredByFifthsOfTheRows() throws IOException {
        var rows = IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray();
        var table = table(rows, rows).addColumns(DoubleColumn.create("size", rows));
        var svg = svg(Figures.relation(table, Axis.of("x"), "y", "size", 1));
        for (var fifth : List.of("1 to 20", "21 to 40", "41 to 60", "61 to 80", "81 to 100")) {
            assertTrue(svg.contains(">" + fifth + "</text>"), fifth);
        }
    }

    @Test
    void rowsOfARangeAreNotJoinedAcrossOthers() throws IOException {
        var rows = IntStream.range(0, 40).mapToDouble(i -> i).toArray();
        var waves = IntStream.range(0, 40).mapToDouble(i -> i % 20).toArray(); // each range is visited twice
        var table = table(rows, rows).addColumns(DoubleColumn.create("size", waves));
        var points = svg(Figures.relation(table, Axis.of("x"), "y", "size", 1));
        var mean = svg(Figures.relation(table, Axis.of("x"), "y", "size", 3));
        assertEquals(0, curves(points));
        assertEquals(1, curves(mean), "one mean over all rows");
        assertTrue(mean.contains("up to 3 rows"), "the caption");
    }

    /** Lines of two pixels, as curves have and axes have not. */
    private static int curves(String svg) {
        return svg.split("stroke-width=\"2\"", -1).length - 1;
    }

    @Test
    void rowsThatALogarithmCannotShowAreCountedBelow() throws IOException {
        var table = table(new double[] {1, 2, 3, 4}, new double[] {1, -1, 0, 5});
        assertTrue(svg(Figures.relation(table, Axis.of("x").logValues(), "y", "", 1))
                .contains("2 rows are at or below 0"));
        assertEquals("", Figures.relation(table, Axis.of("x"), "y", "", 1).caption());
        var none = table(new double[] {1, 2}, new double[] {-1, -2});
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Figures.relation(none, Axis.of("x").logValues(), "y", "", 1));
        assertTrue(refusal.getMessage().contains("on these scales"), refusal.getMessage());
    }

    @Test
    void aColumnThatCannotBeDrawnIsNamedWithThoseThatCan() {
        var names = IntStream.range(0, 13).mapToObj(i -> "run " + i).toArray(String[]::new);
        var rows = IntStream.range(0, 13).mapToDouble(i -> i).toArray();
        var table = table(rows, rows).addColumns(StringColumn.create("name", names));
        assertRefused(table, "z", "", "no column \"z\"; it has [x, y, name]");
        assertRefused(table, "name", "", "\"name\" holds no numbers; those that do are [x, y]");
        assertRefused(table, "y", "name", "13 different values");
        assertEquals(List.of("x", "y"), Figures.colorColumns(table));
        assertEquals(List.of("x", "y", "name"), Figures.colorColumns(table.first(12)));
    }

    private static void assertRefused(Table table, String y, String color, String words) {
        var refusal =
                assertThrows(IllegalArgumentException.class, () -> Figures.relation(table, Axis.of("x"), y, color, 1));
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }
}
