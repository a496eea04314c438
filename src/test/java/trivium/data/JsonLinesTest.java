package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading and splitting conversations and comparisons. */
class JsonLinesTest {

    private static final String GOOD = "{\"prompt\": \"p\", \"completion\": \"c\"}\n";

    @TempDir
    Path folder;

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("x.jsonl"), text);
    }

    @Test
    void readsLinesAndPassesOverWhatItDoesNotNeed() throws IOException {
        var file = write("\uFEFF{\"prompt\":\"a\\n\\u00e9\",\"completion\":\" \\t.\",\"id\":[1,{}]}\r\n\r\n"
                + "{\"completion\":\"2 日\",\"prompt\":\"b\"}");
        assertEquals(
                Conversations.of(new Conversation("a\né", " \t."), new Conversation("b", "2 日"))
                        .list(),
                Conversations.jsonl(file.toString()).list());
        var pairs = write("{\"prompt\":\"a\",\"rejected\":\"no\",\"chosen\":\"yes\"}");
        assertEquals(new Comparison("a", "yes", "no"), Comparisons.jsonl(pairs).get(0));
    }

    /** Whichever of the two names a reader is called by, it takes the same files and leaves out the same records. */
    @Test
    void oneReaderOneRule() throws IOException {
        for (var lines : List.of(
                GOOD + GOOD,
                GOOD + "{\"prompt\": \"p\", \"completion\": \" \"}",
                "{\"instruction\": \"i\", \"output\": \"o\"}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}",
                "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}")) {
            var file = write(lines);
            assertEquals(1, Conversations.read(file).size());
            assertEquals(Conversations.read(file), Conversations.jsonl(file));
        }
        for (var lines : List.of(
                "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}\n".repeat(2),
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"\\n\\nHuman: a\\n\\nAssistant: c\"}")) {
            var file = write(lines);
            assertEquals(1, Comparisons.read(file).size());
            assertEquals(Comparisons.read(file), Comparisons.jsonl(file));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"p\"}                            | \"completion\" is missing",
                "{\"prompt\": \"p\", \"completion\": null}      | \"completion\" is missing",
                "{\"prompt\": [\"p\"], \"completion\": \"c\"}   | \"prompt[0]\" has no \"role\"",
                "{\"prompt\": 7, \"completion\": \"c\"}         | \"prompt\" is not a text",
                "[\"p\", \"c\"]                                 | not a JSON object",
                "{\"prompt\": \"p\", \"completion\": \"c        | not valid JSON (is the line cut off?)",
                "{'prompt': 'p', 'completion': 'c'}             | not valid JSON",
                "{\"prompt\": \"p\", \"completion\": \"c\"} x   | not valid JSON",
                "prompt,completion                              | not valid JSON",
            })
    void aBadLineIsNamed(String line, String what) throws IOException {
        var file = write(GOOD + "\n" + line + "\n" + GOOD);
        var message = assertThrows(IllegalArgumentException.class, () -> Conversations.jsonl(file))
                .getMessage();
        assertTrue(message.startsWith(file + " line 3: "), message);
        assertTrue(message.contains(what), message);
        assertTrue(
                message.contains("; each line needs {\"prompt\": …, \"completion\": …}") || what.contains("JSON"),
                message);
        assertEquals(
                what.contains("missing"),
                message.endsWith("; where it has another name, name it: Format.GUESS.field(\"completion\", \"…\")"),
                message);
    }

    @Test
    void missingAndEmptyFilesAreNamed() throws IOException {
        var message = assertThrows(UncheckedIOException.class, () -> Comparisons.jsonl("none.jsonl"))
                .getMessage();
        assertTrue(message.startsWith("none.jsonl does not exist"), message);
        var empty = write("\n");
        CorpusTest.assertMessage(() -> Conversations.jsonl(empty), "x.jsonl is empty");
        CorpusTest.assertMessage(() -> Conversations.jsonl(folder), "is a folder");
        CorpusTest.assertMessage(() -> Conversations.of(), "holds no conversations");
    }

    @Test
    void noPromptIsOnBothSides() {
        var list = IntStream.range(0, 600)
                .mapToObj(i -> new Conversation("prompt " + i % 200, "answer " + i))
                .toList();
        var split = Conversations.of(list).split(0.3);
        var train = new TreeSet<>(split.train().prompts());
        assertTrue(split.validation().prompts().stream().noneMatch(train::contains));
        assertEquals(600, split.train().size() + split.validation().size());
        assertTrue(
                split.train()
                        .list()
                        .containsAll(Conversations.of(list)
                                .limit(300)
                                .split(0.3)
                                .train()
                                .list()),
                "fewer items, the same sides");
    }

    @Test
    void theHashSeesWhereATextEnds() {
        assertNotEquals(
                Conversations.of(new Conversation("ab", "c")).sha256(),
                Conversations.of(new Conversation("a", "bc")).sha256());
        assertEquals(
                Conversations.of(new Conversation("ab", "c")).sha256(),
                new Conversations("elsewhere", List.of(new Conversation("ab", "c"))).sha256());
    }
}
