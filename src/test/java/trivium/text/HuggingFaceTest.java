package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The ids of Hugging Face's own library, for tokenizer files of every kind that is read. */
@DisabledOnOs(value = OS.MAC, architectures = "x86_64", disabledReason = "the library comes without one for it")
class HuggingFaceTest {

    private static final Path TOWN = Path.of("datasets/toytown");
    private static final String SPREAD =
            "Ünïcode — “quoted” dé日本 😀😀 don't WE'LL 1234567 x=1;\n\n\n  if (a) {\r\n\t}  ";

    private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip", "normalized", "special");

    private static final Map<String, String> KINDS = kinds();

    private static Map<String, String> kinds() {
        var texts = List.of(read("stories-heldout.txt"), SPREAD.repeat(9));
        var trained = (BytePairTokenizer) Tokenizers.bpe(texts, 600);
        var words = (BytePairTokenizer) Tokenizers.bpe(texts, 500, PreTokenizers.WORDS);
        var kinds = new LinkedHashMap<String, String>();
        kinds.put("gpt2", trained.toJson());
        kinds.put("words", words.toJson());
        kinds.put("llama3", HuggingFace.llama3(trained, true).toString());
        kinds.put("llama2", HuggingFace.llama2(words).toString());

        var prefixed = JsonParser.parseString(trained.toJson()).getAsJsonObject();
        prefixed.getAsJsonObject("pre_tokenizer").addProperty("add_prefix_space", true);
        prefixed.add("post_processor", HuggingFace.json("""
                {'type':'RobertaProcessing','sep':['<|end|>',%d],'cls':['<|user|>',%d],
                 'trim_offsets':true,'add_prefix_space':true}""".formatted(
                        trained.special("<|end|>").orElseThrow(),
                        trained.special("<|user|>").orElseThrow())));
        kinds.put("gpt2 with a space in front", prefixed.toString());

        var digits = JsonParser.parseString(trained.toJson()).getAsJsonObject();
        digits.add("pre_tokenizer", HuggingFace.json("""
                {'type':'Sequence','pretokenizers':[{'type':'Digits','individual_digits':true},
                 {'type':'ByteLevel','add_prefix_space':false,'use_regex':true,'trim_offsets':true}]}"""));
        kinds.put("digits apart", digits.toString());

        for (var scheme : List.of("first", "always", "never")) {
            var metaspace = HuggingFace.llama2(trained);
            metaspace.add("normalizer", JsonNull.INSTANCE);
            metaspace.add("pre_tokenizer", HuggingFace.json("""
                    {'type':'Metaspace','replacement':'▁','prepend_scheme':'%s','split':%b}""".formatted(scheme, scheme.equals("always"))));
            kinds.put("metaspace " + scheme, metaspace.toString());
        }
        return kinds;
    }

    private static String read(String file) {
        try {
            return Files.readString(TOWN.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<String> names() {
        return KINDS.keySet();
    }

    /** Characters from all of Unicode, assigned or not. */
    private static String randomText(SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            int bound = new int[] {0x80, 0x300, 0x3100, 0x20000, Character.MAX_CODE_POINT + 1}[random.nextInt(5)];
            int c = random.nextInt(bound);
            boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            text.append(random.nextInt(3) == 0 ? " " : random.nextInt(9) == 0 ? " the story" : "");
            text.appendCodePoint(half ? '\n' : c);
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersTheSameIds(String kind) {
        var ours = (BytePairTokenizer) Tokenizers.fromJson(KINDS.get(kind));
        var again = Tokenizers.fromJson(ours.toJson());
        assertEquals(ours, again);
        var random = new SplittableRandom(5);
        var texts =
                new ArrayList<>(List.of("", " ", read("questions-heldout.jsonl").substring(0, 20_000), SPREAD));
        for (int i = 0; i < 200; i++) {
            texts.add(randomText(random));
            texts.add(PreTokenizerTest.randomText(random, random.nextInt(30), "a  \n\r▁'sST1½é日,."));
        }
        try (var theirs = HuggingFace.load(KINDS.get(kind))) {
            for (var text : texts) {
                int[] expected = HuggingFace.ids(theirs, text);
                assertArrayEquals(expected, ours.encode(text), () -> Visible.show(text));
                assertArrayEquals(expected, ours.encodeWithSpecials(text), () -> Visible.show(text));
                if (!kind.startsWith("metaspace") && !text.isEmpty()) {
                    long[] ids = LongStream.of(theirs.encode(text, false, false).getIds())
                            .toArray();
                    assertEquals(theirs.decode(ids, false), ours.decode(expected), () -> Visible.show(text));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2, false", "llama3, true", "llama2, true", "gpt2 with a space in front, true"})
    void framesAsTheFileSays(String kind, boolean frames) {
        var ours = Tokenizers.fromJson(KINDS.get(kind));
        try (var theirs = HuggingFace.load(KINDS.get(kind))) {
            int[] expected = LongStream.of(
                            theirs.encode("A story.", true, false).getIds())
                    .mapToInt(Math::toIntExact)
                    .toArray();
            assertArrayEquals(expected, ours.framed(ours.encode("A story.")));
            assertEquals(frames, expected.length > ours.encode("A story.").length);
        }
    }

    static Map<String, Tokenizer> simple() {
        var town = Tokenizers.characters(List.of(read("stories-heldout.txt"), "é日😀▁\0<"));
        var chat = ChatTemplate.DEFAULT.specials();
        var simple = new LinkedHashMap<String, Tokenizer>();
        simple.put("characters", town);
        simple.put("characters with specials", town.withSpecials(chat));
        simple.put(
                "characters with an unknown", town.withSpecials("<|unknown|>").withSpecials(chat));
        simple.put(
                "characters with an unknown last", town.withSpecials("<a", "aé").withSpecials("<|unknown|>"));
        simple.put("bytes", Tokenizers.bytes());
        simple.put("bytes with specials", Tokenizers.bytes().withSpecials(chat));
        return simple;
    }

    static Set<String> simpleNames() {
        return simple().keySet();
    }

    /** Tokenizers of characters and bytes write what the library reads, and what comes back equal. */
    @ParameterizedTest
    @MethodSource("simpleNames")
    void readsTokenizersOfCharactersAndBytes(String name) {
        var ours = simple().get(name);
        assertEquals(ours, Tokenizers.fromJson(ours.toJson()));
        assertEquals(ours, Tokenizers.fromJson(ours.identity()));
        var random = new SplittableRandom(9);
        try (var theirs = HuggingFace.load(ours.toJson())) {
            for (int i = 0; i < 300; i++) {
                var text = new StringBuilder(i % 2 == 0 ? randomText(random) : "");
                for (int n = random.nextInt(9); n > 0; n--) {
                    var parts = Stream.concat(
                                    ours.specials().stream(), Stream.of("a story", "▁é", "<", "日Ω", "\n  ", "Я"))
                            .toList();
                    text.append(parts.get(random.nextInt(parts.size())));
                }
                int[] ids = ours.encodeWithSpecials(text.toString());
                assertArrayEquals(HuggingFace.ids(theirs, text.toString()), ids, () -> Visible.show(text.toString()));
                if (ids.length > 0) {
                    assertEquals(theirs.decode(IntStream.of(ids).asLongStream().toArray(), false), ours.decode(ids));
                }
            }
            assertArrayEquals(HuggingFace.ids(theirs, SPREAD), ours.encode(SPREAD));
        }
    }

    /** Files and hashes from before stay what they were. */
    @Test
    void theEarlierFormIsReadAndHashed() {
        var old = "{\"type\":\"characters\",\"characters\":\"\\n ab日\",\"specials\":[\"<|end|>\"]}";
        var tokenizer = Tokenizers.characters(List.of("b日a \n")).withSpecials("<|end|>");
        assertEquals(tokenizer, Tokenizers.fromJson(old));
        assertEquals(old, tokenizer.identity());
        assertEquals(old, Tokenizers.fromJson(tokenizer.toJson()).identity());
        assertEquals("{\"type\":\"bytes\",\"specials\":[]}", Tokenizers.bytes().identity());
        // a special token that plain text would be taken for
        var letter = Tokenizers.characters(List.of("ab")).withSpecials("c");
        assertEquals(letter, Tokenizers.fromJson(letter.toJson()));
        // what only looks like one stays as it is
        var json = JsonParser.parseString(tokenizer.toJson()).getAsJsonObject();
        json.add("decoder", HuggingFace.json("{'type':'ByteFallback'}"));
        assertTrue(Tokenizers.fromJson(json.toString()) instanceof BytePairTokenizer);
    }

    @Test
    void tokenizersMadeHereFrameNothing() {
        var characters = Tokenizers.characters(List.of("abc")).withSpecials("<|end|>");
        for (var tokenizer : List.of(characters, Tokenizers.bytes(), Tokenizers.bpe(List.of("abcabc"), 261))) {
            int[] ids = tokenizer.encode("abc");
            assertArrayEquals(ids, tokenizer.framed(ids));
        }
    }

    /** GPT-NeoX's way: runs of spaces are added tokens that plain text becomes. */
    @Test
    void whiteSpaceIsAnAddedToken() {
        var json = JsonParser.parseString(KINDS.get("gpt2")).getAsJsonObject();
        int next = Tokenizers.fromJson(KINDS.get("gpt2")).size();
        for (var content : List.of("    ", "  ", "\n\n")) {
            json.getAsJsonArray("added_tokens")
                    .add(HuggingFace.json("""
                    {'id':%d,'content':'%s','single_word':false,'lstrip':false,'rstrip':false,'normalized':true,'special':false}""".formatted(next++, content.replace("\n", "\\n"))));
        }
        var ours = Tokenizers.fromJson(json.toString());
        assertEquals(ours, Tokenizers.fromJson(ours.toJson()));
        var text = "if a:\n\n      b  c";
        try (var theirs = HuggingFace.load(json.toString())) {
            assertArrayEquals(HuggingFace.ids(theirs, text), ours.encode(text));
        }
        assertEquals(text, ours.decode(ours.encode(text)));
        assertTrue(IntStream.of(ours.encode(text)).anyMatch(id -> id == ours.size() - 1));
        assertThrows(IllegalArgumentException.class, () -> ours.withSpecials(" "));
    }

    /** Any mixture of flags, over text made of the tokens, spaces and letters. */
    @ParameterizedTest
    @MethodSource("names")
    void findsAddedTokens(String kind) {
        var random = new SplittableRandom(6);
        findsAddedTokens(kind, List.of("<s>", "<s>x", "[a]", "a b", "wörd", "▁", "<|x|>", "ab"), FLAGS, random);
    }

    /**
     * White space as a token, as GPT-NeoX's tokenizer has it. Tokens that swallow white space around them are left out:
     * where their reach overlaps, Hugging Face's library ends the process.
     */
    @ParameterizedTest
    @MethodSource("names")
    void findsWhiteSpace(String kind) {
        var flags = List.of("single_word", "normalized", "special");
        findsAddedTokens(
                kind, List.of("<s>", "a b", "  ", "\n\n", "    ", "\t", " \n"), flags, new SplittableRandom(8));
    }

    private static void findsAddedTokens(
            String kind, List<String> contents, List<String> flags, SplittableRandom random) {
        for (int trial = 0; trial < 4; trial++) {
            var json = JsonParser.parseString(KINDS.get(kind)).getAsJsonObject();
            var added = json.getAsJsonArray("added_tokens");
            var vocabulary = json.getAsJsonObject("model").getAsJsonObject("vocab");
            int next = Tokenizers.fromJson(KINDS.get(kind)).size();
            for (var content : contents) {
                if (vocabulary.has(content)) {
                    continue;
                }
                var token = new JsonObject();
                token.addProperty("id", next++);
                token.addProperty("content", content);
                for (var flag : FLAGS) {
                    token.addProperty(flag, random.nextInt(3) == 0 && flags.contains(flag));
                }
                added.add(token);
            }
            var ours = Tokenizers.fromJson(json.toString());
            try (var theirs = HuggingFace.load(json.toString())) {
                for (int i = 0; i < 60; i++) {
                    var text = new StringBuilder();
                    for (int n = random.nextInt(9); n > 0; n--) {
                        text.append(
                                random.nextInt(3) == 0
                                        ? List.of(" ", "  ", "\n", "a", "é", "_", "1", ".")
                                                .get(random.nextInt(8))
                                        : contents.get(random.nextInt(contents.size())));
                    }
                    assertArrayEquals(
                            HuggingFace.ids(theirs, text.toString()),
                            ours.encodeWithSpecials(text.toString()),
                            () -> "\"" + text + "\" with " + added);
                }
            }
        }
    }

    /** Merges in no order that training could give, tokens missing here and there. */
    @Test
    void mergesAnythingLikeIt() {
        var random = new SplittableRandom(7);
        for (int trial = 0; trial < 60; trial++) {
            var json = HuggingFace.json(KINDS.get("llama2").replace("'", "\\u0027"));
            var model = json.getAsJsonObject("model");
            model.addProperty("byte_fallback", random.nextBoolean());
            model.addProperty("fuse_unk", random.nextBoolean());
            model.addProperty("ignore_merges", random.nextInt(4) == 0);
            fill(model, random);
            var ours = Tokenizers.fromJson(json.toString());
            try (var theirs = HuggingFace.load(json.toString())) {
                for (int i = 0; i < 20; i++) {
                    var text = PreTokenizerTest.randomText(random, random.nextInt(80), "aaabbc▁ d日é\n");
                    assertArrayEquals(
                            HuggingFace.ids(theirs, text), ours.encode(text), () -> "\"" + text + "\" with " + model);
                }
            }
        }
    }

    private static void fill(JsonObject model, SplittableRandom random) {
        var tokens = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>", "a", "b", "c", "▁", "<", "0", "x", "A", ">"));
        tokens.addAll(List.of("<0x0A>", "<0xC3>", "<0xA9>", "<0xE6>", "<0x97>"));
        if (random.nextBoolean()) {
            tokens.addAll(List.of("<0xA5>", "日"));
        }
        var merges = new JsonArray();
        for (int i = 0; i < 25; i++) {
            var all = tokens.stream().skip(3).toList();
            var left = all.get(random.nextInt(all.size()));
            var right = all.get(random.nextInt(all.size()));
            tokens.add(left + right);
            merges.add(left + " " + right);
        }
        var vocabulary = new JsonObject();
        tokens.forEach(token -> vocabulary.addProperty(token, vocabulary.size()));
        model.add("vocab", vocabulary);
        model.add("merges", merges);
    }

    @Test
    void idsMustBeWhole() {
        var json = JsonParser.parseString(KINDS.get("llama2")).getAsJsonObject();
        json.getAsJsonObject("model").getAsJsonObject("vocab").addProperty("far", 90_000);
        var far = assertThrows(IllegalArgumentException.class, () -> Tokenizers.fromJson(json.toString()));
        assertTrue(far.getMessage().contains("there is no token"), far.getMessage());
        json.getAsJsonObject("model").getAsJsonObject("vocab").addProperty("far", 7);
        var twice = assertThrows(IllegalArgumentException.class, () -> Tokenizers.fromJson(json.toString()));
        assertTrue(twice.getMessage().contains("have the id 7"), twice.getMessage());
    }

    /** In Llama 2's file the special tokens are the first three, and in its vocabulary. */
    @Test
    void specialTokensMayStandAnywhere() {
        var tokenizer = Tokenizers.fromJson(KINDS.get("llama2"));
        assertEquals(List.of("<unk>", "<s>", "</s>"), tokenizer.specials());
        assertEquals(2, tokenizer.special("</s>").orElseThrow());
        assertEquals(tokenizer.size(), tokenizer.withSpecials("</s>").size());
        var more = tokenizer.withSpecials("<pad>");
        assertEquals(tokenizer.size(), more.special("<pad>").orElseThrow());
        assertEquals("<s> a</s>", more.decode(more.encodeWithSpecials("<s>a</s>")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normalizer     | {'type':'Nmt'}                        | Nmt",
                "normalizer     | {'type':'Sequence','normalizers':[{'type':'Precompiled'}]} | Precompiled",
                "pre_tokenizer  | {'type':'UnicodeScripts'}             | UnicodeScripts",
                "pre_tokenizer  | {'type':'Split','pattern':{'String':' '},'behavior':'Dropped','invert':false} | Dropped",
                "decoder        | {'type':'Sequence','decoders':[{'type':'ByteLevel'},{'type':'Fuse'}]} | ByteLevel",
                "post_processor | {'type':'PairProcessing'}             | PairProcessing",
                "decoder        | {'type':'WordPiece'}                  | WordPiece",
                "model          | {'type':'Unigram','vocab':[]}         | Unigram",
                "model          | {'type':'BPE','continuing_subword_prefix':'##'} | continuing_subword_prefix",
            })
    void whatIsNotSupportedIsNamed(String part, String value, String named) {
        var json = JsonParser.parseString(KINDS.get("llama2")).getAsJsonObject();
        json.add(part, HuggingFace.json(value));
        var message = assertThrows(IllegalArgumentException.class, () -> Tokenizers.fromJson(json.toString()))
                .getMessage();
        assertTrue(message.contains(part) && message.contains(named) && message.contains("not supported"), message);
    }

    /** Files that are JSON and name kinds that are supported, but lack what such a part needs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normalizer     | {'type':'Prepend'}                    | Prepend",
                "pre_tokenizer  | {'type':'Split','behavior':'Isolated'} | Split",
                "post_processor | {'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'[CLS]'}}]} | [CLS]",
                "decoder        | {'type':'Sequence'}                   | Sequence",
                "model          | {'type':'BPE','vocab':{'<unk>':0,'<s>':1,'</s>':2}} | vocab",
            })
    void aPartThatLacksAFieldIsNamed(String part, String value, String named) {
        var json = JsonParser.parseString(KINDS.get("llama2")).getAsJsonObject();
        json.add(part, HuggingFace.json(value));
        var message = assertThrows(IllegalArgumentException.class, () -> Tokenizers.fromJson(json.toString()))
                .getMessage();
        assertTrue(message.contains("the " + part + " of this tokenizer.json lacks a field"), message);
        assertTrue(message.contains(named), message);
    }
}
