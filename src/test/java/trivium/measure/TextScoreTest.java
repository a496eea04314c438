package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Transformer;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class TextScoreTest {

    private static final int CONTEXT = 12;
    private static final String LETTERS = "abcdefgh é";

    private static final Tokenizer BARE = Tokenizers.characters(List.of(LETTERS));
    private static final Tokenizer TOKENIZER = BARE.withSpecials(Tokenizer.END_OF_TEXT);

    /** Of all lengths from nothing to three contexts, in no order: several batches, most rows padded. */
    private static List<String> texts() {
        var random = new SplittableRandom(7);
        return IntStream.range(0, 150)
                .mapToObj(_ -> random.ints(random.nextInt(3 * CONTEXT), 0, LETTERS.length())
                        .mapToObj(i -> LETTERS.substring(i, i + 1))
                        .collect(Collectors.joining()))
                .toList();
    }

    @Test
    void everyTokenAsTheLogitsSayOneTextAtATime() {
        for (var tokenizer : List.of(TOKENIZER, BARE)) {
            var model = Transformer.of(Gpt.of(CONTEXT, 16, 2, 2), tokenizer.size(), 3);
            var texts = texts();
            var scores = TextScore.of(model, tokenizer, texts);
            for (int i = 0; i < texts.size(); i++) {
                int[] document = Sentences.document(tokenizer, texts.get(i));
                int[] predicted = Arrays.copyOfRange(document, Math.min(1, document.length), document.length);
                assertArrayEquals(predicted, scores.get(i).tokens());
                double sum = 0;
                for (int t = 0; t < predicted.length; t++) {
                    double expected = logProb(model, document, t);
                    assertEquals(expected, scores.get(i).logProbs()[t], 1e-5);
                    sum += expected;
                }
                assertEquals(sum, scores.get(i).logProb(), 1e-4);
            }
        }
    }

    /** log softmax of the logits that follow the window's tokens up to {@code t}, for the token after it. */
    private static double logProb(LanguageModel model, int[] document, int t) {
        int start = t / CONTEXT * CONTEXT;
        int[] before = Arrays.copyOfRange(document, start, t + 1);
        var logits = model.pass(1, before.length).outputs(before, 0, 1, before.length);
        double[] last = new double[model.outputs()];
        Arrays.setAll(last, v -> logits.get((before.length - 1L) * last.length + v));
        double sum = Arrays.stream(last).map(Math::exp).sum();
        return last[document[t + 1]] - Math.log(sum);
    }

    /** A document of 12 tokens after the first fits; one more begins a second window, and it is said. */
    @Test
    void textsInWindowsAreCounted() {
        var model = Transformer.of(Gpt.of(CONTEXT, 16, 1, 2), TOKENIZER.size(), 3);
        var texts = List.of("", "a".repeat(12), "a".repeat(13), "a".repeat(25));
        var scores = TextScore.of(model, TOKENIZER, texts);
        assertEquals(
                List.of(0, 1, 2, 3), scores.stream().map(TextScore::windows).toList());
        var sentence = TextScore.sentence(scores, CONTEXT).orElseThrow();
        assertTrue(sentence.startsWith("2 of 4 texts are longer than the context of 12 tokens"), sentence);
        assertTrue(TextScore.sentence(scores.subList(0, 2), CONTEXT).isEmpty());
    }

    @Test
    void aTableHasARowForEachToken() {
        var model = Transformer.of(Gpt.of(CONTEXT, 16, 1, 2), TOKENIZER.size(), 3);
        var table = TextScore.table(model, TOKENIZER, List.of("ab", "", "é"));
        assertEquals(List.of("a", "b", "é"), table.stringColumn("token").asList());
        assertEquals(List.of(0, 0, 2), table.intColumn("text").asList());
    }

    @Test
    void aJudgeKnowsNoTokens() {
        var judge =
                Transformer.of(Gpt.of(CONTEXT, 16, 1, 2), TOKENIZER.size(), 3).withScalarHead(1);
        assertThrows(IllegalArgumentException.class, () -> TextScore.of(judge, TOKENIZER, List.of("ab")));
    }
}
