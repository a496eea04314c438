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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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

    @Test
    void gpt2sTwoFilesComeBack() throws IOException {
        var tokenizer = Tokenizers.bpe(List.of(TEXT.repeat(3)), 300).withSpecials("<|mark|>");
        var vocabulary = folder.resolve("vocab.json");
        var merges = folder.resolve("merges.txt");
        Tokenizers.saveGpt2(tokenizer, vocabulary, merges);
        assertTrue(Files.readString(merges).startsWith("#version: 0.2\n"));
        var entries = JsonParser.parseString(Files.readString(vocabulary)).getAsJsonObject();
        assertEquals(tokenizer.size(), entries.size());
        assertEquals(0, entries.get("Ā").getAsInt());
        assertEquals(' ', entries.get("Ġ").getAsInt());

        var loaded = Tokenizers.loadGpt2(vocabulary, merges);
        assertEquals(tokenizer.specials(), loaded.specials());
        assertArrayEquals(
                tokenizer.encodeWithSpecials(TEXT + "<|mark|>"), loaded.encodeWithSpecials(TEXT + "<|mark|>"));
        assertArrayEquals(tokenizer.encode(TEXT + "<|mark|>"), loaded.encode(TEXT + "<|mark|>"));

        Files.writeString(merges, "#version: 0.2\nĠ t\nx yz\n");
        var message = assertThrows(IllegalArgumentException.class, () -> Tokenizers.loadGpt2(vocabulary, merges))
                .getMessage();
        assertTrue(message.startsWith(merges + ", line ") && message.contains("not in the vocabulary"), message);
        assertThrows(IllegalArgumentException.class, () -> Tokenizers.saveGpt2(Tokenizers.bytes(), vocabulary, merges));
    }

    @ParameterizedTest
    @MethodSource("all")
    void specialsInTextAreMeantOnlyWhereAsked(Tokenizer plain) {
        var tokenizer = plain.withSpecials("<b>", "<b> &");
        int bold = tokenizer.special("<b>").orElseThrow();
        int longer = tokenizer.special("<b> &").orElseThrow();
        int[] ids = tokenizer.encodeWithSpecials("a<b>o<b> &<b>");
        assertArrayEquals(
                new int[] {bold, longer, bold},
                IntStream.of(ids).filter(id -> id >= bold).toArray());
        assertEquals("a<b>o<b> &<b>", tokenizer.decode(ids));
        assertTrue(IntStream.of(tokenizer.encode("a<b>o<b> &<b>")).allMatch(id -> id < bold));
    }

    @Test
    void anyBytesComeBack() {
        var random = new Random(8);
        var trained = (BytePairTokenizer) Tokenizers.bpe(List.of(TEXT.repeat(9)), 320);
        var tokenizers = List.of(
                Tokenizers.bytes(),
                trained,
                Tokenizers.fromJson(HuggingFace.llama2(trained).toString()));
        byte[] text = (" " + TEXT).getBytes(StandardCharsets.UTF_8);
        for (int trial = 0; trial < 500; trial++) {
            byte[] bytes = Arrays.copyOfRange(text, random.nextInt(5), 5 + random.nextInt(text.length));
            for (int i = random.nextInt(4); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            for (var tokenizer : tokenizers) {
                assertArrayEquals(bytes, tokenizer.bytes(tokenizer.encodeBytes(bytes)), tokenizer.toString());
            }
        }
        for (var tokenizer : tokenizers) {
            assertArrayEquals(tokenizer.encode(" " + TEXT), tokenizer.encodeBytes(text), "valid text is text");
        }
    }

    /** Blocks side by side must give what the pieces give one by one. */
    @Test
    void longTextsAreEncodedLikeTheirPieces() {
        var repeated = new StringBuilder();
        var random = new Random(9);
        while (repeated.length() < 530_000) {
            repeated.append(random.nextBoolean() ? TEXT : "the  code, it's 12345\n\n ");
        }
        var text = repeated.toString();
        for (var cut : List.of(PreTokenizers.GPT2, PreTokenizers.WORDS, PreTokenizers.LLAMA3)) {
            var tokenizer = Tokenizers.bpe(List.of(text.substring(0, 3_000)), 340, cut);
            var expected = PreTokenizerTest.cut(cut, text).stream()
                    .flatMapToInt(piece -> IntStream.of(tokenizer.encode(piece)))
                    .toArray();
            assertArrayEquals(expected, tokenizer.encode(text), cut.expression());
        }
        var llama = (BytePairTokenizer) Tokenizers.fromJson(HuggingFace.llama2(
                        (BytePairTokenizer) Tokenizers.bpe(List.of(text.substring(0, 3_000)), 340))
                .toString());
        var whole = new Ids(0);
        llama.model().encode(("▁" + text.replace(' ', '▁')).toCharArray(), PreTokenizers.expression("(?s).+"), whole);
        assertArrayEquals(whole.toArray(), llama.encode(text));
    }
}
