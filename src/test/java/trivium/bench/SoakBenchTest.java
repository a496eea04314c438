package trivium.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoakBenchTest {

    private static final long MIB = 1 << 20;

    private static SoakBench.Sample sample(int minute, long resident, int threads) {
        return new SoakBench.Sample(minute, 10 * minute, resident * MIB, 20 * MIB, threads, 0);
    }

    /** What was seen once: 402 rounds in ten minutes, from 449 MB to 1,133. */
    @Test
    void aProcessThatGrewIsNotFlat() {
        var samples = IntStream.rangeClosed(1, 10)
                .mapToObj(minute -> sample(minute, 449 + 76L * (minute - 1), 18 + 6 * (minute - 1)))
                .toList();
        assertEquals(
                List.of(
                        "resident memory grew from 449 MiB to 601 by minute 3", // more than 449 · 1.1 + 32 = 526
                        "threads grew from 18 to 24 by minute 2"),
                SoakBench.grown(samples));
    }

    @Test
    void aProcessThatVariesIsFlat() {
        assertEquals(List.of(), SoakBench.grown(List.of(sample(1, 300, 12), sample(2, 361, 14), sample(3, 290, 11))));
        assertEquals(
                List.of("resident memory grew from 300 MiB to 363 by minute 2"),
                SoakBench.grown(List.of(sample(1, 300, 12), sample(2, 363, 14))));
    }
}
