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
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.tensor.Floats;

/** The file format, written by one side and read by hand on the other. */
class SafetensorsTest {

    private static final float[] AWKWARD = {
        0f, -0f, 1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 0.1f
    };

    @TempDir
    Path folder;

    @Test
    void anInterruptIsNoFailureOfTheFile() {
        var file = written();
        Thread.currentThread().interrupt();
        var interrupted = assertThrows(CancellationException.class, () -> Safetensors.read(file));
        assertTrue(interrupted.getMessage().contains(file.toString()), interrupted.getMessage());
        assertEquals(
                List.of(2, 4), Safetensors.read(file).tensors().get("first").shape());
    }

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
                 "data_offsets": [12, 12]}, "scalar": {"dtype": "F32", "shape": [], "data_offsets": [12, 16]}}""", 5, 6, 7, 8);
        var contents = Safetensors.read(file);
        assertArrayEquals(new float[] {5, 6}, contents.get("a").values().toArray());
        assertArrayEquals(new float[] {7}, contents.get("b").values().toArray());
        assertArrayEquals(new float[] {8}, contents.get("scalar").values().toArray());
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
            assertSentence(cut, cut + " is not a whole safetensors file");
        }
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        var text = Files.writeString(folder.resolve("notes.txt"), "It was a dark and stormy night; the rain fell.");
        assertSentence(text, text + " is not a whole safetensors file");
        var packed = file("{\"w\": {\"dtype\": \"F4\", \"shape\": [8], \"data_offsets\": [0, 4]}}", 1);
        assertSentence(packed, packed + " is not a whole safetensors file", "tensor w", "F4");
        var whole = file("{\"w\": {\"dtype\": \"I32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 1);
        assertSentence(whole, whole + ": tensor w", "I32", "F32, F16 and BF16");
        var wrong = file("{\"w\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}}", 1, 2, 3);
        assertSentence(wrong, wrong + " is not a whole safetensors file", "tensor w");
    }

    /**
     * The format's own rules, as the safetensors README has them and {@code Metadata::validate} of Hugging Face's
     * reader: each file here breaks one. The last column is a word of the sentence.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': {T, 'shape': [2], 'data_offsets': [0, 8]}, 'b': {T, 'shape': [2], 'data_offsets': [0, 8]}} | share",
                "{'a': {T, 'shape': [1], 'data_offsets': [0, 4]}, 'b': {T, 'shape': [1], 'data_offsets': [2, 6]}} | share",
                "{'a': {T, 'shape': [1], 'data_offsets': [4, 8]}} | hole",
                "{'a': {T, 'shape': [1], 'data_offsets': [0, 4]}} | more follows",
                "{} | more follows",
                "{'a': {T, 'shape': [3], 'data_offsets': [0, 12]}} | truncated",
                "{'a': {T, 'shape': [2], 'data_offsets': [0, 8]}, 'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | twice",
                "{'a': {T, 'T': 1, 'shape': [2], 'shape': [2], 'data_offsets': [0, 8]}} | twice",
                "{'a': {T, 'shape': [2147483648, 0], 'data_offsets': [0, 0]}} | dimension",
                "{'a': {T, 'shape': [-2], 'data_offsets': [0, 8]}} | dimension",
                "{'a': {T, 'shape': [2.0], 'data_offsets': [0, 8]}} | whole numbers",
                "{'a': {T, 'shape': [1.5], 'data_offsets': [0, 8]}} | whole numbers",
                "{'a': {T, 'shape': ['2'], 'data_offsets': [0, 8]}} | whole numbers",
                "{'a': {T, 'shape': [2], 'data_offsets': [0, 8, 8]}} | first byte",
                "{'a': {T, 'shape': [2], 'data_offsets': [8, 0]}} | first byte",
                "{'a': {T, 'shape': [2], 'data_offsets': [-8, 0]}} | first byte",
                "{'a': {T, 'shape': [2], 'data_offsets': [9223372036854775799, 9223372036854775807]}} | hole",
                "{'a': {T, 'shape': [2147483647, 2147483647, 2147483647], 'data_offsets': [0, 8]}} | 4 for each",
                " {'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | begin with {",
                "{'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} {} | not valid JSON",
                "{'a': 5} | object",
                "{'__metadata__': 5, 'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | object",
                "{'__metadata__': {'format': 'pt', 'step': 3}, 'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | step in its",
                "{'__metadata__': {'of': {'b': 'c'}}, 'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | only texts",
                "{'__metadata__': {'of': null}, 'a': {T, 'shape': [2], 'data_offsets': [0, 8]}} | only texts",
                "{'a': {'shape': [2], 'data_offsets': [0, 8]}} | dtype",
            },
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false)
    void everyRuleOfTheFormatIsEnforced(String header, String word) throws IOException {
        var json = header.replaceAll(" $", "").replace("T,", "'dtype': 'F32',").replace("'", "\"");
        var file = file(json, 1, 2);
        assertSentence(file, file.toString(), word.strip());
    }

    @Test
    void fourThousandNamesOnOneMegabyteAskForNoMemory() throws IOException {
        var names = IntStream.range(0, 4_000)
                .mapToObj(i ->
                        "\"t" + i + "\": {\"dtype\": \"F32\", \"shape\": [262144], \"data_offsets\": [0, 1048576]}")
                .collect(Collectors.joining(", ", "{", "}"));
        var file = file(names, new float[262_144]);
        assertSentence(file, "share bytes");
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
