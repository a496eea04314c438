package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.generate.TableModel;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class FillInTheBlankTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abc .")).withSpecials(Tokenizer.END_OF_TEXT);

    private final TableModel model = TableModel.random(LETTERS.size(), 16, 1.5, 4);
    private final FillInTheBlank view = new FillInTheBlank(model, LETTERS);

    @Test
    void probabilitiesAreExactAmongTheCandidates() {
        var candidates = List.of("a", "b", "cab", "bb", "abc", "c", "a");
        var table = view.words("ab ___ cb.", candidates);
        assertEquals(6, table.rowCount());

        int start = LETTERS.special(Tokenizer.END_OF_TEXT).orElseThrow();
        double total = candidates.stream()
                .distinct()
                .mapToDouble(w -> p(start, "ab " + w + " cb."))
                .sum();
        for (var row : table) {
            double expected = p(start, "ab " + row.getString("word") + " cb.");
            assertEquals(expected / total, row.getDouble("probability"), 1e-5);
            assertEquals(Math.log(expected), row.getDouble("log_p"), 1e-4);
        }
        double[] column = table.doubleColumn("probability").asDoubleArray();
        assertEquals(1, Arrays.stream(column).sum(), 1e-9);
        for (int i = 1; i < column.length; i++) {
            assertTrue(column[i - 1] >= column[i], "most probable first");
        }
    }

    @Test
    void whatStandsToTheRightCounts() {
        int a = LETTERS.encode("a")[0];
        int b = LETTERS.encode("b")[0];
        int c = LETTERS.encode("c")[0];
        var told = TableModel.random(LETTERS.size(), 16, 0, 0);
        told.last(a, c, 6); // an a is followed by a c
        var first = new FillInTheBlank(told, LETTERS).words("b___c", List.of("a", "b"));
        assertEquals("a", first.stringColumn("word").get(0));
        told.last(a, c, 0);
        told.last(b, c, 6);
        assertEquals(
                "b",
                new FillInTheBlank(told, LETTERS)
                        .words("b___c", List.of("a", "b"))
                        .stringColumn("word")
                        .get(0));
    }

    @Test
    void moreCandidatesThanAreScoredTogether() {
        var many = IntStream.range(0, 3 * 3 * 3 * 3 * 3)
                .mapToObj(i -> Integer.toString(243 + i, 3)
                        .replace('0', 'a')
                        .replace('1', 'b')
                        .replace('2', 'c')
                        .substring(1))
                .toList();
        var table = view.words("___.", many);
        int start = LETTERS.special(Tokenizer.END_OF_TEXT).orElseThrow();
        double total = many.stream().mapToDouble(w -> p(start, w + ".")).sum();
        assertEquals(243, table.rowCount());
        for (var row : table) {
            assertEquals(p(start, row.getString("word") + ".") / total, row.getDouble("probability"), 1e-5);
        }
    }

    @Test
    void aSentenceNeedsOneBlankAndRoom() {
        assertThrows(IllegalArgumentException.class, () -> view.words("ab", List.of("a")));
        assertThrows(IllegalArgumentException.class, () -> view.words("___ ___", List.of("a")));
        assertThrows(IllegalArgumentException.class, () -> view.words("a ___", List.of()));
        var failure = assertThrows(IllegalArgumentException.class, () -> view.words("___", List.of("a".repeat(17))));
        assertTrue(failure.getMessage().contains("16"), failure.getMessage());
    }

    @Test
    void theVocabularyIsTheMostFrequentWords() {
        var text = "Anna's cat saw a cat. The cat, a mother-in-law, saw Zoë; 3 b b";
        assertEquals(List.of("cat", "a", "b", "saw", "Anna's"), FillInTheBlank.vocabulary(text, 5));
        assertTrue(FillInTheBlank.vocabulary(text, 99).containsAll(List.of("mother-in-law", "Zoë")));
    }

    private double p(int start, String text) {
        return Math.exp(model.logProb(new int[] {start}, LETTERS.encode(text)));
    }
}
