package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Greedy.class.getName()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertEquals(PARTS + System.lineSeparator(), said);
    }
}
