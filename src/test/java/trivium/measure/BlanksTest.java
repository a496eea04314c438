package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.data.Masking;
import trivium.model.Bert;
import trivium.model.LanguageModel;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Blanks before a model that looks both ways. */
class BlanksTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abc .")).withSpecials(Tokenizer.END_OF_TEXT, Masking.MASK);
    private static final int END = LETTERS.special(Tokenizer.END_OF_TEXT).orElseThrow();
    private static final int MASK = LETTERS.special(Masking.MASK).orElseThrow();

    private final LanguageModel model = sharp();
    private final FillInTheBlank view = new FillInTheBlank(model, LETTERS);

    /** A fresh model, made surer of itself. */
    private static LanguageModel sharp() {
        var model = Bert.of(16, 16, 2, 2).fresh(LETTERS.size(), 4);
        var values = model.parameters().values();
        for (long i = 0; i < values.size(); i++) {
            values.set(i, 3 * values.get(i));
        }
        return model;
    }

    /** log p of every token at a place of a row, worked out here. */
    private double[] logProbs(List<Integer> row, int at) {
        int[] tokens = row.stream().mapToInt(Integer::intValue).toArray();
        int size = LETTERS.size();
        float[] logits = model.pass(1, tokens.length)
                .outputs(tokens, 0, 1, tokens.length)
                .toArray((long) at * size, size);
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit);
        }
        var logProbs = new double[size];
        for (int i = 0; i < size; i++) {
            logProbs[i] = logits[i] - Math.log(total);
        }
        return logProbs;
    }

    private static List<Integer> tokens(String text) {
        var tokens = new ArrayList<Integer>();
        tokens.add(END);
        for (var part : text.split("(?=_)|(?<=_)")) { // each _ is a mask
            if (part.equals("_")) {
                tokens.add(MASK);
            } else {
                for (int id : LETTERS.encode(part)) {
                    tokens.add(id);
                }
            }
        }
        return tokens;
    }

    private static int id(String letter) {
        return LETTERS.encode(letter)[0];
    }

    @Test
    void aWordIsReadOffLetterByLetterInItsPlace() {
        var table = view.words("ab ___ cb.", List.of("a", "cab", "b", "bb"));
        var expected = new java.util.HashMap<String, Double>();
        expected.put("a", logProbs(tokens("ab _ cb."), 4)[id("a")]);
        expected.put("b", logProbs(tokens("ab _ cb."), 4)[id("b")]);
        expected.put("bb", logProbs(tokens("ab __ cb."), 4)[id("b")] + logProbs(tokens("ab b_ cb."), 5)[id("b")]);
        expected.put(
                "cab",
                logProbs(tokens("ab ___ cb."), 4)[id("c")]
                        + logProbs(tokens("ab c__ cb."), 5)[id("a")]
                        + logProbs(tokens("ab ca_ cb."), 6)[id("b")]);
        double total = expected.values().stream().mapToDouble(Math::exp).sum();
        assertEquals(4, table.rowCount());
        for (var row : table) {
            double logProb = expected.get(row.getString("word"));
            assertEquals(logProb, row.getDouble("log_p"), 1e-4);
            assertEquals(Math.exp(logProb) / total, row.getDouble("probability"), 1e-4);
        }
        var probabilities = table.doubleColumn("probability").asList();
        assertEquals(
                probabilities.stream().sorted((x, y) -> Double.compare(y, x)).toList(), probabilities);
    }

    /** Blanks one after the other, the surest first, and each sees those before it. */
    @Test
    void blanksAreFilledSurestFirst() {
        var row = tokens("_ab_c_.");
        var open = new ArrayList<>(List.of(1, 4, 6));
        while (!open.isEmpty()) {
            int place = -1;
            int token = -1;
            double best = Double.NEGATIVE_INFINITY;
            for (int at : open) {
                double[] logProbs = logProbs(row, at);
                double plain = 0; // special tokens cannot stand there
                for (int id = 0; id < END; id++) {
                    plain += Math.exp(logProbs[id]);
                }
                for (int id = 0; id < END; id++) {
                    if (logProbs[id] - Math.log(plain) > best) {
                        best = logProbs[id] - Math.log(plain);
                        place = at;
                        token = id;
                    }
                }
            }
            row.set(place, token);
            open.remove(Integer.valueOf(place));
        }
        var expected = LETTERS.decode(
                row.subList(1, row.size()).stream().mapToInt(Integer::intValue).toArray());
        assertEquals(expected, view.filled("___ab___c___."));
    }

    /** A tokenizer that has the space at the beginning of words is asked for a word with its space. */
    @Test
    void theSpaceBeforeAWordIsPartOfItsToken() {
        var text = "the cat sat on the mat. the cat saw the rat. ".repeat(20);
        var words = Tokenizer.bpe(List.of(text), 290).withSpecials(Masking.MASK);
        assertEquals(1, words.encode(" cat").length, "the test needs the word as one token");
        var fresh = Bert.of(32, 16, 1, 2).fresh(words.size(), 1);
        var table = new FillInTheBlank(fresh, words).words("the ___ sat.", List.of("cat"));
        int mask = words.special(Masking.MASK).orElseThrow();
        var row = new ArrayList<Integer>();
        row.add(words.special(Tokenizer.END_OF_TEXT).orElseThrow());
        for (int id : words.encode("the")) {
            row.add(id);
        }
        int at = row.size();
        row.add(mask);
        for (int id : words.encode(" sat.")) {
            row.add(id);
        }
        int[] tokens = row.stream().mapToInt(Integer::intValue).toArray();
        float[] logits = fresh.pass(1, tokens.length)
                .outputs(tokens, 0, 1, tokens.length)
                .toArray((long) at * words.size(), words.size());
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit);
        }
        assertEquals(
                logits[words.encode(" cat")[0]] - Math.log(total),
                table.doubleColumn("log_p").get(0),
                1e-4);
    }

    @Test
    void saysWhatIsWrong() {
        assertSentence(() -> view.words("a ___ b ___", List.of("a")), "2 blanks");
        assertSentence(() -> view.words("___", List.of("a".repeat(16))), "17 tokens long", "16");
        assertSentence(() -> view.filled("abc"), "no blank");
        assertSentence(() -> Loss.of(model, LETTERS, "abc"), "both ways", "HiddenTokens");
    }

    private static void assertSentence(org.junit.jupiter.api.function.Executable making, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, making).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
