package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.AnotherJvm;

class MemoryTest {

    private static final int PARTS = 4;

    /** Holds 320 MiB. */
    static final class Greedy {
        public static void main(String[] arguments) {
            var held = new ArrayList<Floats>();
            for (int i = 0; i < PARTS; i++) {
                held.add(Floats.zeros(20 << 20));
            }
            System.out.println(held.size());
        }
    }

    /** A heap of 64 MiB once meant that the whole process ended at 256 (docs/log.md). */
    @Test
    void aSmallHeapHoldsLargeModels() throws IOException, InterruptedException {
        assertEquals(Integer.toString(PARTS), AnotherJvm.lastLine(List.of("-Xmx64m"), Greedy.class));
    }
}
