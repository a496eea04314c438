package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pipelines of published families, and each of their parts, give the ids and texts of Hugging Face's library. */
@DisabledOnOs(value = OS.MAC, architectures = "x86_64", disabledReason = "the library comes without one for it")
class PipelinesTest {

    private static final String HOSTILE =
            "Ünïcode — “quoted” dé日本 😀😀 don't WE'LL 1234567 x=1;\n\n\n  if (a) {\r\n\t}  ▁▁ e\u0301 ﬁ ² Ⅷ"
                    + " \u00a0\u3000\u0085\u2028 İſΣ'ſ camelCaseWord 👩\u200d👧 \0\u001c";

    private static final List<String> PARTS = List.of(
            " ",
            "  ",
            "    ",
            "\n",
            "\n\n",
            "\r\n",
            "\t",
            "a",
            "Story",
            "the",
            "'s",
            "'LL",
            "12345",
            "٣",
            "²",
            "é",
            "e\u0301",
            "\u0301",
            "日",
            "😀",
            "👩\u200d👧",
            "▁",
            "▁▁",
            "ﬁ",
            ",",
            "!!",
            "/",
            "$",
            "\u0085",
            "\u3000",
            "\0",
            "İ",
            "ſ",
            "<|end|>",
            "</s>",
            "\u200d",
            "\ufeff",
            "Σ",
            "K");

    private static final Map<String, String> KINDS = kinds();

    private static Map<String, String> kinds() {
        var texts = List.of(read(), HOSTILE.repeat(9));
        var bytes = (BytePairTokenizer) Tokenizers.bpe(texts, 400);
        var kinds = new LinkedHashMap<String, String>();
        kinds.put("qwen2", cut(bytes, "NFC", PreTokenizers.QWEN2.expression(), "Isolated", false));
        kinds.put("olmo2", cut(bytes, null, PreTokenizers.LLAMA3.expression(), "Removed", true));
        kinds.put("o200k", cut(bytes, null, PreTokenizers.O200K.expression(), "Removed", true));
        kinds.put("tekken", cut(bytes, null, PreTokenizers.TEKKEN.expression(), "Isolated", false));
        for (var behaviour : List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")) {
            for (boolean invert : List.of(false, true)) {
                kinds.put(behaviour + invert, cut(bytes, null, "\\s|,", behaviour, invert));
            }
        }
        for (var expression : List.of(
                "\\p{N}{1,3}+",
                "^.",
                ".$",
                ".+",
                "\\h+",
                "[[:alpha:]]+|[^[:^digit:]]",
                "\\w+",
                "[^\\w\\s]+\\W",
                "(?m:a.)",
                "(?i:'s|k|st)",
                "\\s++$",
                "[]\\]a]+",
                "(?:ab|日)++.",
                "\\p{Lu}?+\\p{Ll}{2}+",
                "(?<=a) |\\b")) {
            kinds.put(expression, cut(bytes, null, expression, "Isolated", false));
        }
        var characters = HuggingFace.llama2((BytePairTokenizer) Tokenizers.bpe(texts, 400, PreTokenizers.WORDS));
        kinds.put("gemma", gemma(characters));
        for (var normalizer : List.of(
                "{'type':'Lowercase'}",
                "{'type':'Strip','strip_left':true,'strip_right':false}",
                "{'type':'Strip','strip_left':false,'strip_right':true}",
                "{'type':'Sequence','normalizers':[{'type':'NFD'},{'type':'StripAccents'},{'type':'NFKC'}]}",
                "{'type':'Replace','pattern':{'Regex':' {2,}|e?'},'content':'▁'}",
                "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},{'type':'NFKD'}]}")) {
            kinds.put(normalizer, with(characters, "normalizer", normalizer));
        }
        for (var cut : List.of(
                "{'type':'Whitespace'}",
                "{'type':'WhitespaceSplit'}",
                "{'type':'BertPreTokenizer'}",
                "{'type':'CharDelimiterSplit','delimiter':'a'}",
                "{'type':'Digits','individual_digits':false}",
                "{'type':'Punctuation','behavior':'Contiguous'}",
                "{'type':'Punctuation'}",
                "{'type':'Sequence','pretokenizers':[{'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':true},{'type':'Digits','individual_digits':true}]}")) {
            var raw = JsonParser.parseString(characters.toString()).getAsJsonObject();
            raw.add("normalizer", JsonNull.INSTANCE);
            kinds.put(cut, with(raw, "pre_tokenizer", cut));
        }
        for (var decoder : List.of(
                "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
                "{'type':'Metaspace','replacement':'▁','prepend_scheme':'never','split':true}",
                "{'type':'ByteFallback'}",
                "{'type':'Strip','content':'▁','start':2,'stop':0}",
                "{'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'Replace','pattern':{'Regex':'▁+'},'content':'_'}]}")) {
            kinds.put(decoder, with(characters, "decoder", decoder));
        }
        return kinds;
    }

    private static String read() {
        try {
            return Files.readString(Path.of("datasets/toytown/stories-heldout.txt"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String with(JsonObject base, String part, String value) {
        var json = JsonParser.parseString(base.toString()).getAsJsonObject();
        json.add(part, HuggingFace.json(value));
        return json.toString();
    }

    private static String cut(
            Tokenizer trained, String normalizer, String expression, String behaviour, boolean invert) {
        var json = JsonParser.parseString(trained.toJson()).getAsJsonObject();
        JsonElement before = normalizer == null ? JsonNull.INSTANCE : HuggingFace.json("{'type':'" + normalizer + "'}");
        json.add("normalizer", before);
        var cutting = HuggingFace.json("""
                {'type':'Sequence','pretokenizers':[
                 {'type':'Split','pattern':{},'behavior':'%s','invert':%b},
                 {'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}]}""".formatted(behaviour, invert));
        cutting.getAsJsonArray("pretokenizers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("pattern")
                .add("Regex", new JsonPrimitive(expression));
        json.add("pre_tokenizer", cutting);
        return json.toString();
    }

    /** Runs of line ends and of ▁ are added tokens that are looked for before spaces become ▁. */
    private static String gemma(JsonObject llama2) {
        var json = JsonParser.parseString(llama2.toString()).getAsJsonObject();
        json.add("normalizer", HuggingFace.json("{'type':'Replace','pattern':{'String':' '},'content':'▁'}"));
        json.add("pre_tokenizer", HuggingFace.json("""
                {'type':'Split','pattern':{'String':' '},'behavior':'MergedWithPrevious','invert':false}"""));
        json.add("decoder", HuggingFace.json("""
                {'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':' '},
                 {'type':'ByteFallback'},{'type':'Fuse'}]}"""));
        var vocabulary = json.getAsJsonObject("model").getAsJsonObject("vocab");
        for (var run : List.of("\n\n", "\n\n\n", "▁▁", "▁▁▁", "<table>")) {
            if (!vocabulary.has(run)) {
                vocabulary.addProperty(run, vocabulary.size());
            }
            var token = HuggingFace.json(
                    "{'id':0,'single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':false}");
            token.addProperty("id", vocabulary.get(run).getAsInt());
            token.addProperty("content", run);
            json.getAsJsonArray("added_tokens").add(token);
        }
        return json.toString();
    }

    static Set<String> names() {
        return KINDS.keySet();
    }

    private static List<String> texts(SplittableRandom random) {
        var texts = new ArrayList<>(List.of("", HOSTILE, "a".repeat(3_000), " ".repeat(999), "\n".repeat(99)));
        for (int i = 0; i < 250; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("names")
    void idsAndTextsAreTheSame(String kind) {
        var ours = Tokenizers.fromJson(KINDS.get(kind));
        assertEquals(ours, Tokenizers.fromJson(ours.toJson()));
        var random = new SplittableRandom(4);
        try (var theirs = HuggingFace.load(KINDS.get(kind))) {
            for (var text : texts(random)) {
                int[] expected = HuggingFace.ids(theirs, text);
                assertArrayEquals(expected, ours.encodeWithSpecials(text), () -> Visible.show(text));
                if (expected.length > 0) {
                    assertEquals(
                            theirs.decode(theirs.encode(text, false, false).getIds(), false),
                            ours.decode(expected),
                            () -> Visible.show(text));
                }
            }
            for (int i = 0; i < 200; i++) {
                int[] ids = random.ints(1 + random.nextInt(6), 0, ours.size()).toArray();
                long[] wide = IntStream.of(ids).asLongStream().toArray();
                assertEquals(theirs.decode(wide, false), ours.decode(ids), () -> Arrays.toString(ids));
            }
        }
    }

    /** Bytes that are no text come back as they were. */
    @Test
    void bytesThatAreNoTextStay() {
        var gemma = Tokenizers.fromJson(KINDS.get("gemma"));
        byte[] broken = {'a', ' ', (byte) 0xE6, (byte) 0x97, 'b', (byte) 0xFF};
        assertArrayEquals(broken, gemma.bytes(gemma.encodeBytes(broken)));
        assertEquals("a \uFFFD\uFFFDb\uFFFD", gemma.decode(gemma.encodeBytes(broken)));
    }
}
