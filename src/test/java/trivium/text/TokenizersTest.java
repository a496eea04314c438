package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizersTest {

    private static final String TEXT = "Ünïcode, 日本 and 😀: \"quoted\" <b> & 'it''s'\n\ttabs\\ ";

    /** The head of a Hugging Face file; what is wrong comes after. */
    private static final String BYTE_LEVEL =
            "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false}," + "\"added_tokens\":[],";

    @TempDir
    Path folder;

    static List<Tokenizer> all() {
        return List.of(
                Tokenizers.characters(List.of(TEXT, "more")),
                Tokenizers.bytes(),
                Tokenizers.bpe(List.of(TEXT.repeat(3)), 300));
    }

    @ParameterizedTest
    @MethodSource("all")
    void keepsItsContract(Tokenizer plain) {
        var tokenizer = plain.withSpecials("<|mark|>", "ÿ␣<");
        for (int id : tokenizer.encode(TEXT)) {
            assertTrue(id >= 0 && id < tokenizer.size() - tokenizer.specials().size());
        }
        assertEquals(TEXT, tokenizer.decode(tokenizer.encode(TEXT)));
        assertEquals(plain.size() + 2, tokenizer.size());
        assertEquals(tokenizer.size() - 1, tokenizer.special("ÿ␣<").orElseThrow());
        assertEquals("<|mark|>", tokenizer.decode(tokenizer.size() - 2));
        assertTrue(tokenizer.special("<|absent|>").isEmpty());
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(-1));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(tokenizer.size()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void comesBackFromItsFile(Tokenizer plain) {
        var tokenizer = plain.withSpecials("<|mark|>", "ÿ␣<");
        var file = folder.resolve("deep/tokenizer.json");
        Tokenizers.save(plain, file);
        Tokenizers.save(tokenizer, file);
        var loaded = Tokenizers.load(file);
        assertEquals(tokenizer, loaded);
        assertArrayEquals(tokenizer.encode(TEXT), loaded.encode(TEXT));
        assertEquals(tokenizer.specials(), loaded.specials());
        assertEquals(1, file.getParent().toFile().list().length, "nothing is left beside the file");
    }

    /** The file and the ids were written by Hugging Face tokenizers 0.23, trained there on the first text. */
    private static JsonObject golden() throws IOException {
        try (var in = new InputStreamReader(
                TokenizersTest.class.getResourceAsStream("huggingface-bpe.json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(in).getAsJsonObject();
        }
    }

    @Test
    void encodesLikeHuggingFace() throws IOException {
        var golden = golden();
        var tokenizer = Tokenizers.fromJson(golden.get("tokenizer").toString());
        assertEquals(List.of("<|endoftext|>", "<|end|>"), tokenizer.specials());
        for (var element : golden.getAsJsonArray("cases")) {
            var text = element.getAsJsonObject().get("text").getAsString();
            int[] ids = new Gson().fromJson(element.getAsJsonObject().get("ids"), int[].class);
            assertArrayEquals(ids, tokenizer.encode(text), text);
            assertEquals(text, tokenizer.decode(ids));
        }
    }

    @Test
    void readsMergesAsOlderFilesWriteThem() throws IOException {
        var json = golden().getAsJsonObject("tokenizer");
        var expected = Tokenizers.fromJson(json.toString());
        var older = new JsonArray();
        for (var pair : json.getAsJsonObject("model").getAsJsonArray("merges")) {
            older.add(pair.getAsJsonArray().get(0).getAsString() + " "
                    + pair.getAsJsonArray().get(1).getAsString());
        }
        json.getAsJsonObject("model").add("merges", older);
        assertEquals(expected, Tokenizers.fromJson(json.toString()));
    }

    @Test
    void charactersAreSortedAndUnknownOnesCounted() {
        var tokenizer = Tokenizers.characters(List.of("ba😀", "cab"));
        assertEquals(4, tokenizer.size());
        assertArrayEquals(new int[] {0, 1, 2, 3}, tokenizer.encode("abc😀"));
        assertArrayEquals(new int[] {0, 1}, tokenizer.encode("aX日b"), "left out");
        assertEquals(2, tokenizer.unknown("aX日b"));
        assertArrayEquals(
                new int[] {0, 4, 4, 1},
                tokenizer.withSpecials(CharacterTokenizer.UNKNOWN).encode("aX日b"));
    }

    @Test
    void spacesAndLineEndsAreShown() {
        var tokenizer = Tokenizers.bytes();
        assertEquals("␣", tokenizer.show(' '));
        assertEquals("⏎", tokenizer.show('\n'));
        assertEquals("\\x07", tokenizer.show(7));
        assertEquals("\\xC3", tokenizer.show(0xc3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "null",
                "{\"type\":\"words\"}",
                "{\"type\":\"characters\"}",
                "{\"model\":{\"type\":\"BPE\"}}",
                "{" + BYTE_LEVEL + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}",
                "{" + BYTE_LEVEL + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":\"x\"},\"merges\":[]}}",
                "{" + BYTE_LEVEL + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":5},\"merges\":[]}}",
                "{\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"model\":{\"type\":\"BPE\"}}",
                "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}"
            })
    void whatIsNoTokenizerIsRefusedInASentence(String json) throws IOException {
        var file = folder.resolve("t.json");
        Files.writeString(file, json);
        var message = assertThrows(IllegalArgumentException.class, () -> Tokenizers.load(file))
                .getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertTrue(message.matches(".*(tokenizer|vocabulary|only byte-level BPE).*"), message);
    }

    @Test
    void aMissingFileIsNamed() {
        var message = assertThrows(UncheckedIOException.class, () -> Tokenizers.load(folder.resolve("none.json")))
                .getMessage();
        assertTrue(message.contains("none.json"), message);
    }
}
