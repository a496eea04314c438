package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class NextTokensTest {

    /** Token i is i, so that what a batch holds says where it was taken. */
    private static Tokens counting(int n) {
        return new Tokens(IntStream.range(0, n).toArray(), n, 0);
    }

    @Test
    void documentsEndWithTheirMarker() {
        var tokenizer = Tokenizers.bytes().withSpecials(Tokenizer.END_OF_TEXT);
        var tokens = Tokens.encode(Corpus.of("aé", "b"), tokenizer);
        assertArrayEquals(
                new int[] {'a', 0xc3, 0xa9, 256, 'b', 256}, tokens.ids().toArray());
        assertEquals(4, tokens.bytes());
        assertArrayEquals(
                new int[] {'b'}, Tokens.encode(Corpus.of("b"), tokenizer).ids().toArray(), "one document has no end");
        assertEquals(
                2,
                Tokens.encode(Corpus.of("abxy"), Tokenizers.characters(Corpus.of("ab")))
                        .unknown());
    }

    @Test
    void everyWindowPredictsItsNextTokens() {
        var batches = NextTokens.shuffled(counting(50), 7, 8, 3);
        var seen = new boolean[50];
        for (long step = 0; step < 200; step++) {
            var batch = batches.at(step);
            assertEquals(7 * 8, batch.counted());
            for (int i = 0; i < 7 * 8; i++) {
                assertEquals(batch.tokens()[i] + 1, batch.targets()[i]);
                assertTrue(i % 8 == 0 || batch.tokens()[i] == batch.tokens()[i - 1] + 1);
                seen[batch.targets()[i]] = true;
            }
        }
        assertEquals(49, IntStream.range(0, 50).filter(i -> seen[i]).count(), "every token but the first is a target");
    }

    @Test
    void aStepIsAskedInAnyOrder() {
        var forward = NextTokens.shuffled(counting(1000), 4, 5, 11);
        var backward = NextTokens.shuffled(counting(1000), 4, 5, 11);
        var expected = IntStream.range(0, 20)
                .mapToObj(step -> forward.at(step).tokens())
                .toArray(int[][]::new);
        for (int step = 19; step >= 0; step--) {
            assertArrayEquals(expected[step], backward.at(step).tokens());
        }
        assertEquals(
                20, Arrays.stream(expected).map(Arrays::toString).distinct().count());
        assertNotEquals(
                Arrays.toString(expected[0]),
                Arrays.toString(
                        NextTokens.shuffled(counting(1000), 4, 5, 12).at(0).tokens()));
    }

    @Test
    void paddingOfTheLastWindowIsNotRead() {
        var batches = NextTokens.sequential(counting(50), 4, 9); // 49 are predicted: five windows, and 4 in the sixth
        assertEquals(36, batches.at(0).read());
        assertEquals(13, batches.at(1).read());
        assertEquals(4, batches.at(1).layout().used(1, 9));
    }

    @Test
    void startsAreSpreadEvenly() {
        var batches = NextTokens.shuffled(counting(18), 10, 8, 5);
        int[] starts = new int[10];
        for (long step = 0; step < 10_000; step++) {
            var tokens = batches.at(step).tokens();
            for (int row = 0; row < 10; row++) {
                starts[tokens[row * 8]]++;
            }
        }
        double chiSquare = Arrays.stream(starts)
                .mapToDouble(n -> Math.pow(n - 10_000, 2) / 10_000)
                .sum();
        assertTrue(
                chiSquare < 27.9, "chi-square " + chiSquare + " with 9 degrees of freedom exceeds the 0.001 quantile");
    }

    @Test
    void anEpochPredictsNoTokenTwice() {
        var batches = NextTokens.shuffled(counting(1 + 21 * 8 + 3), 4, 8, 9); // an epoch is 20 windows: 5 batches
        for (long epoch = 0; epoch < 50; epoch++) {
            var times = new int[172];
            for (long step = 5 * epoch; step < 5 * epoch + 5; step++) {
                Arrays.stream(batches.at(step).targets()).forEach(target -> times[target]++);
            }
            assertEquals(160, Arrays.stream(times).filter(n -> n == 1).count());
        }
    }

    @ParameterizedTest
    @CsvSource({"2,1,1", "50,4,8", "33,4,8", "34,4,8", "5,3,100", "9,2,8", "1000,7,13"})
    void evaluationPredictsEveryTokenOnce(int size, int rows, int time) {
        var batches = NextTokens.sequential(counting(size), rows, time);
        var times = new int[size];
        batches.stream().forEach(batch -> {
            assertTrue(batch.rows() <= rows && batch.time() <= time);
            for (int i = 0; i < batch.weights().length; i++) {
                if (batch.weights()[i] != 0) {
                    assertEquals(batch.tokens()[i] + 1, batch.targets()[i]);
                    times[batch.targets()[i]]++;
                }
            }
        });
        assertEquals(0, times[0]);
        assertTrue(Arrays.stream(times).skip(1).allMatch(n -> n == 1), Arrays.toString(times));
    }

    @Test
    void tooShortTextsAreRefused() {
        assertEquals(1, NextTokens.shuffled(counting(9), 1, 8, 0).at(7).rows());
        CorpusTest.assertMessage(() -> NextTokens.shuffled(counting(8), 1, 8, 0), "9 tokens", "has 8");
        CorpusTest.assertMessage(() -> NextTokens.sequential(counting(1), 1, 8), "nothing to predict");
        CorpusTest.assertMessage(() -> NextTokens.sequential(counting(9), 1, 8).at(1), "0 to 0", "not 1");
    }
}
