package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class FillInTheMiddleTest {

    private static final Tokenizer BYTES =
            Tokenizers.bytes().withSpecials(Tokenizer.END_OF_TEXT).withSpecials(FillInTheMiddle.specials());

    private static final Pattern PSM =
            Pattern.compile("<\\|fim_prefix\\|>(.*)<\\|fim_suffix\\|>(.*)<\\|fim_middle\\|>(.*)", Pattern.DOTALL);

    @Test
    void theThreePartsMakeTheDocument() {
        var document = "Mia 😀 lost\nher kité.";
        var all = FillInTheMiddle.of(BYTES, 3).rate(1);
        for (long number = 0; number < 500; number++) {
            var parts = PSM.matcher(BYTES.decode(all.encode(document, number)));
            assertTrue(parts.matches());
            // a character cut in two would come back as U+FFFD
            assertEquals(document, parts.group(1) + parts.group(3) + parts.group(2));
        }
    }

    /** Of "ab cd e" there are four places between words and at the ends, equally likely twice. */
    @Test
    void wordsStayWholeWithTheirSpace() {
        var all = FillInTheMiddle.of(BYTES, 4).rate(1).between(FillInTheMiddle.Between.WORDS);
        var seen = new TreeMap<String, Integer>();
        int n = 16_000;
        for (long number = 0; number < n; number++) {
            var parts = PSM.matcher(BYTES.decode(all.encode("ab cd  e", number)));
            assertTrue(parts.matches());
            seen.merge(parts.group(1) + "|" + parts.group(3) + "|" + parts.group(2), 1, Integer::sum);
        }
        String[] places = {"", "ab", "ab cd", "ab cd  e"};
        assertEquals(10, seen.size(), seen.toString());
        for (int from = 0; from < places.length; from++) {
            for (int to = from; to < places.length; to++) {
                var middle = places[to].substring(places[from].length());
                var suffix = "ab cd  e".substring(places[to].length());
                double expected = n / 16.0 * (from == to ? 1 : 2);
                int count = seen.getOrDefault(places[from] + "|" + middle + "|" + suffix, 0);
                assertEquals(expected, count, 6 * Math.sqrt(expected), places[from] + "|" + middle + "|" + suffix);
            }
        }
    }

    /** What is asked of a trained model is what it was trained on. */
    @Test
    void anExampleIsWhatWasLearnedWithItsEnd() {
        var all = FillInTheMiddle.of(BYTES, 3).rate(1);
        int end = BYTES.special(Tokenizer.END_OF_TEXT).orElseThrow();
        int middle = BYTES.special(FillInTheMiddle.MIDDLE).orElseThrow();
        for (long number = 0; number < 50; number++) {
            var example = all.example("Mia lost her kite.", number);
            int[] learned = all.encode("Mia lost her kite.", number);
            int[] expected = IntStream.concat(
                            IntStream.concat(IntStream.of(end), IntStream.of(learned)), IntStream.of(end))
                    .toArray();
            assertArrayEquals(expected, example.ids());
            assertEquals(middle, example.ids()[example.promptLength() - 1]);
        }
    }

    /**
     * Of "abc" there are four places to cut: 16 equally likely pairs, of which pairs in both orders are one division.
     */
    @Test
    void cutsAreDrawnEvenly() {
        var all = FillInTheMiddle.of(BYTES, 11).rate(1);
        var seen = new TreeMap<String, Integer>();
        int n = 16_000;
        for (long number = 0; number < n; number++) {
            var parts = PSM.matcher(BYTES.decode(all.encode("abc", number)));
            assertTrue(parts.matches());
            seen.merge(parts.group(1) + "|" + parts.group(3), 1, Integer::sum);
        }
        assertEquals(10, seen.size(), seen.toString());
        double chiSquare = 0;
        for (var division : seen.entrySet()) {
            double expected = n / 16.0 * (division.getKey().endsWith("|") ? 1 : 2);
            chiSquare += Math.pow(division.getValue() - expected, 2) / expected;
        }
        assertTrue(
                chiSquare < 27.9, "chi-square " + chiSquare + " with 9 degrees of freedom exceeds the 0.001 quantile");
    }

    @Test
    void theRateIsTheShareOfDocuments() {
        int n = 20_000;
        for (double rate : new double[] {0, 0.5, 0.9, 1}) {
            var encoder = FillInTheMiddle.of(BYTES, 5).rate(rate);
            long cut = IntStream.range(0, n)
                    .filter(i -> encoder.encode("ab", i).length > 2)
                    .count();
            double spread = Math.sqrt(n * rate * (1 - rate));
            assertTrue(Math.abs(cut - n * rate) <= 3.3 * spread, cut + " of " + n + " at " + rate);
        }
        assertArrayEquals(
                new int[] {'a', 'b'}, FillInTheMiddle.of(BYTES, 5).rate(0).encode("ab", 7), "the others stay");
    }

    @Test
    void seedAndNumberDecide() {
        var one = FillInTheMiddle.of(BYTES, 1).rate(1);
        var text = "a longer document of many characters";
        assertArrayEquals(
                one.encode(text, 4), FillInTheMiddle.of(BYTES, 1).rate(1).encode(text, 4));
        assertNotEquals(Arrays.toString(one.encode(text, 4)), Arrays.toString(one.encode(text, 5)));
        assertNotEquals(
                Arrays.toString(one.encode(text, 4)),
                Arrays.toString(FillInTheMiddle.of(BYTES, 2).rate(1).encode(text, 4)));
    }

    @Test
    void corpusAndFileHoldTheSame(@TempDir Path folder) {
        var encoder = FillInTheMiddle.of(BYTES, 1).rate(1);
        var corpus = Corpus.of("ab", "cd");
        var tokens = Tokens.encode(corpus, BYTES, encoder);
        var file = TokenFile.build(
                folder.resolve("x.tokens"), corpus.iterator(), BYTES, encoder, TokenFile.Listener.SILENT);
        assertArrayEquals(tokens.ids().toArray(), file.tokens().ids().toArray());
        assertEquals(2 * (3 + 2 + 1), tokens.size(), "three markers, two letters, the end");
        assertEquals(4, tokens.bytes(), "markers are no text");
    }

    @Test
    void aPromptEndsWhereTheMiddleBegins() {
        assertEquals(
                "<|fim_prefix|>Mia lost <|fim_suffix|>.<|fim_middle|>",
                BYTES.decode(FillInTheMiddle.of(BYTES, 0).prompt("Mia lost ", ".")));
    }

    @Test
    void badRatesAndVocabulariesAreRefused() {
        CorpusTest.assertMessage(() -> FillInTheMiddle.of(Tokenizers.bytes(), 0), "<|fim_prefix|>", "withSpecials");
        CorpusTest.assertMessage(() -> FillInTheMiddle.of(BYTES, 0).rate(1.5), "between 0 and 1", "1.5");
    }
}
