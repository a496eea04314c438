package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Encoding from front to back gives the tokens that merging gives, and those of Hugging Face's library. */
class ForwardEncoderTest {

    /** Tokens as texts, the first of them single letters, and merges. */
    private static final class Vocabulary {
        private final Map<String, Integer> idOf = new LinkedHashMap<>();
        private final List<Merge> merges = new ArrayList<>();

        Vocabulary(String letters) {
            letters.chars().forEach(c -> id(Character.toString(c)));
        }

        int id(String token) {
            return idOf.computeIfAbsent(token, _ -> idOf.size());
        }

        void merge(String left, String right) {
            merges.add(new Merge(id(left), id(right), id(left + right)));
        }

        int[] symbols(String text) {
            return text.chars().map(c -> id(Character.toString(c))).toArray();
        }

        PairTable order() {
            var order = new PairTable(merges.size());
            for (int i = 0; i < merges.size(); i++) {
                order.put(merges.get(i).left(), merges.get(i).right(), i);
            }
            return order;
        }

        ForwardEncoder encoder(int letters) {
            return new ForwardEncoder(IntStream.range(0, letters).toArray(), idOf.size(), order(), merges);
        }

        /** By forward search where the vocabulary fits, else by what lies between characters that never merge. */
        int[] modelled(String text) {
            var model = new BytePairModel(false, List.copyOf(idOf.keySet()), merges, MergeRules.NONE);
            var ids = new Ids(4);
            model.encode(text.toCharArray(), PreTokenizers.NONE, ids);
            return ids.toArray();
        }

        int[] merged(String text) {
            return PieceMerger.merge(symbols(text), order(), merges);
        }
    }

    /** The tokens, or null if the encoder leaves this vocabulary to merging. */
    private static int[] forward(ForwardEncoder encoder, int[] symbols) {
        var ids = new Ids(4);
        return encoder.encode(symbols, ids) ? ids.toArray() : null;
    }

    private static int[] inParts(ForwardEncoder encoder, int[] symbols, int part, int overlap) {
        var ids = new Ids(4);
        assertTrue(encoder.encode(symbols, part, overlap, ids));
        return ids.toArray();
    }

    private static String text(Random random, String letters, int most) {
        var text = new StringBuilder();
        for (int n = random.nextInt(most); n > 0; n--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    /** Merges of tokens that there are, each later than those of its parts; some tokens are merged in several ways. */
    private static Vocabulary random(Random random, String letters) {
        var vocabulary = new Vocabulary(letters);
        var done = new HashMap<String, Integer>();
        int count = 1 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            var known = new ArrayList<>(vocabulary.idOf.keySet());
            var left = known.get(random.nextInt(known.size()));
            var right = known.get(random.nextInt(known.size()));
            if (left.length() + right.length() < 12 && done.putIfAbsent(left + "|" + right, i) == null) {
                vocabulary.merge(left, right);
            }
        }
        return vocabulary;
    }

    @Test
    void anyVocabularyGivesWhatMergingGives() {
        var random = new Random(7);
        int fit = 0;
        int vocabularies = 3_000;
        for (int i = 0; i < vocabularies; i++) {
            var letters = "a bcd\nef".substring(0, 2 + random.nextInt(6));
            var vocabulary = random(random, letters);
            if (i % 3 == 0) {
                Collections.shuffle(vocabulary.merges, random);
            }
            var encoder = vocabulary.encoder(letters.length());
            for (int j = 0; j < 20; j++) {
                var text = text(random, letters, 40);
                int[] ids = forward(encoder, vocabulary.symbols(text));
                fit += j == 0 && ids != null ? 1 : 0;
                int[] merged = vocabulary.merged(text);
                if (ids != null) {
                    int[] parts = inParts(encoder, vocabulary.symbols(text), 2 + random.nextInt(9), random.nextInt(12));
                    assertArrayEquals(merged, ids, () -> Visible.show(text) + " by " + described(vocabulary));
                    assertArrayEquals(merged, parts, () -> Visible.show(text) + " by " + described(vocabulary));
                }
                assertArrayEquals(
                        merged, vocabulary.modelled(text), () -> Visible.show(text) + " by " + described(vocabulary));
            }
        }
        assertTrue(fit > vocabularies / 2, "of " + vocabularies + " vocabularies " + fit + " were encoded");
    }

    private static String described(Vocabulary vocabulary) {
        var names = List.copyOf(vocabulary.idOf.keySet());
        return vocabulary.merges.stream()
                .map(merge -> Visible.show(names.get(merge.left())) + "+" + Visible.show(names.get(merge.right())))
                .toList()
                .toString();
    }

    /** b and c are merged first, but of a, b and c only the token abc is left, whose merge is older. */
    @Test
    void aTokenBeforeItsPartsIsLeftToMerging() {
        var vocabulary = new Vocabulary("abcd");
        vocabulary.merge("bc", "d");
        vocabulary.merge("b", "c");
        assertNull(forward(vocabulary.encoder(4), vocabulary.symbols("abcd")));
    }

    /** As <0x0A>, a byte's token and a text of six letters. */
    @Test
    void aTokenOfTwoSpellingsIsLeftToMerging() {
        var vocabulary = new Vocabulary("abc");
        vocabulary.merges.add(new Merge(0, 1, 2));
        assertNull(forward(vocabulary.encoder(3), vocabulary.symbols("ab")));
    }

    @Test
    void theTextOfATokenThatMergesNeverMakeIsEncoded() {
        var vocabulary = new Vocabulary("abc");
        vocabulary.merge("b", "c");
        vocabulary.merge("a", "b");
        vocabulary.merge("ab", "c");
        assertArrayEquals(
                new int[] {vocabulary.id("a"), vocabulary.id("bc"), vocabulary.id("ab")},
                forward(vocabulary.encoder(3), vocabulary.symbols("abcab")));
    }

    /** Behind x none of 200 tokens may stand, each of which begins with the one before. */
    @Test
    void everyTokenFailsBehindX() {
        var vocabulary = new Vocabulary("xyab");
        vocabulary.merge("x", "a");
        for (int i = 0; i < 200; i++) {
            vocabulary.merge("a" + "b".repeat(i), "b");
        }
        vocabulary.merge("y", "x");
        var text = ("yx" + "a" + "b".repeat(199)).repeat(20);
        assertArrayEquals(vocabulary.merged(text), forward(vocabulary.encoder(4), vocabulary.symbols(text)));
    }

    private static String stories() throws IOException {
        var stories = Files.readString(Path.of("datasets/toytown/stories-heldout.txt"));
        var random = new Random(3);
        var text = new StringBuilder();
        for (var line : stories.split("(?<=\n)", -1)) {
            text.append(line);
            switch (random.nextInt(12)) {
                case 0 -> text.append(" ".repeat(random.nextInt(9)));
                case 1 -> text.append("\n".repeat(random.nextInt(5)));
                case 2 -> text.append("😀👩\u200d👧 日本語  é e\u0301\t");
                case 3 -> text.append("=".repeat(random.nextInt(90)));
                case 4 -> text.append("\0");
                default -> {
                    // the next line follows
                }
            }
        }
        return text.toString();
    }

    private static JsonObject uncut(Tokenizer trained) {
        var json = JsonParser.parseString(trained.toJson()).getAsJsonObject();
        json.add(
                "pre_tokenizer",
                HuggingFace.json(
                        "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}"));
        return json;
    }

    /** Merges learned from whole lines cross spaces. */
    @Test
    @DisabledOnOs(value = OS.MAC, architectures = "x86_64", disabledReason = "the library comes without one for it")
    void mergesAcrossSpacesAreThoseOfTheLibrary() throws IOException {
        var text = stories();
        var lines = (BytePairTokenizer) Tokenizers.bpe(List.of(text), 1_500, PreTokenizers.expression(".+"));
        assertTrue(lines.model().tokens().stream()
                        .filter(token -> token.lastIndexOf('Ġ') > 0)
                        .count()
                > 200);
        var llama2 = HuggingFace.llama2(lines);
        var gemma = JsonParser.parseString(llama2.toString()).getAsJsonObject();
        gemma.add("normalizer", HuggingFace.json("{'type':'Replace','pattern':{'String':' '},'content':'▁'}"));
        gemma.add("pre_tokenizer", HuggingFace.json("""
                {'type':'Split','pattern':{'String':' '},'behavior':'MergedWithPrevious','invert':false}"""));
        var tokens = JsonParser.parseString(gemma.toString()).getAsJsonObject();
        tokens.getAsJsonArray("added_tokens").add(HuggingFace.json("""
                {'id':%d,'content':'\\n','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,
                 'special':false}""".formatted(tokens.getAsJsonObject("model")
                .getAsJsonObject("vocab")
                .get("\n")
                .getAsInt())));
        var files = Stream.of(uncut(lines), llama2, gemma, tokens, JsonParser.parseString(lines.toJson()));
        var whole = longer(text);
        for (var json : files.map(Object::toString).toList()) {
            var ours = Tokenizers.fromJson(json);
            try (var theirs = HuggingFace.load(json)) {
                for (int from = 0; from + 40_000 < text.length(); from += 40_000) {
                    var part = text.substring(from, from + 40_000);
                    assertArrayEquals(HuggingFace.ids(theirs, part), ours.encodeWithSpecials(part));
                }
                assertArrayEquals(HuggingFace.ids(theirs, whole), ours.encodeWithSpecials(whole));
            }
        }
    }

    /** So long that it is encoded on all cores, with runs of one character longer than parts overlap. */
    private static String longer(String text) {
        return (text.repeat(1 + 270_000 / text.length()) + "a".repeat(150_000)).repeat(2);
    }

    @Test
    void partsWithoutACommonTokenAreEncodedAsOne() {
        var vocabulary = new Vocabulary("ab");
        vocabulary.merge("a", "a");
        vocabulary.merge("aa", "a");
        var encoder = vocabulary.encoder(2);
        var text = "a".repeat(100);
        assertArrayEquals(vocabulary.merged(text), inParts(encoder, vocabulary.symbols(text), 10, 20));
    }
}
