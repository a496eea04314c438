package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Tokenizer;

class StepwiseAnswersTest {

    @TempDir
    Path folder;

    /** As TRL's "stepwise supervision" has it; a record with a blank step is left out and counted. */
    @Test
    void stepsAndTheirLabelsAreRead() throws IOException {
        var read = StepwiseAnswers.read(write("""
                {"prompt": "a?", "completions": ["b", "c"], "labels": [true, false]}
                {"prompt": [{"role": "user", "content": "d?"}], "completions": ["e"], "labels": [1]}
                {"prompt": "f?", "completions": ["g", " "], "labels": [true, true]}
                """));
        assertEquals(
                List.of(
                        new StepwiseAnswer("a?", List.of("b", "c"), List.of(true, false)),
                        new StepwiseAnswer("d?", List.of("e"), List.of(true))),
                read.list());
        assertTrue(read.toString().contains("1 with empty answer left out"), read.toString());
    }

    @Test
    void whatIsNoneIsRefusedByLineAndField() throws IOException {
        assertRefused("line 2: 2 steps have 1 labels", """
                {"prompt": "a?", "completions": ["b"], "labels": [true]}
                {"prompt": "a?", "completions": ["b", "c"], "labels": [true]}
                """);
        assertRefused(
                "line 1: \"labels[1]\" is neither true nor false",
                "{\"prompt\": \"a?\", \"completions\": [\"b\", \"c\"], \"labels\": [true, \"good\"]}\n");
        assertRefused(
                "line 1: \"completions\" is not a list",
                "{\"prompt\": \"a?\", \"completions\": \"b\", \"labels\": [true]}\n");
        assertRefused("these are unpaired records, so use", """
                {"prompt": "a?", "completion": "b", "label": true}
                """);
    }

    private void assertRefused(String sentence, String content) throws IOException {
        var file = write(content);
        var refused = assertThrows(IllegalArgumentException.class, () -> StepwiseAnswers.read(file));
        assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
    }

    private Path write(String content) throws IOException {
        return Files.writeString(folder.resolve("steps.jsonl"), content);
    }

    /** What stands up to each end is the answer up to that step and the line break behind it. */
    @Test
    void aStepIsJudgedWhereItsLineEnds() {
        var steps = List.of("one and two", "  three", "one");
        var words = Tokenizer.bpe(Corpus.of(List.of("one and two\n  three\n", "one\ntwo and two\n")), 300)
                .withSpecials(ChatTemplate.DEFAULT.specials());
        var prompt = List.of(Message.user("and?"));
        int begin = ChatTemplate.DEFAULT.prompt(words, prompt).length;
        var encoded = Steps.of(words, ChatTemplate.DEFAULT, prompt, steps, "\n");
        assertEquals(begin, encoded.promptLength());
        var text = "";
        for (int i = 0; i < steps.size(); i++) {
            text += steps.get(i) + "\n";
            int end = encoded.ends()[i] + 1;
            assertEquals(text, words.decode(Arrays.copyOfRange(encoded.ids(), begin, end)));
        }
        assertEquals(encoded.ids().length, encoded.ends()[2] + 1);
        assertEquals(steps, Steps.in(text + "\n \n", "\n", true));
        var batch = Rows.scores(List.of(encoded, Steps.of(words, ChatTemplate.DEFAULT, prompt, List.of("one"), "\n")));
        for (int t = 0; t < batch.time(); t++) {
            int place = t;
            assertEquals(Arrays.stream(encoded.ends()).anyMatch(end -> end == place) ? 1 : 0, batch.weights()[t]);
        }
        assertEquals(4, batch.counted());
    }

    /** A text is cut at whatever separates its steps, taken literally; a step without an end is none. */
    @Test
    void aTextIsCutAtItsSeparator() {
        assertEquals(List.of("a", "b", "c"), Steps.in("a\r\nb\n\rc", "\n", true));
        assertEquals(List.of("a\nb", "c.d"), Steps.in("a\nb.*c.d.*", ".*", true));
        assertEquals(List.of("a"), Steps.in("a\nb", "\n", false));
        assertEquals(List.of("a", "b"), Steps.in("a\nb\n", "\n", false));
        assertEquals(List.of(), Steps.in("a", "\n", false));
        assertEquals(List.of("a"), Steps.in("a", "\n", true));
        assertEquals(List.of(), Steps.in(" \n", "\n", true));
    }

    /** Of a text that does not fit, the whole steps within the context count, which may be none. */
    @Test
    void whatDoesNotFitIsJudgedByWhatIsSeen() {
        var steps = new Steps(new int[] {9, 9, 1, 2, 3, 4}, 2, new int[] {3, 5});
        assertArrayEquals(new int[] {3}, steps.within(5).ends());
        assertArrayEquals(new int[] {}, steps.within(3).ends());
        assertArrayEquals(new int[] {9, 9, 1}, steps.within(3).ids());
    }
}
