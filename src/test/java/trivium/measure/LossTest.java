package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.generate.TableModel;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class LossTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdé")).withSpecials(Tokenizer.END_OF_TEXT);

    @Test
    void everyTokenIsPredictedOnceFromItsOwnWindow() {
        var model = TableModel.random(LETTERS.size(), 4, 1, 2);
        // 139 predictions make 34 windows of 4 and one of 3: more than are scored together, and a short one.
        int[] tokens = IntStream.range(0, 140)
                .map(i -> (i * i + i / 3) % LETTERS.size())
                .toArray();
        double expected = 0;
        for (int i = 1; i < tokens.length; i++) {
            int start = (i - 1) / 4 * 4;
            expected -= Math.log(model.probabilities(Arrays.copyOfRange(tokens, start, i))[tokens[i]]);
        }
        var loss = Loss.of(model, LETTERS, tokens);
        assertEquals(139, loss.tokens());
        assertEquals(expected / 139, loss.nats(), 1e-5);
    }

    @Test
    void evenOddsCostTheEntropyOfTheAlphabet() {
        var model = TableModel.random(LETTERS.size(), 8, 0, 0);
        var loss = Loss.of(model, LETTERS, "abécdab");
        assertEquals(7, loss.tokens());
        assertEquals(8, loss.bytes()); // é is two bytes, the document's start none
        assertEquals(6, loss.perplexity(), 1e-4);
        assertEquals(7 * Math.log(6) / Math.log(2) / 8, loss.bitsPerByte(), 1e-5);
    }

    /** Numbers read alike on every machine: a German one writes 1,792 where an English one writes 1.792. */
    @Test
    void readsAlikeWhateverTheMachinesLanguage() {
        var loss = Loss.of(TableModel.random(LETTERS.size(), 8, 0, 0), LETTERS, "abécdab");
        var one = Loss.of(TableModel.random(LETTERS.size(), 8, 0, 0), LETTERS, "a");
        var before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals("1.792 nats per token, 2.262 bits per byte (7 tokens)", loss.toString());
            assertEquals("1.792 nats per token, 2.585 bits per byte (1 token)", one.toString());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void charactersSpreadOverSeveralTokensAreCountedWhole() {
        var bytes = Tokenizers.bytes().withSpecials(Tokenizer.END_OF_TEXT);
        var loss = Loss.of(TableModel.random(bytes.size(), 3, 0, 0), bytes, "né€");
        assertEquals(6, loss.bytes());
        assertEquals(Math.log(257) / Math.log(2), loss.bitsPerByte(), 1e-4);
    }

    @Test
    void theFirstTokenIsGivenAndItsTextNotCounted() {
        int[] tokens = LETTERS.encode("éab");
        assertEquals(
                2,
                Loss.of(TableModel.random(LETTERS.size(), 8, 0, 0), LETTERS, tokens)
                        .bytes());
    }

    @Test
    void onlyPositionsWithWeightCount() {
        var model = TableModel.random(LETTERS.size(), 8, 1, 3);
        int end = LETTERS.special(Tokenizer.END_OF_TEXT).orElseThrow();
        int[] tokens = {0, 1, 2, 5, 0, 0};
        int[] targets = {1, 2, end, 4, 0, 0};
        float[] weights = {0, 1, 1, 1, 0, 0};
        model.last(0, 0, -2_000); // padding has probability 0 here, and 0 · log 0 is not a number
        var batch = new Batch(2, 3, tokens, targets, weights, 1);
        double expected = -(Math.log(model.probabilities(0, 1)[2])
                + Math.log(model.probabilities(0, 1, 2)[end])
                + Math.log(model.probabilities(5)[4]));
        try (var slices = new Slices(model, 2)) {
            var loss = Loss.over(slices, step -> batch, 3, LETTERS);
            assertEquals(expected / 3, loss.nats(), 1e-5);
            assertEquals(9, loss.tokens());
            assertEquals(3L * ("c".length() + "é".getBytes(StandardCharsets.UTF_8).length), loss.bytes());
        }
    }

    @Test
    void aSingleTokenIsRefused() {
        var failure = assertThrows(
                IllegalArgumentException.class, () -> Loss.of(TableModel.random(LETTERS.size(), 4, 1, 2), LETTERS, 1));
        assertTrue(failure.getMessage().contains("1 tokens"));
    }
}
