package trivium.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

    @TempDir
    Path folder;

    @Test
    void everyRowIsOnDiskBeforeTheLogIsClosed() throws Exception {
        var file = folder.resolve("metrics.csv");
        try (var log = MetricsLog.open(file)) {
            log.add(1, Map.of("loss", 2.5));
            log.add(2, Map.of("loss", 2.25));
            assertEquals(List.of("step,loss", "1,2.5", "2,2.25"), Files.readAllLines(file));
        }
    }

    @Test
    void aMetricThatComesLaterIsMissingBefore() throws Exception {
        var file = folder.resolve("metrics.csv");
        try (var log = MetricsLog.open(file)) {
            log.add(1, Map.of("loss", 2.5));
            log.add(2, Map.of("validation_loss", 2.75));
            log.add(3, Map.of("loss", 2.0));
        }
        assertEquals(List.of("step,loss,validation_loss", "1,2.5,", "2,,2.75", "3,2.0,"), Files.readAllLines(file));
        var table = MetricsLog.read(file);
        assertArrayEquals(
                new double[] {Double.NaN, 2.75, Double.NaN},
                table.doubleColumn("validation_loss").asDoubleArray());
    }

    @Test
    void aFileCutAtAnyByteGivesTheRowsThatWereWhole() throws Exception {
        var file = folder.resolve("metrics.csv");
        try (var log = MetricsLog.open(file)) {
            for (int step = 1; step <= 12; step++) {
                log.add(step, Map.of("loss", 1.0 / step));
            }
        }
        var bytes = Files.readAllBytes(file);
        for (int length = 0; length <= bytes.length; length++) {
            var cut = folder.resolve("cut.csv");
            Files.write(cut, Arrays.copyOf(bytes, length));
            var text = new String(bytes, 0, length, StandardCharsets.UTF_8);
            long lines = text.chars().filter(c -> c == '\n').count();
            assertEquals(Math.max(0, lines - 1), MetricsLog.read(cut).rowCount(), "cut after " + length + " bytes");
        }
    }

    @Test
    void aLogGoesOnWhereItWasCut() throws Exception {
        var file = folder.resolve("metrics.csv");
        Files.writeString(file, "step,loss\n1,2.5\n2,2.2");
        try (var log = MetricsLog.open(file)) {
            log.add(2, Map.of("loss", 2.25));
        }
        assertEquals(List.of("step,loss", "1,2.5", "2,2.25"), Files.readAllLines(file));
        try (var left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList(), "no temporary files stay behind");
        }
    }

    @Test
    void infinityIsKeptAndNamesThatBreakTheFileAreRefused() {
        var file = folder.resolve("metrics.csv");
        try (var log = MetricsLog.open(file)) {
            log.add(1, Map.of("loss", Double.POSITIVE_INFINITY));
            var error = assertThrows(IllegalArgumentException.class, () -> log.add(2, Map.of("a,b", 1.0)));
            assertTrue(error.getMessage().contains("a,b"), error.getMessage());
            log.add(2, Map.of("loss", 1.0));
        }
        assertArrayEquals(
                new double[] {Double.POSITIVE_INFINITY, 1.0},
                MetricsLog.read(file).doubleColumn("loss").asDoubleArray());
    }

    @Test
    void aLineThatIsNoNumberIsNamed() throws Exception {
        var file = folder.resolve("metrics.csv");
        Files.writeString(file, "step,loss\n1,2.5\n2,two\n");
        var error = assertThrows(IllegalArgumentException.class, () -> MetricsLog.read(file));
        assertTrue(error.getMessage().contains("metrics.csv line 3"), error.getMessage());
    }

    @Test
    void theTableInMemoryAndTheLogAgree() {
        var file = folder.resolve("metrics.csv");
        MetricsTable table;
        try (var log = MetricsLog.open(file)) {
            table = new MetricsTable(log);
            table.add(1, Map.of("loss", 3.0));
            table.add(5, Map.of("validation_loss", 2.9));
            table.add(9, Map.of("loss", 2.0));
        }
        assertEquals(
                table.table().write().toString("csv"),
                MetricsLog.read(file).write().toString("csv"));
    }
}
