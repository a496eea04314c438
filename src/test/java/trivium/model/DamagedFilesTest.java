package trivium.model;

import static org.junit.jupiter.api.Assertions.*;

import java.io.*;
import java.nio.*;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"w\": 5}",
                "{\"w\": {}}",
                "{\"w\": {\"dtype\": \"F32\"}}",
                "{\"w\": {\"dtype\": \"F32\", \"shape\": [\"x\"], \"data_offsets\": [0, 4]}}",
                "{\"w\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0]}}",
                "{\"w\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [4, 0]}}"
            })
    void headers(String header) throws IOException {
        var json = header.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var f = Files.write(
                folder.resolve("x"),
                ByteBuffer.allocate(12 + json.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .array());
        var t = assertThrows(IllegalArgumentException.class, () -> Safetensors.read(f));
        assertTrue(t.getMessage().contains(f.toString()), t.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\": \"transformer\"}",
                "{\"kind\": \"transformer\", \"vocabulary\": 29, \"outputs\": 29}",
                "{\"kind\": \"transformer\", \"vocabulary\": 29, \"outputs\": 29, \"architecture\": {}}",
                "{\"kind\": [1,2]}",
                "heads4",
                "attention",
                "feedForward",
                "conventions",
                "larger",
                ""
            })
    void shapes(String text) throws IOException {
        Models.save(Shapes.model(Shapes.GPT), folder);
        var file = folder.resolve("model.json");
        if (text.equals("heads4")) text = Files.readString(file).replace("\"width\":18", "\"width\":130");
        if (text.equals("larger")) text = Files.readString(file).replace("\"hidden\":0", "\"hidden\":8000000");
        if (text.matches("[a-zF]+")) text = Files.readString(file).replace("\"" + text + "\"", "\"other\"");
        Files.writeString(file, text);
        var t = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertTrue(t.getMessage().contains(file.toString()), t.getMessage());
    }

    @Test
    void aMissingTensorNamesTheFile() throws IOException {
        Models.save(Shapes.model(Shapes.GPT), folder);
        var weights = folder.resolve("model.safetensors");
        Safetensors.write(weights, Shapes.model(Shapes.GPT.layers(1)).parameters());
        var t = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
        assertTrue(t.getMessage().contains(weights.toString()), t.getMessage());
    }

    @Test
    void tokensOutsideTheVocabularyAreRefused() {
        var pass = Shapes.model(Shapes.GPT).pass(1, 3);
        assertThrows(RuntimeException.class, () -> pass.outputs(new int[] {1, 29, 2}, 0, 1, 3));
    }

    @Test
    void targetsOutsideTheVocabularyAreRefused() {
        var pass = Shapes.model(Shapes.GPT).pass(1, 3);
        assertThrows(
                RuntimeException.class,
                () -> pass.forward(new int[] {1, 2, 2}, new int[] {1, 30, 2}, 0, 1, 3, new float[3]));
    }
}
