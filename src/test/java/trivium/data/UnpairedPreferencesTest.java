package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import trivium.text.Tokenizers;

class UnpairedPreferencesTest {

    @TempDir
    Path folder;

    @Test
    void goodAndBadAnswersAreRead() throws IOException {
        var read = UnpairedPreferences.read(write("judged.jsonl", """
                {"prompt": "a?", "completion": "b", "label": true}
                {"prompt": "a?", "completion": "b", "label": false}
                {"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "c?"}], "completion": [{"role": "assistant", "content": "d"}], "label": 0}
                {"prompt": "e?", "completion": " ", "label": 1}
                """));
        assertEquals(
                List.of(
                        new UnpairedPreference("a?", "b", true),
                        new UnpairedPreference("a?", "b", false),
                        new UnpairedPreference(List.of(Message.system("s"), Message.user("c?")), "d", false)),
                read.list());
        assertTrue(read.toString().contains("empty"), read.toString());
    }

    @Test
    void tablesAreReadAlike() throws IOException {
        var read = UnpairedPreferences.read(write("judged.csv", "prompt,completion,label\na?,b,1\nc?,d,False\n"));
        assertEquals(
                List.of(new UnpairedPreference("a?", "b", true), new UnpairedPreference("c?", "d", false)),
                read.list());
    }

    @Test
    void whatIsNoneIsRefusedByLineAndField() throws IOException {
        assertRefused("line 2: \"label\" is neither true nor false", """
                {"prompt": "a?", "completion": "b", "label": true}
                {"prompt": "a?", "completion": "c", "label": "good"}
                """);
        assertRefused("so use Conversations.read", "{\"prompt\": \"a?\", \"completion\": \"b\"}\n");
        assertRefused("\"completion\": …, \"label\": …", "{\"prompt\": \"a?\"}\n");
    }

    private void assertRefused(String sentence, String content) throws IOException {
        var file = write("refused.jsonl", content);
        var message = assertThrows(IllegalArgumentException.class, () -> UnpairedPreferences.read(file))
                .getMessage();
        assertTrue(message.contains(sentence), message);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void comparisonsAreTwoJudgementsEach() {
        var unpaired = Comparisons.of(new Comparison("a?", "b", "c")).unpaired();
        assertEquals(
                List.of(new UnpairedPreference("a?", "b", true), new UnpairedPreference("a?", "c", false)),
                unpaired.list());
        var turned = UnpairedPreferences.of(
                new UnpairedPreference("a?", "b", false), new UnpairedPreference("a?", "c", true));
        assertNotEquals(unpaired.sha256(), turned.sha256(), "labels are content");
    }

    /** The divergence is estimated from answers to other prompts: a b c d beside one another's. */
    @Test
    void eachPromptHasTheAnswerToAnother() {
        var letters = Tokenizers.characters(List.of("abcdefghx")).withSpecials(ChatTemplate.DEFAULT.specials());
        var all = UnpairedPreferences.of(
                new UnpairedPreference("a", "e", true),
                new UnpairedPreference("a", "f", false),
                new UnpairedPreference("b", "g", true),
                new UnpairedPreference("c", "hhhhhh", true),
                new UnpairedPreference("d", "x", true));
        int context = ChatTemplate.DEFAULT.example(letters, "a", "hhhhhh").ids().length - 1;
        var split = UnpairedBatches.split(all, letters, ChatTemplate.DEFAULT, context, 0.3);
        assertEquals(1, split.train().skipped());
        for (var side : List.of(split.train(), split.validation())) {
            var prompts = side.examples().stream()
                    .map(e -> letters.decode(Arrays.copyOf(e.ids(), e.promptLength())))
                    .toList();
            var texts =
                    side.examples().stream().map(e -> letters.decode(e.ids())).toList();
            for (int i = 0; i < side.size(); i++) {
                var text = letters.decode(side.mismatched().get(i).ids());
                assertTrue(text.startsWith(prompts.get(i)), text);
                boolean alone = prompts.stream().distinct().count() == 1;
                assertEquals(alone, texts.contains(text), texts + " " + text);
            }
        }
    }
}
