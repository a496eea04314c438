package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.model.Lora;
import trivium.text.Tokenizer;

/** A run takes its template's tokens, whatever its model answers and however many rows that has to spare. */
class TemplateTokensTest {

    private static final Tokenizer LETTERS = Tokenizer.characters(List.of("abcdefgh"));

    private static int rows(LanguageModel model) {
        var run = new Run(RunCard.begin("tiny", null, Map.of(), Origin.here(0, "")), model, LETTERS, Map.of());
        var grown = run.withTemplateTokens();
        assertEquals(LETTERS.size() + 3, grown.tokenizer().size());
        return grown.model().vocabulary();
    }

    @Test
    void rowsToSpareAreTakenFirst() {
        int more = LETTERS.size() + 3;
        for (int spare : new int[] {0, 2, 50}) {
            var model = Llama.of(8, 8, 1, 2, 2).fresh(LETTERS.size() + spare, 1);
            int expected = Math.max(LETTERS.size() + spare, more);
            assertEquals(expected, rows(model));
            assertEquals(expected, rows(model.withScalarHead(2)), "one that scores");
            assertEquals(expected, rows(model.withAdapter(Lora.rank(1), 3).withScalarHead(2)), "beside an adapter");
        }
    }
}
