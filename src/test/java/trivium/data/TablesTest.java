package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.data.files.Format;
import trivium.data.files.Note;
import trivium.data.files.Shape;

/** Tables as RFC 4180 has them: every row becomes a record, and every cell is the text it is. */
class TablesTest {

    private static final String CELLS = "a \",\n#\t;=";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void noRowIsLostAndNoCellAltered() throws IOException {
        var read = Conversations.read(write("faq.csv", """
                prompt,completion
                #1 fan?,yes
                sky is, blue
                "a ""quoted"" one",  two spaces \s
                """));
        assertEquals(
                List.of(
                        new Conversation("#1 fan?", "yes"),
                        new Conversation("sky is", " blue"),
                        new Conversation("a \"quoted\" one", "  two spaces  ")),
                read.list());
        assertEquals(3, read.summary().records());
    }

    /** Every pair of cells of up to two of these characters, as a writer of RFC 4180 writes them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"','|false", "','|true", "';'|false", "';'|true", "'\t'|false", "'\t'|true"})
    void whatIsWrittenIsRead(char separator, boolean allQuoted) throws IOException {
        var cells = Stream.concat(
                        Stream.of(""),
                        CELLS.chars()
                                .boxed()
                                .flatMap(c -> Stream.concat(
                                        Stream.of(Character.toString(c)),
                                        CELLS.chars().mapToObj(d -> Character.toString(c) + Character.toString(d)))))
                .toList();
        var expected = new ArrayList<Conversation>();
        for (var prompt : cells) {
            // a blank answer would be left out
            cells.forEach(cell -> expected.add(new Conversation(prompt, cell.isBlank() ? cell + "." : cell)));
        }
        for (var end : List.of("\n", "\r\n")) {
            var text = "prompt" + separator + "completion" + end
                    + expected.stream()
                            .map(row -> cell(row.prompt(), separator, allQuoted)
                                    + separator
                                    + cell(row.completion(), separator, allQuoted)
                                    + end)
                            .collect(Collectors.joining());
            var read = Conversations.read(
                    write("x.table", text), Format.GUESS.separatedBy(separator).keepingDuplicates());
            assertEquals(expected, read.list());
        }
    }

    private static String cell(String text, char separator, boolean quoted) {
        boolean needed = text.chars().anyMatch(c -> c == separator || c == '"' || c == '\n');
        return needed || quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    /** Files and rows written by Python 3.11's csv and json modules. */
    @ParameterizedTest
    @ValueSource(strings = {"python-excel.csv", "python-unix.csv", "python-semicolon.csv", "python-excel-tab.tsv"})
    void readsWhatPythonWrites(String file) {
        var resources = Path.of("src/test/resources/trivium/data");
        assertEquals(
                Conversations.read(resources.resolve("python-rows.jsonl")).list(),
                Conversations.read(resources.resolve(file)).list());
    }

    @Test
    void headersAndLineEndsOfEverySystem() throws IOException {
        var expected = List.of(new Conversation("a", "b\nc"), new Conversation("", "d"));
        for (var end : List.of("\n", "\r\n", "\r")) {
            var text = "\uFEFF\n id , prompt , \"completion\"\n1,a,\"b\nc\"\n\n2,,d".replace("\n\n", "\n \n");
            var rows = text.replace("\n", end).replace("b" + end + "c", "b\nc");
            assertEquals(expected, Conversations.read(write("a.csv", rows)).list(), () -> "with " + end);
        }
        // CRLF within a cell is a line end like any other
        assertEquals(
                "b\nc",
                Conversations.read(write("b.csv", "prompt,completion\r\na,\"b\r\nc\"\r\n"))
                        .get(0)
                        .completion());
    }

    /** An empty cell is an empty text, whether in quotes or not; only a row with too few cells lacks one. */
    @Test
    void emptyCellsAreTexts() throws IOException {
        var read = Conversations.read(write("a.csv", "instruction,input,output\ni,,o\ni,\"\",p\ni,x,\n,,\n"));
        assertEquals(2, read.size());
        assertEquals(2, read.summary().count(Note.EMPTY_ANSWER));
        assertEquals(3, read.summary().count(Note.EMPTY_INPUT));
        var documents = Corpus.read(write("b.csv", "text\none\n\n\"\"\n# two\n"));
        assertEquals(List.of("one", "# two"), documents.documents());
        assertEquals(2, documents.summary().count(Note.EMPTY_DOCUMENT));
    }

    @Test
    void quotesMayBeCharacters() throws IOException {
        var text = "prompt\tcompletion\n\"Hello\" he said\t5\" disk\n\"open\tend\n";
        var file = write("a.tsv", text);
        CorpusTest.assertMessage(
                () -> Conversations.read(file),
                "a.tsv line 2: \" \" follows the quote that ends a cell",
                "read it with Format.GUESS.unquoted()");
        assertEquals(
                List.of(new Conversation("\"Hello\" he said", "5\" disk"), new Conversation("\"open", "end")),
                Conversations.read(file, Format.GUESS.unquoted()).list());
        assertEquals(
                new Conversation("6\" disk", "yes"),
                Conversations.read(write("b.csv", "prompt,completion\n6\" disk,yes\n"))
                        .get(0));
    }

    @Test
    void brokenTablesAreNamed() throws IOException {
        CorpusTest.assertMessage(
                () -> Conversations.read(write("a.csv", "prompt,completion\n\"a\nb\",c\nd,e, f\n")),
                "a.csv line 4: this row has 3 cells, but the header 2, with \",\" between cells");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("b.csv", "prompt,completion\na,b\nc,\"d\ne,f\n")),
                "b.csv line 3: the quote that begins a cell here is never closed");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("c.csv", "prompt,completion,prompt\na,b,c\n")),
                "c.csv line 1: two columns of this table",
                "are called \"prompt\"");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("d.csv", "\nfrage\tantwort\na\tb\n")),
                "d.csv line 2 has \"frage\", \"antwort\", which makes no conversations");
        CorpusTest.assertMessage(
                () -> Conversations.read(write("e.csv", "prompt,antwort\na,b\n"), Format.of(Shape.PROMPT_COMPLETION)),
                "e.csv line 1: \"completion\" is missing");
    }

    @Test
    void columnsAreKnownInCapitalsAndSmallLetters() throws IOException {
        var expected = List.of(new Conversation("a", "b"));
        assertEquals(
                expected,
                Conversations.read(write("a.csv", "Prompt,COMPLETION\na,b\n")).list());
        assertEquals(
                expected,
                Conversations.read(write("a.txt", "Question;Answer\na;b\n")).list());
        assertEquals(
                expected,
                Conversations.read(write("b.csv", "frage,Answer\na,b\n"), Format.GUESS.field("prompt", "Frage"))
                        .list());
        // The name as it is written comes first.
        assertEquals(
                expected,
                Conversations.read(write("c.csv", "Prompt,prompt,completion\nx,a,b\n"))
                        .list());
    }

    /** Excel's way of saying what is between cells, whatever the country. */
    @Test
    void aFirstLineMayDeclareTheSeparator() throws IOException {
        var expected = List.of(new Conversation("a, b", "c"));
        for (var first : List.of("sep=;\r\n", "\uFEFFSEP=;\n", "\"sep=;\"\n")) {
            for (var name : List.of("a.csv", "a.txt")) {
                var file = write(name, first + "prompt;completion\r\na, b;c\r\n");
                assertEquals(expected, Conversations.read(file).list(), first);
                assertEquals(
                        expected,
                        Conversations.read(file, Format.GUESS.separatedBy(';')).list());
            }
        }
        assertEquals(
                expected,
                Conversations.read(write("b.csv", "sep=|\nprompt|completion\na, b|c\n"))
                        .list());
        CorpusTest.assertMessage(
                () -> Conversations.read(write("c.csv", "sep=;\nfrage;antwort\na;b\n")), "c.csv line 2 has \"frage\"");
    }

    /** A table with tabs may be called .csv. */
    @Test
    void theHeaderSaysWhatIsBetween() throws IOException {
        assertEquals(
                new Conversation("a, b", "c;"),
                Conversations.read(write("a.csv", "prompt\tcompletion\na, b\tc;\n"))
                        .get(0));
    }
}
