package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {

    @TempDir
    Path folder;

    @Test
    void aModelComesBackAsItWas() throws IOException {
        for (var architecture : Shapes.all().values()) {
            for (var model : List.of(Shapes.model(architecture), Shapes.scoring(architecture))) {
                Models.save(model, folder);
                var loaded = Models.load(folder);
                assertEquals(architecture, ((Transformer) loaded).architecture());
                assertEquals(model.outputs(), loaded.outputs());
                assertArrayEquals(
                        model.parameters().values().toArray(),
                        loaded.parameters().values().toArray());
                var tokens = new int[] {3, 1, 4};
                assertArrayEquals(Shapes.outputs(model, tokens, 2), Shapes.outputs(loaded, tokens, 2), 1e-6f);
            }
        }
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of("model.json", "model.safetensors"),
                    files.map(file -> file.getFileName().toString()).sorted().toList(),
                    "nothing is left aside");
        }
    }

    /**
     * The JSON of a shape without the newer choices is what it always was, byte for byte: the fingerprint of what runs
     * started from is taken of it.
     */
    @Test
    void aChoiceIsWrittenWhereItIsMade() {
        assertEquals(
                "{\"kind\":\"transformer\",\"vocabulary\":29,\"outputs\":29,\"architecture\":{\"context\":11,\"width\":20,"
                        + "\"layers\":2,\"attention\":{\"heads\":2,\"keyValueHeads\":1,\"causal\":true,\"qkNorm\":false},"
                        + "\"feedForward\":{\"activation\":\"SWIGLU\",\"hidden\":21},\"conventions\":{\"norm\":\"RMS_NORM\","
                        + "\"position\":\"ROTARY\",\"biases\":false,\"tiedHead\":false,\"dropout\":0.0,"
                        + "\"rotaryTheta\":10000.0}}}",
                Shapes.model(Shapes.LLAMA).toJson());
        assertEquals(
                "{\"context\":11,\"width\":40,\"layers\":2,\"attention\":{\"heads\":2,\"keyValueHeads\":2,"
                        + "\"causal\":true,\"qkNorm\":true,\"headSize\":22,\"rotary\":{\"share\":0.3,\"scaling\":"
                        + "{\"kind\":\"LINEAR\",\"factor\":2.0,\"originalContext\":0,\"slow\":0.0,\"fast\":0.0}}},"
                        + "\"feedForward\":{\"activation\":\"GELU\",\"hidden\":33,\"placement\":\"PARALLEL\"},"
                        + "\"conventions\":{\"norm\":\"LAYER_NORM\",\"epsilon\":0.01,\"position\":\"ROTARY\","
                        + "\"biases\":{\"queriesKeysValues\":true,\"output\":true,\"feedForward\":true,\"norms\":true,"
                        + "\"head\":true},\"tiedHead\":false,\"dropout\":0.3,\"rotaryTheta\":10000.0}}",
                ArchitectureJson.write(Shapes.PHI_WITH_ALL.rotary(
                                new Architecture.Rotary(10_000, 0.3, RotaryScaling.linear(2))))
                        .toString());
        assertEquals(
                "{\"context\":11,\"width\":18,\"layers\":2,\"attention\":{\"heads\":3,\"keyValueHeads\":3,"
                        + "\"causal\":true,\"qkNorm\":\"WIDTH\",\"headSize\":9},\"feedForward\":{\"activation\":\"GELU\","
                        + "\"hidden\":0,\"placement\":\"AFTER_ATTENTION_POST_NORM\"},\"conventions\":{\"norm\":"
                        + "\"RMS_NORM_PLUS_ONE\",\"position\":\"LEARNED\",\"biases\":{\"queriesKeysValues\":true,"
                        + "\"output\":true,\"feedForward\":true,\"norms\":true,\"head\":true},\"tiedHead\":true,"
                        + "\"dropout\":0.3,\"embeddingScale\":0.5,\"rotaryTheta\":10000.0}}",
                ArchitectureJson.write(Shapes.POST_NORM_WITH_ALL.norm(Architecture.Norm.RMS_NORM_PLUS_ONE))
                        .toString());
    }

    /** A run's card keeps a shape in the same words. */
    @Test
    void settingsBecomeTheShapeAgain() {
        for (var architecture : Shapes.all().values()) {
            assertEquals(architecture, Models.config(architecture.settings(), "here"));
        }
    }

    /** A file from before QK-norm and dropout, as formats.md had it. */
    @Test
    void anOldShapeHasNoneOfTheNewChoices() throws IOException {
        Models.save(Shapes.model(Shapes.GPT_WITH_BIASES), folder);
        var old = """
                {"kind": "transformer", "vocabulary": 29, "outputs": 29,
                 "architecture": {"context": 11, "width": 18, "layers": 2,
                  "attention": {"heads": 3, "keyValueHeads": 3, "causal": true},
                  "feedForward": {"activation": "GELU", "hidden": 0},
                  "conventions": {"norm": "LAYER_NORM", "position": "LEARNED", "biases": true, "tiedHead": true}}}
                """;
        Files.writeString(folder.resolve("model.json"), old);
        assertEquals(Shapes.GPT_WITH_BIASES, ((Transformer) Models.load(folder)).architecture());
    }

    @Test
    void anUnknownActivationIsRefused() throws IOException {
        Models.save(Shapes.model(Shapes.GPT), folder);
        var file = folder.resolve("model.json");
        Files.writeString(file, Files.readString(file).replace("GELU", "MISH"));
        var thrown = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertEquals(
                file
                        + ": a transformer needs an activation, one of [GELU, GELU_ERF, SWIGLU, GEGLU, GEGLU_ERF, RELU_SQUARED]",
                thrown.getMessage());
    }

    @Test
    void weightsOfAnotherShapeAreRefused() {
        Models.save(Shapes.model(Shapes.GPT), folder);
        var weights = folder.resolve("model.safetensors");
        Safetensors.write(weights, Shapes.model(Shapes.GPT.context(12)).parameters());
        var thrown = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertEquals(
                weights + ": tensor positions.weight has shape [12, 18] but the model needs [11, 18]",
                thrown.getMessage());
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        var missing = assertThrows(UncheckedIOException.class, () -> Models.load(folder));
        assertEquals("there is no model in " + folder + ": model.json is missing", missing.getMessage());

        Models.save(Shapes.model(Shapes.GPT), folder);
        Files.delete(folder.resolve("model.safetensors"));
        var weightless = assertThrows(UncheckedIOException.class, () -> Models.load(folder));
        assertEquals("there is no file " + folder.resolve("model.safetensors"), weightless.getMessage());

        for (var text : new String[] {"not JSON {", "[1, 2]", "{\"kind\": \"forest\"}"}) {
            Files.writeString(folder.resolve("model.json"), text);
            var thrown = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
            var start = Pattern.quote(folder.resolve("model.json").toString());
            var sentence = start + " (describes a model of kind|is damaged: it).*";
            assertTrue(thrown.getMessage().matches(sentence), thrown.getMessage());
        }
    }
}
