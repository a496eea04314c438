package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trivium.generate.Sampling;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** Play and chat where nothing can be touched, with a reader's lines written down beforehand. */
@Timeout(60)
class QuestionsTest {

    private final StringBuilder said = new StringBuilder();

    private Questions lines(String input) {
        return new Questions(new BufferedReader(new StringReader(input)), said);
    }

    private static Run run(String phase) {
        var letters = Tokenizers.characters(List.of("abc")).withSpecials(ChatTemplate.DEFAULT.specials());
        var card = RunCard.begin(phase, null, Map.of(), Origin.here(0, ""));
        return new Run(card, Transformer.of(Gpt.of(60, 16, 1, 1), letters.size(), 1), letters, Map.of());
    }

    @Test
    void eachPromptIsGoneOnWithUntilAnEmptyLine() {
        var run = run("pretrain");
        var shown = Playground.ask("a", List.of(run, run), lines("ab\nxyz\nca\n\nbb\n"));
        for (var prompt : List.of("ab", "ca")) {
            var alone = run.completions().stream(
                            run.completions().document(prompt),
                            Sampling.atTemperature(0.8).maxTokens(60).seed(1),
                            _ -> true)
                    .text();
            assertTrue(said.toString().contains(run.label() + ": " + alone + "\n"), said + " lacks " + alone);
        }
        assertEquals(4, said.toString().split("an empty line ends", -1).length - 1, said.toString());
        assertTrue(shown.still().contains(">ca</span>"), "the last prompt stays in the picture: " + shown.still());
    }

    @Test
    void aChatGoesTurnByTurnUntilTheInputEnds() {
        var shown = ChatView.ask(run("finetune"), lines("ab\ncab\n" + "abc".repeat(30) + "\n"));
        assertEquals(2, said.toString().split("assistant: ", -1).length - 1, said.toString());
        assertTrue(said.toString().contains("context takes 60"), said.toString());
        var still = shown.still();
        assertTrue(still.indexOf("ab") < still.lastIndexOf("cab"), still);
    }

    @Test
    void whereNobodyAnswersThePictureStands() {
        assertTrue(Playground.ask("ab", List.of(run("pretrain")), lines(""))
                .still()
                .contains("ab"));
        assertEquals("another prompt (an empty line ends): \n", said.toString());
    }
}
