package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LengthHistogramsTest {

    @Test
    void everyBinHasTheShareOfTheLengthsInIt() {
        var random = new SplittableRandom(4);
        for (int n : new int[] {1, 2, 10, 500}) {
            for (int spread : new int[] {1, 7, 31, 2_000}) {
                int[] lengths = random.ints(n, 3, 3 + spread).toArray();
                double[] edges =
                        LengthHistograms.edges(Arrays.stream(lengths).sorted().toArray());
                assertTrue(edges.length <= 31, "at most 30 bins");
                double[] expected = new double[edges.length - 1];
                for (int i = 0; i < expected.length; i++) {
                    double from = edges[i];
                    double to = edges[i + 1];
                    assertEquals(0.5, from - Math.floor(from), "around whole numbers");
                    expected[i] = 100.0
                            / n
                            * Arrays.stream(lengths)
                                    .filter(l -> l > from && l < to)
                                    .count();
                }
                assertArrayEquals(expected, LengthHistograms.shares(lengths, edges), 1e-9);
            }
        }
    }

    @Test
    void aFewGiantsAreLeftOutOfThePictureAndSaid() throws Exception {
        int[] lengths = new SplittableRandom(6).ints(1_000, 10, 20).toArray();
        lengths[0] = 5_000;
        double[] edges = LengthHistograms.edges(Arrays.stream(lengths).sorted().toArray());
        assertEquals(19.5, edges[edges.length - 1]);
        var samples = new LinkedHashMap<String, int[]>();
        samples.put("chosen", lengths);
        samples.put("rejected", new int[] {12, 13, 13});
        var figure = Figures.lengths("Length of answers", "words", samples);
        assertEquals(List.of("chosen", "rejected"), figure.table().columnNames());
        var image = Pixels.image(figure);
        assertTrue(Pixels.count(image, Style.BLUE) > 100 && Pixels.count(image, Style.VERMILLION) > 100);
        Pixels.assertWhiteBorder(image, "lengths");
        assertEquals(
                0,
                Figures.lengths("Nothing", "words", new LinkedHashMap<>())
                        .table()
                        .rowCount());
    }
}
