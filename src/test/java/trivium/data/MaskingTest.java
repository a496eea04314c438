package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.tensor.Batch;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class MaskingTest {

    /** 0.999 quantiles of chi-square. */
    private static final double CHI_2 = 13.82;

    private static final double CHI_19 = 43.82;
    private static final double CHI_25 = 52.62;

    private static final Tokenizer LETTERS =
            Tokenizers.characters(Corpus.of("abcdefghijklmnopqrstuvwxyz")).withSpecials(Masking.MASK, "<|other|>");

    /** One row: the same letter everywhere, so that any other was put there. */
    private static Batch letters(int id, int rows, int time) {
        int[] ids = new int[rows * time];
        Arrays.fill(ids, id);
        float[] weights = new float[rows * time];
        Arrays.fill(weights, 1);
        return new Batch(rows, time, ids, ids.clone(), weights, 1);
    }

    private static int mask() {
        return LETTERS.special(Masking.MASK).orElseThrow();
    }

    @Test
    void whatIsChosenIsPredictedAndTheRestIsAsItWas() {
        var text = NextTokens.sequential(new Tokens(IntStream.range(0, 26).toArray(), 26, 0), 3, 10);
        var masked = Masking.of(LETTERS).over(text, 4);
        assertEquals(text.count(), masked.count());
        for (long step = 0; step < text.count(); step++) {
            var before = text.at(step);
            var after = masked.at(step);
            assertArrayEquals(before.tokens(), after.targets(), "the token itself, not the next");
            for (int i = 0; i < before.tokens().length; i++) {
                assertTrue(after.weights()[i] == 0 || before.weights()[i] != 0, "padding is not predicted");
                assertTrue(after.weights()[i] != 0 || after.tokens()[i] == before.tokens()[i]);
            }
        }
        // rows of 10, 10 and 5 tokens: 1.5, 1.5 and 0.75 are chosen, rounded
        assertEquals(5, masked.at(0).counted());
    }

    @Test
    void theSharesAreThoseOfThePaper() {
        var masked = Masking.of(LETTERS).over(_ -> letters(0, 8, 20), 7);
        long[] fates = new long[3]; // masked, another letter, as it was
        long[] places = new long[20];
        long[] drawn = new long[26];
        int steps = 4_000;
        for (long step = 0; step < steps; step++) {
            var batch = masked.at(step);
            for (int i = 0; i < batch.tokens().length; i++) {
                if (batch.weights()[i] != 0) {
                    int id = batch.tokens()[i];
                    places[i % 20]++;
                    fates[id == mask() ? 0 : id == 0 ? 2 : 1]++;
                    if (id < 26) {
                        drawn[id]++;
                    }
                }
            }
        }
        double chosen = steps * 8 * 3; // 15 % of 20
        assertEquals(chosen, Arrays.stream(places).sum());
        // a random letter is the one that stood there once in 26 times
        double other = 0.1 * 25 / 26;
        assertTrue(chiSquare(fates, chosen * 0.8, chosen * other, chosen * (0.2 - other)) < CHI_2);
        assertTrue(chiSquare(
                        places,
                        IntStream.range(0, 20).mapToDouble(_ -> chosen / 20).toArray())
                < CHI_19);
        double[] letters =
                IntStream.range(0, 26).mapToDouble(_ -> chosen * 0.1 / 26).toArray();
        letters[0] += chosen * 0.1;
        assertTrue(chiSquare(drawn, letters) < CHI_25);
    }

    private static double chiSquare(long[] seen, double... expected) {
        return IntStream.range(0, seen.length)
                .mapToDouble(i -> Math.pow(seen[i] - expected[i], 2) / expected[i])
                .sum();
    }

    @Test
    void sharesAreAsChosen() {
        var all = Masking.of(LETTERS)
                .share(1)
                .mix(1, 0)
                .over(_ -> letters(3, 1, 9), 0)
                .at(0);
        assertEquals(9, all.counted());
        assertTrue(Arrays.stream(all.tokens()).allMatch(id -> id == mask()));
        var none = Masking.of(LETTERS)
                .share(0.5)
                .mix(0, 0)
                .over(_ -> letters(3, 1, 9), 0)
                .at(0);
        assertArrayEquals(none.targets(), none.tokens());
        assertEquals(5, none.counted());
        assertEquals(
                1,
                Masking.of(LETTERS)
                        .share(0.01)
                        .over(_ -> letters(3, 1, 9), 0)
                        .at(0)
                        .counted());
    }

    @Test
    void specialTokensAreNeitherChosenNorDrawn() {
        int other = LETTERS.special("<|other|>").orElseThrow();
        var specials =
                Masking.of(LETTERS).share(1).over(_ -> letters(other, 2, 50), 0).at(0);
        assertEquals(0, specials.counted());
        var random = Masking.of(LETTERS).share(1).mix(0, 1);
        for (long step = 0; step < 50; step++) {
            var batch = random.over(_ -> letters(0, 2, 50), 0).at(step);
            assertTrue(Arrays.stream(batch.tokens()).allMatch(id -> id < 26));
        }
    }

    @Test
    void seedAndStepDecide() {
        var masking = Masking.of(LETTERS);
        var one = masking.over(_ -> letters(0, 4, 40), 1);
        assertArrayEquals(
                one.at(9).tokens(),
                masking.over(_ -> letters(0, 4, 40), 1).at(9).tokens());
        assertFalse(Arrays.equals(one.at(9).weights(), one.at(10).weights()));
        assertFalse(Arrays.equals(
                one.at(9).weights(),
                masking.over(_ -> letters(0, 4, 40), 2).at(9).weights()));
        var rows = one.at(9).weights();
        assertFalse(Arrays.equals(Arrays.copyOf(rows, 40), Arrays.copyOfRange(rows, 40, 80)), "rows differ");
    }

    @Test
    void badSharesAndVocabulariesAreRefused() {
        CorpusTest.assertMessage(() -> Masking.of(Tokenizers.bytes()), "<|mask|>", "withSpecials");
        CorpusTest.assertMessage(() -> Masking.of(LETTERS).share(0), "0.15", "not 0.0");
        CorpusTest.assertMessage(() -> Masking.of(LETTERS).mix(0.9, 0.2), "0.9", "0.2");
    }
}
