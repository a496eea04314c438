package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Against the definition of byte-pair encoding, carried out without any book-keeping. */
class BytePairTest {

    private static final String ALPHABET = "aaabbc dé日😀'\n1";

    /**
     * Learns and encodes by counting everything again for every merge; tokens are their bytes, written in ISO 8859-1.
     */
    private static final class BruteForce {
        final List<String> tokens = new ArrayList<>();
        final List<int[]> merges = new ArrayList<>();

        BruteForce(List<String> texts, int size) {
            for (int b = 0; b < 256; b++) {
                tokens.add(String.valueOf((char) b));
            }
            var words = new ArrayList<List<Integer>>();
            texts.forEach(text -> PreTokenizerTest.byExpression(text).forEach(piece -> words.add(bytes(piece))));
            while (tokens.size() < size && mergeMostFrequent(words)) {
                // one more merge
            }
        }

        private boolean mergeMostFrequent(List<List<Integer>> words) {
            var counts = new HashMap<List<Integer>, Integer>();
            for (var word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            }
            List<Integer> best = null;
            for (var pair : counts.keySet()) {
                if (best == null
                        || counts.get(pair) > counts.get(best)
                        || counts.get(pair).equals(counts.get(best)) && before(pair, best)) {
                    best = pair;
                }
            }
            if (best == null || counts.get(best) < 2) {
                return false;
            }
            var joined = tokens.get(best.get(0)) + tokens.get(best.get(1));
            if (!tokens.contains(joined)) {
                tokens.add(joined);
            }
            merges.add(new int[] {best.get(0), best.get(1), tokens.indexOf(joined)});
            for (var word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
                        word.set(i, tokens.indexOf(joined));
                        word.remove(i + 1);
                    }
                }
            }
            return true;
        }

        private static boolean before(List<Integer> pair, List<Integer> other) {
            return pair.get(0) < other.get(0) || pair.get(0).equals(other.get(0)) && pair.get(1) < other.get(1);
        }

        private static List<Integer> bytes(String piece) {
            var ids = new ArrayList<Integer>();
            for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                ids.add(b & 0xff);
            }
            return ids;
        }

        int[] encode(String text) {
            var ids = new ArrayList<Integer>();
            for (String piece : PreTokenizerTest.byExpression(text)) {
                var word = bytes(piece);
                while (mergeFirst(word)) {
                    // until nothing merges
                }
                ids.addAll(word);
            }
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }

        private boolean mergeFirst(List<Integer> word) {
            for (int[] merge : merges) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i) == merge[0] && word.get(i + 1) == merge[1]) {
                        word.set(i, merge[2]);
                        word.remove(i + 1);
                        return true;
                    }
                }
            }
            return false;
        }
    }

    @Test
    void learnsAndEncodesLikeBruteForce() {
        var random = new SplittableRandom(2);
        for (int trial = 0; trial < 60; trial++) {
            var texts = List.of(
                    PreTokenizerTest.randomText(random, 150, ALPHABET),
                    PreTokenizerTest.randomText(random, 80, "ab "),
                    "");
            int size = 260 + random.nextInt(60);
            var expected = new BruteForce(texts, size - 4);
            var actual = (BytePairTokenizer) Tokenizers.bpe(texts, size);

            assertEquals(
                    expected.tokens,
                    actual.model().tokens().stream()
                            .map(token -> new String(ByteAlphabet.read(token), StandardCharsets.ISO_8859_1))
                            .toList());
            for (int i = 0; i < 20; i++) {
                var text = PreTokenizerTest.randomText(random, random.nextInt(200), i % 2 == 0 ? ALPHABET : "aab");
                assertArrayEquals(expected.encode(text), actual.encode(text), text);
            }
        }
    }

    @Test
    void everyTextComesBack() {
        var tokenizer = Tokenizers.bpe(List.of("the cat sat on the mat; the cats sat on the mats"), 280);
        var random = new SplittableRandom(3);
        for (int trial = 0; trial < 2_000; trial++) {
            var text = new StringBuilder("the cat");
            for (int i = random.nextInt(40); i > 0; i--) {
                int c = random.nextInt(random.nextBoolean() ? 0x300 : Character.MAX_CODE_POINT + 1);
                text.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '-' : c);
            }
            assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text.toString())));
        }
    }

    @Test
    void everySequenceOfBytesCanBeWritten() {
        var tokenizer = (BytePairTokenizer) Tokenizers.bpe(List.of("the cat sat on the mat"), 270);
        byte[] bytes = new byte[1000];
        new java.util.Random(4).nextBytes(bytes);
        int[] ids = new int[bytes.length];
        Arrays.setAll(ids, i -> bytes[i] & 0xff);
        assertArrayEquals(bytes, tokenizer.bytes(ids));

        var together = new ByteArrayOutputStream();
        for (int id = 0; id < tokenizer.size(); id++) {
            together.writeBytes(tokenizer.bytes(id));
        }
        int[] all = new int[tokenizer.size()];
        Arrays.setAll(all, i -> i);
        assertArrayEquals(together.toByteArray(), tokenizer.bytes(all));
    }

    @Test
    void brokenUtf8ShowsAsReplacementCharacters() {
        var tokenizer = Tokenizers.bpe(List.of("abc"), 260);
        int[] euro = tokenizer.encode("€");
        assertEquals("a\uFFFDb", tokenizer.decode('a', euro[0], 'b'));
        assertEquals("\\xE2", tokenizer.show(euro[0]));
        assertEquals("?", tokenizer.decode(tokenizer.encode("\uD800")), "half a surrogate pair");
    }

    @Test
    void specialTokensComeLastAndNeverFromText() {
        var tokenizer = Tokenizers.bpe(List.of("<|end|> ".repeat(50)), 300).withSpecials("<|more|>", "<|end|>");
        int end = tokenizer.special("<|end|>").orElseThrow();
        assertEquals(
                List.of("<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>", "<|more|>"), tokenizer.specials());
        assertEquals(tokenizer.size() - 2, end);
        assertTrue(Arrays.stream(tokenizer.encode("a <|end|> b")).noneMatch(id -> id >= tokenizer.size() - 5));
        assertEquals("a<|end|>b", tokenizer.decode('a', end, 'b'));
    }

    /**
     * Else the file would have the name twice, and Hugging Face's library would give the special token the other id.
     */
    @Test
    void aSpecialTokensNameIsNeverLearned() {
        var tokenizer = (BytePairTokenizer) Tokenizers.bpe(List.of("<|end|> ".repeat(50)), 300, PreTokenizers.WORDS);
        assertTrue(tokenizer.model().tokens().contains("Ġ<|end|>"), "with the space it is another word");
        assertTrue(!tokenizer.model().tokens().contains("<|end|>"));
        var message = assertThrows(IllegalArgumentException.class, () -> tokenizer.withSpecials("Ġ<|end|>"))
                .getMessage();
        assertTrue(message.contains("cannot be a special token"), message);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        var message = assertThrows(IllegalArgumentException.class, () -> Tokenizers.bpe(List.of("abc"), 259))
                .getMessage();
        assertTrue(message.contains("259") && message.contains("260"), message);
        var tokenizer = Tokenizers.bpe(List.of("abc"), 260);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(260))
                .getMessage()
                .contains("0 to 259"));
    }

    @Test
    void trainingStopsWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> Tokenizers.bpe(List.of("abc abc"), 300));
    }
}
