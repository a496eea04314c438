package trivium.cli;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Safetensors;

class VerifyNaNTest {
    @TempDir
    Path folder;

    @Test
    void anExpectationThatIsNotANumberFails() throws Exception {
        var golden = Path.of(VerifyTest.class
                        .getResource("/golden/llama/config.json")
                        .toURI())
                .getParent();
        for (var n : new String[] {"config.json", "weights.safetensors", "expect.safetensors"})
            Files.copy(golden.resolve(n), folder.resolve(n));
        var file = folder.resolve("expect.safetensors");
        var expected = Safetensors.read(file);
        expected.get("logits").values().set(5, Float.NaN);
        Safetensors.write(file, expected.tensors());
        assertFalse(Verify.check(folder).passed());
    }
}
