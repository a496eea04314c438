package trivium.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The losses of phase three against TRL's own code, in float64: the loss and every entry of its gradient. */
class VerifyLossesTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"grpo", "rloo", "ppo", "preferences"})
    void theyAgreeWithTrl(String name) throws IOException {
        assertEquals(0, verify(lines(name)), said());
        assertFalse(said().contains("FAILED"), said());
    }

    @Test
    void aGradientThatIsOffByMoreThanAMillionthFails() throws IOException {
        var line = lines("grpo").getFirst();
        int at = line.indexOf("\"grad\": [[") + "\"grad\": [[".length();
        int end = line.indexOf(',', at);
        double moved = Double.parseDouble(line.substring(at, end)) + 2e-6;
        assertEquals(1, verify(List.of(line.substring(0, at) + moved + line.substring(end))), said());
        assertTrue(said().contains("gradients by at most 2.0e-06"), said());
    }

    @Test
    void aMethodThatNobodyKnowsIsNotCheckedAndDoesNotPass() throws IOException {
        var line = lines("grpo").getFirst();
        assertEquals(1, verify(List.of(line, line.replace("\"grpo\"", "\"grpoo\""))), said());
        assertTrue(
                said().contains("not checked: 1 line of the method \"grpoo\", which this version does not know"),
                said());
        assertTrue(said().contains("(1 line passed, 0 failed, 1 not checked)"), said());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "{\"method\": 1}", "{\"method\": \"grpo\", \"settings\": {}}", "{"})
    void whatIsNoCaseIsRefusedInASentenceOfOneLine(String line) throws IOException {
        assertTrue(verify(List.of(line)) != 0, said());
        assertEquals(1, said().strip().lines().count(), said());
    }

    private static List<String> lines(String name) throws IOException {
        try (var in = VerifyLossesTest.class.getResourceAsStream("/losses/" + name + ".jsonl")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private int verify(List<String> lines) throws IOException {
        var file = Files.write(folder.resolve("cases.jsonl"), lines);
        said.reset();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return Main.run(List.of("verify", file.toString()), out, out);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
