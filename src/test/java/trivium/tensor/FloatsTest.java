package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FloatsTest {

    private static final Path PAGES = Path.of("/proc/self/pagemap");

    @Test
    void slicesShareMemory() {
        var whole = Floats.of(0, 1, 2, 3, 4, 5);
        var part = whole.slice(1, 4).slice(1, 2);
        part.set(0, 20);
        assertArrayEquals(new float[] {0, 1, 20, 3, 4, 5}, whole.toArray());
        part.clear();
        assertArrayEquals(new float[] {0, 1, 0, 0, 4, 5}, whole.toArray());
    }

    @Test
    void nd4jSeesTheSameNumbers() {
        var whole = Floats.of(0, 1, 2, 3, 4, 5);
        var seen = whole.slice(2, 3).toNd4j();
        assertEquals(9, seen.sumNumber().doubleValue());
        seen.muli(10);
        assertArrayEquals(new float[] {0, 1, 20, 30, 40, 5}, whole.toArray());
    }

    @Test
    void slicesStayInside() {
        var part = Floats.zeros(10).slice(2, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> part.slice(3, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> part.slice(-1, 2));
    }

    @Test
    void whatIsNeverSetTakesNoPages() throws IOException {
        assumeTrue(Files.exists(PAGES));
        var floats = Floats.unset(1 << 25, 1_000); // of 128 MiB
        floats.set(0, new float[1_000]);
        assertTrue(present(floats) < 16 << 20, present(floats) + " bytes");
        floats.clear();
        assertTrue(present(floats) >= 127 << 20, present(floats) + " bytes");
    }

    /** In how many bytes of these numbers' pages there is memory, as the system counts it. */
    private static long present(Floats floats) throws IOException {
        int page = 4096;
        var entries = ByteBuffer.allocate((int) (floats.size() * Float.BYTES / page) * Long.BYTES)
                .order(ByteOrder.nativeOrder());
        try (var file = FileChannel.open(PAGES)) {
            file.read(entries, floats.address(0) / page * Long.BYTES);
        }
        long present = 0;
        for (int i = 0; i < entries.capacity() / Long.BYTES; i++) {
            present += entries.getLong(i * Long.BYTES) < 0 ? page : 0; // the highest bit
        }
        return present;
    }
}
