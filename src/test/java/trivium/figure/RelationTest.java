package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

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
                .contains("2 of 4 rows are at or below 0"));
        assertEquals("", Figures.relation(table, Axis.of("x"), "y", "", 1).caption());
        var none = table(new double[] {1, 2}, new double[] {-1, -2});
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Figures.relation(none, Axis.of("x").logValues(), "y", "", 1));
        assertTrue(refusal.getMessage().contains("on these scales"), refusal.getMessage());
    }

    @Test
    void rowsWithoutAValueAreCountedBelow() {
        var table = table(
                new double[] {1, 2, Double.NaN, 4, 5}, new double[] {1, Double.NaN, 3, Double.POSITIVE_INFINITY, 5});
        assertEquals(
                "3 of 5 rows lack a finite value of x or of y and are left out.",
                Figures.relation(table, Axis.of("x"), "y", "", 1).caption());
        assertEquals(
                "1 of 2 rows lacks a finite value of x or of y and is left out.",
                Figures.relation(table.first(2), Axis.of("x"), "y", "", 1).caption());
    }

    @Test
    void valuesThatNoAxisHoldsAreLeftOutAndSaid() throws IOException {
        var y = new double[] {1, 2, 1.7e308, -1.7e308, 3, 1e-310};
        var table = table(new double[] {0, 1, 2, 3, 4, 5}, y);
        var figure = Figures.relation(table, Axis.of("x"), "y", "", 3);
        assertTrue(figure.caption().endsWith("2 of 6 rows are beyond ±1e150 and are left out."), figure.caption());
        assertTrue(svg(figure).contains(">2.5</text>"), "the axis is of the rows that are drawn");
        var log = Figures.relation(table, Axis.of("x").logValues(), "y", "", 1);
        assertTrue(log.caption().startsWith("3 of 6 rows are beyond ±1e150 or, on a log"), log.caption());
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Figures.relation(table(new double[] {1}, new double[] {1e308}), Axis.of("x"), "y", "", 1));
        assertTrue(refusal.getMessage().contains("can be shown, none beyond ±1e150"), refusal.getMessage());
    }

    @Test
    void threeHundredDecadesHaveAFewLabelsAndNoGridOfThousandsOfLines() throws IOException {
        var table = table(new double[] {1, 2, 3, 4}, new double[] {1e-149, 1, 1e80, 1e149});
        for (int smoothing : new int[] {1, 3}) { // the mean of the last rows falls below 0
            var svg = svg(Figures.relation(table, Axis.of("x").logValues(), "y", "", smoothing));
            for (var label : List.of("1e−140", "1e−28", "1e140")) {
                assertTrue(svg.contains(">" + label + "</text>"), label);
            }
            long lines = Pattern.compile("<(path|line|polyline|rect)")
                    .matcher(svg)
                    .results()
                    .count();
            assertTrue(lines < 100, () -> lines + " lines");
        }
    }

    @Test
    void manyPointsAreThinnedToOneInAFewPixelsWithTheExtremes() throws IOException {
        int n = 30_000;
        var dice = new SplittableRandom(1);
        var x = IntStream.range(0, n)
                .mapToDouble(i -> Math.exp(3 * dice.nextGaussian()))
                .toArray();
        var y = IntStream.range(0, n).mapToDouble(i -> dice.nextGaussian()).toArray();
        y[17] = 40;
        var axis = Axis.of("x").log();
        var thinning = Thinning.of(List.of(new Points(x, y)), axis);
        var drawn = thinning.drawn().getFirst();
        var across = new double[] {Math.log(min(x)), Math.log(max(x))};
        double nearX = 1.001 * (across[1] - across[0]) * thinning.cell() / 640;
        double nearY = 1.001 * (max(y) - min(y)) * thinning.cell() / 280;
        for (int i = 0; i < n; i++) {
            double left = Math.log(x[i]);
            double up = y[i];
            assertTrue(
                    IntStream.range(0, drawn.size())
                            .anyMatch(j -> Math.abs(Math.log(drawn.x()[j]) - left) <= nearX
                                    && Math.abs(drawn.y()[j] - up) <= nearY),
                    () -> "nothing is drawn near " + left + ", " + up);
        }
        assertEquals(
                List.of(min(x), max(x), min(y), 40.0),
                List.of(min(drawn.x()), max(drawn.x()), min(drawn.y()), max(drawn.y())));
        var figure = Figures.relation(table(x, y), axis, "y", "", 1);
        assertTrue(
                figure.caption().startsWith(Numbers.count(drawn.size()) + " of 30,000 rows are drawn: "),
                figure.caption());
        assertTrue(drawn.size() < 10_000);
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    @Test
    void whatIsLeftOfACurveIsSaid() {
        var rows = IntStream.range(0, 50_000).mapToDouble(i -> i).toArray();
        var waves = IntStream.range(0, 50_000).mapToDouble(Math::sin).toArray();
        assertEquals(
                "2,001 of 50,000 rows are drawn: the lowest and the highest of each column of pixels.",
                Figures.relation(table(rows, waves), Axis.of("x"), "y", "", 1).caption());
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
