package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class DistributionsTest {

    @Test
    void sharesAddUpAndAgreeWithCounting() {
        var random = new SplittableRandom(3);
        var sample = random.doubles(1_000).map(v -> v * v * 4 - 1).toArray();
        var edges = Distributions.edges(Arrays.stream(sample).sorted().toArray());
        var shares = Distributions.shares(sample, edges);
        assertEquals(100, Arrays.stream(shares).sum(), 1e-9);
        for (int bin = 0; bin < shares.length - 1; bin++) {
            double from = edges[bin];
            double to = edges[bin + 1];
            long count = Arrays.stream(sample).filter(v -> v >= from && v < to).count();
            assertEquals(count / 10.0, shares[bin], 0.11, "bin " + bin); // one value may round across an edge
        }
    }

    @Test
    void aFewValuesStandInTheMiddleOfTheirBins() {
        var values = Distributions.edges(new double[] {0, 0, 1, 1, 1});
        assertArrayEquals(new double[] {-0.1, 0.1, 0.3, 0.5, 0.7, 0.9, 1.1}, values, 1e-12);
        var sevenHalves = DoubleStream.of(0, 0.5, 1, 1.5, 2.5, 3, 3.5)
                .flatMap(v -> DoubleStream.of(v, v))
                .toArray();
        var edges = Distributions.edges(sevenHalves);
        assertArrayEquals(new double[] {-0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75}, edges, 1e-12);
    }

    @Test
    void binsCoverEverythingEvenWhenAllValuesAreOne() {
        for (var sample : new double[][] {{2, 2, 2}, {0, 0, 0, 0, 1}, {-1e6, 1e6}, {5}}) {
            var edges = Distributions.edges(sample);
            assertTrue(edges[0] <= sample[0] && edges[edges.length - 1] >= sample[sample.length - 1]);

            assertEquals(100, Arrays.stream(Distributions.shares(sample, edges)).sum(), 1e-9);
        }
    }
}
