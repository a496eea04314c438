package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
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
    void binsCoverEverythingEvenWhenAllValuesAreOne() {
        for (var sample : new double[][] {{2, 2, 2}, {0, 0, 0, 0, 1}, {-1e6, 1e6}, {5}}) {
            var edges = Distributions.edges(sample);
            assertTrue(edges[0] <= sample[0] && edges[edges.length - 1] >= sample[sample.length - 1]);
            assertTrue(edges.length >= 11 && edges.length <= 41, edges.length + " edges");
            assertEquals(100, Arrays.stream(Distributions.shares(sample, edges)).sum(), 1e-9);
        }
    }
}
