package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.tensor.Floats;

/** The file format, written by one side and read by hand on the other. */
class SafetensorsTest {

    private static final float[] AWKWARD = {
        0f, -0f, 1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 0.1f
    };

    @TempDir
    Path folder;

    private Path written() {
        var tensors = new LinkedHashMap<String, Safetensors.Entry>();
        tensors.put("first", new Safetensors.Entry(List.of(2, 4), Floats.of(AWKWARD)));
        tensors.put("zwölf", new Safetensors.Entry(List.of(3), Floats.of(1, 2, 3)));
        var file = folder.resolve("two.safetensors");
        Safetensors.write(file, tensors);
        return file;
    }

    @Test
    void anyToolCanReadWhatIsWritten() throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(written())).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(bytes.getLong());
        assertEquals(0, length % 8, "numbers begin at a multiple of 8 bytes");
        var json = new byte[length];
        bytes.get(json);
        var header =
                JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
        assertEquals(JsonParser.parseString("""
                        {"first": {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]},
                         "zwölf": {"dtype": "F32", "shape": [3], "data_offsets": [32, 44]}}"""), header);
        for (float number : AWKWARD) {
            assertEquals(Float.floatToRawIntBits(number), bytes.getInt());
        }
        for (float number : new float[] {1, 2, 3}) {
            assertEquals(number, bytes.getFloat());
        }
        assertEquals(0, bytes.remaining());
    }

    @Test
    void readsWhatItWrote() {
        var contents = Safetensors.read(written());
        assertEquals(List.of("first", "zwölf"), List.copyOf(contents.tensors().keySet()));
        assertEquals(List.of(2, 4), contents.get("first").shape());
        var found = contents.get("first").values().toArray();
        for (int i = 0; i < AWKWARD.length; i++) {
            assertEquals(Float.floatToRawIntBits(AWKWARD[i]), Float.floatToRawIntBits(found[i]));
        }
        assertArrayEquals(new float[] {1, 2, 3}, contents.get("zwölf").values().toArray());
    }

    /** As other tools write: tensors in another order than their numbers, a note, a header without padding. */
    @Test
    void readsWhatOthersWrite() throws IOException {
        var file = file("""
                {"b": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]}, "__metadata__": {"format": "pt"},
                 "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "none": {"dtype": "F32", "shape": [0],
                 "data_offsets": [12, 12]}, "scalar": {"dtype": "F32", "shape": [], "data_offsets": [8, 12]}}""", 5, 6, 7);
        var contents = Safetensors.read(file);
        assertArrayEquals(new float[] {5, 6}, contents.get("a").values().toArray());
        assertArrayEquals(new float[] {7}, contents.get("b").values().toArray());
        assertArrayEquals(new float[] {7}, contents.get("scalar").values().toArray());
        assertEquals(0, contents.get("none").values().size());
        assertEquals(4, contents.tensors().size());
    }

    private Path file(String header, float... numbers) throws IOException {
        var json = header.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + json.length + 4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return Files.write(folder.resolve("other.safetensors"), bytes.array());
    }

    @Test
    void aCutFileIsRefusedWhereverItIsCut() throws IOException {
        var whole = Files.readAllBytes(written());
        var cut = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertSentence(cut, cut + " is not a whole safetensors file of float32 tensors");
        }
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        var text = Files.writeString(folder.resolve("notes.txt"), "It was a dark and stormy night; the rain fell.");
        assertSentence(text, text + " is not a whole safetensors file");
        var half = file("{\"w\": {\"dtype\": \"F16\", \"shape\": [1], \"data_offsets\": [0, 2]}}", 1);
        assertSentence(half, half + " is not a whole safetensors file", "tensor w", "F16", "not F32");
        var wrong = file("{\"w\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}}", 1, 2, 3);
        assertSentence(wrong, wrong + " is not a whole safetensors file", "tensor w");
    }

    @Test
    void aMissingFileIsNamed() {
        var missing = folder.resolve("missing.safetensors");
        var thrown = assertThrows(UncheckedIOException.class, () -> Safetensors.read(missing));
        assertEquals("there is no file " + missing, thrown.getMessage());
    }

    private static void assertSentence(Path file, String... parts) {
        var thrown = assertThrows(IllegalArgumentException.class, () -> Safetensors.read(file));
        for (var part : parts) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage() + " lacks: " + part);
        }
    }
}
