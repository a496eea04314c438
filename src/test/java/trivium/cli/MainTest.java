package trivium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void anUnknownCommandIsOneSentenceAndExitCodeTwo() {
        assertEquals(2, run("trane"));
        assertEquals("", out.toString(UTF_8));
        assertEquals(
                "There is no command \"trane\"; \"help\" lists those there are." + System.lineSeparator(),
                err.toString(UTF_8));
    }

    @Test
    void nothingAtAllShowsTheHelp() {
        assertEquals(0, run());
        var bare = out.toString(UTF_8);
        out.reset();
        assertEquals(0, run("help"));
        assertEquals(out.toString(UTF_8), bare);
        assertEquals("", err.toString(UTF_8));
    }

    private int run(String... arguments) {
        return Main.run(List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
