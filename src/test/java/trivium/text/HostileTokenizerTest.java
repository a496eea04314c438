package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizer files that would take for ever, or all memory: each ends in one sentence. */
class HostileTokenizerTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static JsonObject base() {
        return JsonParser.parseString(
                        Tokenizers.bpe(List.of("a story of a cat"), 261).toJson())
                .getAsJsonObject();
    }

    private static String cutBy(String expression) {
        var json = base();
        var cutting = HuggingFace.json("""
                {'type':'Sequence','pretokenizers':[
                 {'type':'Split','pattern':{},'behavior':'Isolated','invert':false},
                 {'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}]}""");
        cutting.getAsJsonArray("pretokenizers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("pattern")
                .addProperty("Regex", expression);
        json.add("pre_tokenizer", cutting);
        return json.toString();
    }

    private static String refused(String json, String text) {
        var message = assertTimeoutPreemptively(
                        LONG,
                        () -> assertThrows(
                                IllegalArgumentException.class,
                                () -> Tokenizers.fromJson(json).encode(text)))
                .getMessage();
        assertTrue(message.lines().count() == 1 && message.length() < 600, message);
        return message;
    }

    /** Too many ways to match, too deep a stack. */
    @ParameterizedTest
    @ValueSource(strings = {"(.)?(a|aa)+\\1b", "(a+)+b", "(a|a)*b", "(?:a|b)*", "(a|b)*", "(?:(a|b)(a|b)?)+c"})
    void patternsAreGivenUp(String expression) {
        var message = refused(cutBy(expression), "ab".repeat(50_000) + "a".repeat(50_000));
        assertTrue(message.contains(expression) && message.contains("on a text of 150,000 characters"), message);
    }

    /** Stretches between added tokens, which several threads encode, are refused in the same sentence as one. */
    @Test
    void patternsAreGivenUpByAnyThread() {
        var json = JsonParser.parseString(cutBy("(a|a)*b")).getAsJsonObject();
        json.getAsJsonArray("added_tokens").add(HuggingFace.json("""
                {'id':260,'content':'!','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,
                 'special':false}"""));
        for (int i = 0; i < 5; i++) {
            var message = refused(json.toString(), ("a".repeat(150_000) + "!").repeat(4));
            assertTrue(message.startsWith("the expression (a|a)*b"), message);
        }
    }

    /** These look at no character while they go on, so they are refused when they are read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:){2000000000}",
                "(?:(?:(?:x|){1000}){1000}){1000}(?=b)",
                "(?:a?)*(?=b)",
                "(?:|){60}(?=b)",
                "(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(?=b)",
                "[[a]b](x?|[)]?)y",
                "([])]?a?)*(?=b)",
                "(?x)( # )\n a?)*",
                "(a?)\\Q\\E*(?=b)",
                "$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?$?(?=b)",
                "()\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?\\1?(?=b)",
                "(?<n>)\\k<n>*",
                "\\b{g}{3}",
                "(?:(?!^)|)(?:(?!^)|)(?:(?!^)|)(?:(?!^)|)(?:(?!^)|)(?:(?!^)|)(?!)",
                "(?:(?!\\z)|)(?:(?!\\z)|)(?:(?!\\z)|)(?!)",
                "()(?:\\1|)(?:\\1|)(?:\\1|)(?!)",
            })
    void patternsThatCannotBeWatchedAreRefused(String expression) {
        assertTrue(refused(cutBy(expression), "b").contains("could take for ever"));
    }

    @Test
    void patternsOfKnownTokenizersStay() {
        for (var expression : List.of(
                PreTokenizers.GPT2.expression(),
                PreTokenizers.WORDS.expression(),
                PreTokenizers.LLAMA3.expression(),
                // o200k, as in tiktoken
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                        + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                        + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                // anchors, looks to either side, and a closing bracket in a class
                "^a|(?<=a|^)b|(?!a|$)[]b ]|\\bé\\b|(?>a|)1",
                // Qwen 2, DeepSeek
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")) {
            for (var piece : List.of("a", "aB", " ", " \n", "1", "!", "é日", "it's ")) {
                var text = piece.repeat(50_000);
                var tokenizer = Tokenizers.fromJson(cutBy(expression));
                assertEquals(text, tokenizer.decode(tokenizer.encode(text)), expression);
            }
        }
    }

    private static String normalizedBy(String normalizer) {
        var json = base();
        json.add("normalizer", HuggingFace.json(normalizer));
        return json.toString();
    }

    @Test
    void replacingFillsNoMemory() {
        var doubling = IntStream.range(0, 60)
                .mapToObj(_ -> "{'type':'Replace','pattern':{'String':'a'},'content':'aa'}")
                .collect(Collectors.joining(",", "{'type':'Sequence','normalizers':[", "]}"));
        assertTrue(refused(normalizedBy(doubling), "a cat").contains("of a text of 5"));
        var nested = "{'type':'Sequence','normalizers':[" + doubling + "," + doubling + "]}";
        assertTrue(refused(normalizedBy(nested), "a cat").contains("the normalizer of this tokenizer"));
        var wide = "{'type':'Replace','pattern':{'Regex':'.'},'content':'" + "x".repeat(100_000) + "'}";
        assertTrue(refused(normalizedBy(wide), "a".repeat(100_000)).contains("of a text of 100,000"));
        assertTrue(refused(
                        normalizedBy("{'type':'Replace','pattern':{'Regex':'(.)?(a|aa)+\\\\1b'},'content':'x'}"),
                        "a".repeat(99))
                .contains("takes too long"));
        // what real files replace stays: ▁ for a space, quotes, and each letter by up to 18
        var plain = Tokenizers.fromJson(normalizedBy("""
                {'type':'Sequence','normalizers':[{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' $1'},{'type':'NFKD'}]}"""));
        assertEquals(
                "a $1b" + "صلى الله عليه وسلم".repeat(9), plain.decode(plain.encode("a   b" + "\uFDFA".repeat(9))));
    }

    @Test
    void anInterruptIsHeard() throws InterruptedException {
        var tokenizer = Tokenizers.fromJson(cutBy("(a+)+b"));
        Throwable[] thrown = {null};
        var thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            thrown[0] = assertThrows(RuntimeException.class, () -> tokenizer.encode("a".repeat(100_000)));
        });
        thread.start();
        thread.join(LONG);
        assertFalse(thread.isAlive());
        assertTrue(thrown[0] instanceof CancellationException, String.valueOf(thrown[0]));
    }

    @Test
    void idsOfTheFrameAreInTheVocabulary() {
        var json = base();
        json.add("post_processor", HuggingFace.json("{'type':'BertProcessing','sep':['x',900],'cls':['y',1]}"));
        assertTrue(refused(json.toString(), "a").contains("the token 900"));
        json.add("post_processor", HuggingFace.json("{'type':'BertProcessing','sep':['x',1.5],'cls':['y',1]}"));
        assertTrue(refused(json.toString(), "a").contains("1.5"));
    }

    @Test
    void deepOrLargeFilesAreRefused() throws IOException {
        var deep = "[".repeat(100_000);
        assertTrue(refused("{\"model\": " + deep, "a").contains("this is not a tokenizer"));
        var sequence = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(20_000) + "]}".repeat(20_000);
        assertTrue(refused(base().toString().replace("\"normalizer\":null", "\"normalizer\":" + sequence), "a")
                .contains("this is not a tokenizer"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tokenizers.load(folder))
                .getMessage()
                .contains("is a folder"));
        var bytes = folder.resolve("latin.json");
        Files.write(bytes, new byte[] {'{', (byte) 0xFF, '}'});
        assertEquals(
                bytes + " is damaged: it is not UTF-8 text",
                assertThrows(IllegalArgumentException.class, () -> Tokenizers.load(bytes))
                        .getMessage());
        var large = folder.resolve("large.json");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(1L << 32); // no block of it is written
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tokenizers.load(large))
                .getMessage()
                .contains("it has 4,294,967,296 bytes, more than the 268,435,456"));
        assertArrayEquals(
                new int[] {'a'}, Tokenizers.fromJson(base().toString()).encode("a"));
    }
}
