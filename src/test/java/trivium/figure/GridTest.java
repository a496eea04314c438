package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class GridTest {

    private final Table trials = Table.create(
            "sweep",
            IntColumn.create("width", new int[] {128, 64, 128, 64, 64}),
            StringColumn.create("norm", "rms", "rms", "layer", "rms", "layer"),
            DoubleColumn.create("loss", new double[] {2, 3, Double.NaN, 5, Double.POSITIVE_INFINITY}));

    @Test
    void numbersAreSortedTextKeepsItsOrderAndTrialsOfOneCellAreAveraged() {
        var grid = Grid.of(trials, "width", "norm", "loss");
        assertEquals(List.of("64", "128"), grid.x());
        assertEquals(List.of("rms", "layer"), grid.y());
        assertArrayEquals(
                new double[] {4, Double.NaN}, grid.cells()[0], "64: the mean of 3 and 5; an infinite loss is none");
        assertArrayEquals(new double[] {2, Double.NaN}, grid.cells()[1], "128");
        assertArrayEquals(new double[] {2, 4}, grid.sorted());
    }

    @Test
    void aColumnThatIsNotThereIsNamed() {
        var error = assertThrows(IllegalArgumentException.class, () -> Grid.of(trials, "depth", "norm", "loss"));
        assertTrue(
                error.getMessage().contains("\"depth\"") && error.getMessage().contains("width"), error.getMessage());
    }
}
