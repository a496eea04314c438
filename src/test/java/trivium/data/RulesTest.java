package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.data.files.Format;
import trivium.data.files.Note;
import trivium.data.files.Shape;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/** What becomes of files that are not as they should be: each oddity is counted, each breakage a sentence. */
class RulesTest {

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void aByteOrderMarkIsSkipped(String charset) throws IOException {
        var file = folder.resolve("a.jsonl");
        Files.write(file, "\uFEFF{\"prompt\": \"é😀\", \"completion\": \"x\"}".getBytes(Charset.forName(charset)));
        var read = Conversations.read(file);
        assertEquals(List.of(new Conversation("é😀", "x")), read.list());
        assertEquals(file + ": 1 prompt/completion record, 1 byte order mark skipped", read.toString());
    }

    @Test
    void windowsLineEndsAreLineEnds() throws IOException {
        var corpus = Corpus.read(write("a.txt", "one\r\ntwo\n\rthree\r\n\r"));
        assertEquals(List.of("one\ntwo\n\rthree\n\r"), corpus.documents());
        assertEquals(2, corpus.summary().count(Note.CRLF));
        var csv = Conversations.read(write("a.csv", "prompt,completion\r\na,b\r\n"));
        assertEquals(List.of(new Conversation("a", "b")), csv.list());
        // the pair may stand on the edge of any buffer
        for (int length = 65_530; length < 65_540; length++) {
            var text = "x".repeat(length) + "\r\n";
            assertEquals(
                    List.of("x".repeat(length) + "\n"),
                    Corpus.read(write("b.txt", text)).documents());
        }
    }

    @Test
    void bytesThatAreNoTextAreReplacedAndCounted() throws IOException {
        var file = folder.resolve("a.txt");
        Files.write(file, "ok\nM\u00fcller\n\u00ff\u00fe end \u00c3".getBytes(StandardCharsets.ISO_8859_1));
        var corpus = Corpus.read(file);
        // U+FFFD for each maximal part that is wrong, as the Unicode standard advises
        assertEquals(List.of("ok\nM\uFFFDller\n\uFFFD\uFFFD end \uFFFD"), corpus.documents());
        assertEquals(
                file + ": 1 document, 4 invalid UTF-8 sequences replaced by U+FFFD (first: line 2);"
                        + " 18 characters in 1 document",
                corpus.toString());
        var long_ = folder.resolve("b.txt");
        byte[] bytes = new byte[200_000];
        Arrays.fill(bytes, (byte) 'a');
        bytes[65_535] = (byte) 0xC3;
        bytes[65_536] = (byte) 0xA9;
        bytes[131_071] = (byte) 0xFF;
        Files.write(long_, bytes);
        var read = Corpus.read(long_);
        assertEquals(
                "a".repeat(65_535) + "é" + "a".repeat(131_071 - 65_537) + "\uFFFD" + "a".repeat(200_000 - 131_072),
                read.documents().getFirst());
        assertEquals(1, read.summary().count(Note.INVALID_UTF8));
    }

    @Test
    void whatIsLeftOutIsCounted() throws IOException {
        var file = write("a.jsonl", """
                {"prompt": "a", "completion": "1"}
                {"prompt": "a", "completion": "2"}
                {"prompt": "a", "completion": "1", "id": 3}

                {"prompt": "b", "completion": " \\n"}
                {"prompt": " ", "completion": "c"}
                """);
        var read = Conversations.read(file);
        assertEquals(
                List.of(new Conversation("a", "1"), new Conversation("a", "2"), new Conversation(" ", "c")),
                read.list());
        assertEquals(
                file + ": 5 prompt/completion records, 1 with empty prompt, 1 duplicate left out (first: line 3),"
                        + " 1 with empty answer left out (first: line 5); 3 kept",
                read.toString());
        assertEquals(5, read.summary().records());
        assertEquals(3, read.summary().kept());
        assertEquals(
                4, Conversations.read(file, Format.GUESS.keepingDuplicates()).size());
    }

    @Test
    void pairsWithNothingToLearnAreLeftOut() throws IOException {
        var read = Comparisons.read(write("a.json", """
                [{"prompt": "p", "chosen": "x", "rejected": "y"},
                 {"prompt": "p", "chosen": "x", "rejected": "x"},
                 {"prompt": "p", "chosen": "", "rejected": "y"},
                 {"prompt": "p", "chosen": "x", "rejected": " "},
                 {"prompt": "p", "chosen": "", "rejected": ""},
                 {"prompt": "p", "chosen": "x", "rejected": "y"}]"""));
        assertEquals(List.of(new Comparison("p", "x", "y")), read.list());
        assertTrue(
                read.toString()
                        .endsWith(": 6 preference records, 1 duplicate left out (first: record 6),"
                                + " 2 with empty answer left out (first: record 3),"
                                + " 2 with chosen equal to rejected left out (first: record 2); 1 kept"),
                read.toString());
    }

    @Test
    void aChatWithoutAnAnswerIsCounted() throws IOException {
        var read = Conversations.read(write("a.jsonl", """
                {"messages": [{"role": "user", "content": "Hello?"}]}
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null}]}
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}, \
                {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
                {"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": "4"}, \
                {"role": "assistant", "content": "b"}]}
                """));
        assertEquals(List.of(new Conversation("a", "b")), read.list());
        assertEquals(1, read.summary().count(Note.NO_ANSWER));
        assertEquals(2, read.summary().count(Note.EMPTY_ANSWER));
        assertEquals(1, read.summary().count(Note.OTHER_ROLE));
        assertEquals(5, read.summary().records());
    }

    /** In bytes, with three special tokens around: 6 of "ab" and "c", of which the last is not seen. */
    @Test
    void aRecordLongerThanTheContextIsCounted() throws IOException {
        var template = ChatTemplate.DEFAULT;
        var tokenizer = Tokenizer.bytes().withSpecials(template.specials());
        var conversations = Conversations.of(new Conversation("ab", "c"), new Conversation("ab", "cd"));
        assertEquals(
                "conversations: 2 records, 1 longer than the context left out (first: conversation 2); 1 kept",
                conversations.within(5, tokenizer, template).toString());
        assertEquals(2, conversations.within(6, tokenizer, template).size());
        assertEquals(
                "1 conversation (1 longer than the context left out)",
                CompletionBatches.encode(conversations, tokenizer, template, 5).toString());
        CorpusTest.assertMessage(
                () -> conversations.within(4, tokenizer, template), "nothing is left within 4 tokens of conversations");
        var file = write("a.jsonl", """
                {"prompt": "ab", "chosen": "c", "rejected": "cd"}
                {"prompt": "ab", "chosen": "c", "rejected": ""}
                {"prompt": "ab", "chosen": "d", "rejected": "e"}
                """);
        var comparisons = Comparisons.read(file).within(6, tokenizer, template);
        assertEquals(List.of(new Comparison("ab", "d", "e")), comparisons.list());
        assertEquals(1, comparisons.summary().kept());
        assertEquals(1, comparisons.summary().count(Note.LONGER_THAN_CONTEXT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"instruction\": \"i\"}                        | line 11: \"output\" is missing; each line needs {\"instruction\": …, \"output\": …}",
                "{\"instruction\": \"i\", \"output\": 7}         | line 11: \"output\" is not a text in quotes; each line needs {",
                "{\"instruction\": [], \"output\": \"o\"}        | line 11: \"instruction\" is not a text in quotes",
                "{\"instruction\": \"i\", \"input\": 3, \"output\": \"o\"} | line 11: \"input\" is not a text",
                "[1]                                             | line 11: this is not a JSON object; each line needs",
                "{\"instruction\": \"i\", \"output\": \"o        | line 11: this is not valid JSON (is the line cut off?)",
            })
    void aBadLineIsNamedWithItsField(String line, String what) throws IOException {
        var good = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            good.append("{\"instruction\": \"i\", \"output\": \"").append(i).append("\"}\n");
        }
        var file = write("a.jsonl", good + "\n" + line + "\n");
        CorpusTest.assertMessage(() -> Conversations.read(file), file + " " + what);
    }

    @Test
    void badMessagesAreNamed() throws IOException {
        var good =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n";
        var narrator = write("a.jsonl", good + "{\"messages\": [{\"role\": \"narrator\", \"content\": \"Once\"}]}");
        CorpusTest.assertMessage(
                () -> Conversations.read(narrator),
                "a.jsonl line 2: \"messages[0]\" is said by \"narrator\", which is no known role");
        var silent = write("b.jsonl", good + "{\"messages\": [{\"role\": \"user\"}]}");
        CorpusTest.assertMessage(
                () -> Conversations.read(silent), "b.jsonl line 2: \"messages[0]\" has no \"content\"");
        var text = write("c.jsonl", good + "{\"messages\": \"hello\"}");
        CorpusTest.assertMessage(
                () -> Conversations.read(text), "c.jsonl line 2: \"messages\" is not a list of messages");
        var label = write("d.jsonl", "{\"prompt\": \"p\", \"completion\": \"c\", \"label\": \"good\"}");
        CorpusTest.assertMessage(
                () -> Conversations.read(label), "d.jsonl line 1: \"label\" is neither true nor false");
    }

    @Test
    void badListsAndTablesAreNamed() throws IOException {
        var good = "{\"prompt\": \"p\", \"completion\": \"c\"}";
        var cut = write("a.json", "[" + good + ",\n" + good.substring(0, 20));
        CorpusTest.assertMessage(() -> Conversations.read(cut), "a.json record 2", "cut off");
        var comma = write("b.json", "[" + good + ",\n" + good + "\n" + good + "]");
        CorpusTest.assertMessage(() -> Conversations.read(comma), "b.json record 3 (line 3): this is not valid JSON");
        var field = write("c.json", "[" + good + ", {\"prompt\": \"p\"}]");
        CorpusTest.assertMessage(
                () -> Conversations.read(field),
                "c.json record 2: \"completion\" is missing; each record needs {\"prompt\"");
        var columns = write("d.csv", "prompt,completion\na,b\nc\n");
        CorpusTest.assertMessage(
                () -> Conversations.read(columns),
                "d.csv line 3: this row has 1 cell, but the header 2, with \",\" between cells");
        var missing = write("e.csv", "prompt,completion\na,b\n");
        CorpusTest.assertMessage(
                () -> Conversations.read(
                        missing, Format.of(Shape.PROMPT_COMPLETION).field("completion", "antwort")),
                "e.csv line 1: \"antwort\" is missing");
        var pattern = write("g.txt", "a=b\nc\n");
        CorpusTest.assertMessage(
                () -> Conversations.read(pattern, Format.lines("(?<prompt>.*)=(?<completion>.*)")),
                "g.txt line 2: this line does not match");
    }

    @Test
    void theWrongReaderNamesTheRightOne() throws IOException {
        var alpaca = write("a.jsonl", "{\"instruction\": \"i\", \"output\": \"o\"}");
        CorpusTest.assertMessage(() -> Comparisons.read(alpaca), "these are Alpaca records, so use Conversations.read");
        CorpusTest.assertMessage(() -> Corpus.read(alpaca), "these are Alpaca records, so use Conversations.read");
        var text = write("b.jsonl", "{\"text\": \"t\"}");
        CorpusTest.assertMessage(() -> Conversations.read(text), "these are text records, so use Corpus.read");
        var strange = write("c.jsonl", "{\"frage\": \"f\", \"antwort\": \"a\"}");
        CorpusTest.assertMessage(
                () -> Conversations.read(strange),
                "c.jsonl line 1 has \"frage\", \"antwort\", which makes no conversations; Conversations.read knows ",
                "{\"prompt\": …, \"completion\": …}",
                "Format.GUESS.field(\"prompt\"");
        var plain = write("d.txt", "Once upon a time.");
        CorpusTest.assertMessage(() -> Conversations.read(plain), "d.txt is neither JSON nor a table", "Format.lines(");
        CorpusTest.assertMessage(
                () -> Comparisons.read(plain, Format.of(Shape.ALPACA)), "Shape.ALPACA gives no comparisons");
        CorpusTest.assertMessage(
                () -> Format.GUESS.field("prompts", "x"),
                "\"prompts\" is no field of any shape; there are text, prompt");
        CorpusTest.assertMessage(
                () -> Format.lines("(?<prompt>.*)")
                        .shape()
                        .map(_ -> Conversations.read(plain, Format.lines("(?<prompt>.*)"))),
                "names no group \"completion\"");
    }

    @Test
    void nothingThereIsSaid() throws IOException {
        CorpusTest.assertMessage(
                () -> Conversations.read(write("a.jsonl", " \n")), "a.jsonl is empty: it holds no records");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("b.json", "[]")), "b.json is empty: it holds no records");
        CorpusTest.assertMessage(() -> Conversations.read(write("c.csv", "prompt,completion\n")), "c.csv is empty");
        CorpusTest.assertMessage(() -> Corpus.read(write("d.txt", "")), "d.txt is empty: it holds no text");
        CorpusTest.assertMessage(() -> Conversations.read(folder), "is a folder, but a file is needed here");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("e.jsonl", "{\"prompt\": \"p\", \"completion\": \"\"}")),
                "nothing is left of ",
                "1 with empty answer left out");
        var missing = assertThrows(UncheckedIOException.class, () -> Conversations.read("none.jsonl"));
        assertTrue(missing.getMessage().startsWith("none.jsonl does not exist"), missing.getMessage());
    }

    @Test
    void damagedGzipIsSaid() throws IOException {
        var file = folder.resolve("a.jsonl.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 1000; i++) {
                out.write(("{\"prompt\": \"" + i + "\", \"completion\": \"" + i * 31 % 997 + "\"}\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] packed = Files.readAllBytes(file);
        assertEquals(1000, Conversations.read(file).size());
        Files.write(file, Arrays.copyOf(packed, packed.length / 2));
        assertTrue(assertThrows(UncheckedIOException.class, () -> Conversations.read(file))
                .getMessage()
                .startsWith(file + " is cut short"));
        packed[packed.length / 2] ^= 0x55;
        Files.write(file, packed);
        assertThrows(RuntimeException.class, () -> Conversations.read(file));
    }
}
