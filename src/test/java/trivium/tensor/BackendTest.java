package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BackendTest {

    /** A peer that a benchmark starts must not be held to one thread by what was set for our own libraries. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void otherProgramsKeepTheirThreads() throws IOException {
        Floats.zeros(1);
        var process = new ProcessBuilder("sh", "-c", "printf %s \"$OMP_NUM_THREADS\"").start();
        var seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(Objects.requireNonNullElse(System.getenv("OMP_NUM_THREADS"), ""), seen);
    }
}
