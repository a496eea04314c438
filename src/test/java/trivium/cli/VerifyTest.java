package trivium.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.model.Safetensors;

/** The engine against an independent decoder in PyTorch, float64: logits, every gradient, five AdamW steps. */
class VerifyTest {

    @TempDir
    Path folder;

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(VerifyTest.class
                        .getResource("/golden/" + name + "/config.json")
                        .toURI())
                .getParent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-bias", "llama", "llama-theta-500"})
    void theEngineAgreesWithPyTorch(String name) throws URISyntaxException {
        var errors = Verify.check(golden(name));
        assertEquals(
                List.of("logits", "loss", "gradients", "adamw"),
                List.copyOf(errors.largest().keySet()));
        assertTrue(errors.passed(), errors.toString());
    }

    /** An entry whose first gradient is nearly none: its first step is float32's rounding, in any engine. */
    @Test
    void whatFloat32DoesNotDecidePassesAndIsSaid() throws IOException, URISyntaxException {
        var errors = Verify.check(golden("llama-trembling"));
        assertTrue(errors.largest().get("adamw") > 1e-4, errors.toString());
        assertTrue(errors.passed(), errors.toString());
        var line = line(errors, "adamw");
        assertTrue(
                line.matches(".* passed: \\S+ is more than 1e-04, but moving each weight by its last bit moves these"
                        + " steps by up to \\S+, and twice that, \\S+, is what float32 leaves open .*"),
                line);
        assertTrue(line(errors, "logits").matches(".* passed: \\S+ is at most 2e-05 .*"), line);
        copy(golden("llama-trembling"));
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"lr\": 0.01", "\"lr\": 0.011"));
        var off = Verify.check(folder);
        assertFalse(off.passed(), "a tenth more of a learning rate is no tremor");
        assertTrue(line(off, "adamw").contains("FAILED: "), line(off, "adamw"));
    }

    /** What is said of one kind of tensor: every line says what was decided, and by which numbers. */
    private static String line(Verify.Errors errors, String kind) {
        return errors.toString()
                .lines()
                .filter(line -> line.startsWith("  " + kind))
                .findFirst()
                .orElseThrow();
    }

    /** Whichever weight is a hundredth off, the check notices. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2-bias", "llama"})
    void aDamagedWeightFails(String name) throws IOException, URISyntaxException {
        copy(golden(name));
        var file = folder.resolve("weights.safetensors");
        var weights = Safetensors.read(file);
        for (var tensor : weights.tensors().entrySet()) {
            var values = tensor.getValue().values();
            float whole = values.get(0);
            values.set(0, whole + 0.01f);
            Safetensors.write(file, weights.tensors());
            assertFalse(Verify.check(folder).passed(), tensor.getKey());
            values.set(0, whole);
        }
        Safetensors.write(file, weights.tensors());
        assertTrue(Verify.check(folder).passed());
    }

    @Test
    void aWrongExpectationFailsWhereverItStands() throws IOException, URISyntaxException {
        copy(golden("llama"));
        var file = folder.resolve("expect.safetensors");
        var expected = Safetensors.read(file);
        for (var kind : List.of("logits", "grad.tokens.weight", "adamw.head.weight")) {
            var values = expected.get(kind).values();
            float whole = values.get(5);
            values.set(5, whole + 0.01f);
            Safetensors.write(file, expected.tensors());
            var errors = Verify.check(folder);
            assertFalse(errors.passed(), kind);
            assertTrue(errors.toString().contains(kind), errors.toString());
            values.set(5, whole);
        }
    }

    @Test
    void anExpectationThatIsNotANumberFails() throws IOException, URISyntaxException {
        copy(golden("llama"));
        var file = folder.resolve("expect.safetensors");
        var expected = Safetensors.read(file);
        expected.get("logits").values().set(5, Float.NaN);
        Safetensors.write(file, expected.tensors());
        assertFalse(Verify.check(folder).passed());
    }

    @Test
    void thetaIsTheCasesOwn() throws IOException, URISyntaxException {
        copy(golden("llama-theta-500"));
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"rope_theta\": 500.0", "\"rope_theta\": 510.0"));
        assertFalse(Verify.check(folder).passed());
    }

    @Test
    void epsilonIsTheCasesOwn() throws IOException, URISyntaxException {
        copy(golden("llama"));
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"eps\": 1e-05", "\"eps\": 1e-04"));
        assertFalse(Verify.check(folder).passed());
    }

    @Test
    void theCommandTellsByItsStatus() throws IOException, URISyntaxException {
        copy(golden("llama"));
        assertEquals(0, run(folder));
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"lr\": 0.01", "\"lr\": 0.011"));
        assertEquals(1, run(folder));
        assertEquals(1, run(folder, golden("llama")), "one failure among several");
    }

    private static int run(Path... folders) {
        var out = new ByteArrayOutputStream();
        int status = Verify.run(
                List.of(folders).stream().map(Path::toString).toList(),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals(status == 1, out.toString(StandardCharsets.UTF_8).contains("FAILED"));
        return status;
    }

    @Test
    void saysWhatAGoldenCaseNeeds() {
        var none = assertThrows(IllegalArgumentException.class, () -> Verify.run(List.of(), System.out));
        assertTrue(none.getMessage().contains("at least one folder"));
        var empty = assertThrows(UncheckedIOException.class, () -> Verify.check(folder));
        assertTrue(empty.getMessage().contains(folder.resolve("config.json").toString()));
    }

    private void copy(Path golden) throws IOException {
        for (var name : List.of("config.json", "weights.safetensors", "expect.safetensors")) {
            Files.copy(golden.resolve(name), folder.resolve(name));
        }
    }
}
