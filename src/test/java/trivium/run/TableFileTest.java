package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFileTest {

    @TempDir
    Path folder;

    /** Whoever believed that a whole file is damaged would throw away what was learned; the interrupt is for others. */
    @Test
    void anInterruptIsNoDamage() throws IOException {
        var file = folder.resolve("samples.csv");
        Files.writeString(
                file,
                IntStream.range(0, 20_000)
                        .mapToObj(i -> i + ",text " + i)
                        .collect(Collectors.joining("\n", "step,text\n", "\n")));
        var reader = Thread.currentThread();
        for (int i = 0; i < 60; i++) {
            long wait = i * 200_000L;
            var interrupter = Thread.startVirtualThread(() -> {
                long until = System.nanoTime() + wait;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                reader.interrupt();
            });
            var table = TableFile.read(file, "samples", List.of("LONG", "STRING"), "run.json");
            assertEquals(20_000, table.rowCount());
            while (interrupter.isAlive()) {
                Thread.onSpinWait();
            }
            assertTrue(Thread.interrupted(), "it is still there, and the next round begins without");
        }
    }
}
