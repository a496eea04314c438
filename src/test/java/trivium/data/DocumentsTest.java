package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.files.Format;
import trivium.data.files.Format.Cut;
import trivium.data.files.Note;

/** Where documents end, and on which side of a split they go. */
class DocumentsTest {

    private static final String TEXT =
            "one\nstill one\n\n \n\ntwo\n<|endoftext|>\n\nthree<|endoftext|><|endoftext|>\nfour\n";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<String> cut(Cut cut) throws IOException {
        return Corpus.read(Format.text(cut), write("a.txt", TEXT)).documents();
    }

    @Test
    void documentsEndWhereOneChooses() throws IOException {
        assertEquals(List.of("one\nstill one\n\n \n\ntwo", "three", "four\n"), cut(Cut.MARKERS));
        assertEquals(
                List.of("one\nstill one", "two\n<|endoftext|>", "three<|endoftext|><|endoftext|>\nfour"),
                cut(Cut.BLANK_LINES));
        assertEquals(
                List.of("one", "still one", "two", "<|endoftext|>", "three<|endoftext|><|endoftext|>", "four"),
                cut(Cut.LINES));
        assertEquals(List.of(TEXT), cut(Cut.FILES));
        var guessed = Corpus.read(folder.resolve("a.txt"));
        assertEquals(cut(Cut.MARKERS), guessed.documents());
        assertEquals(1, guessed.summary().count(Note.EMPTY_DOCUMENT), "between the two markers");
        assertEquals(4, guessed.summary().records());
    }

    /** A marker may stand on the edge of any buffer, and so may the line ends around it. */
    @Test
    void markersAreFoundWhereverTheyStand() throws IOException {
        for (int length = 65_536 - 20; length < 65_536 + 5; length++) {
            var first = "x".repeat(length);
            var file = write("a.txt", first + "\n\n<|endoftext|>\n\nyes\n<|endoftext|>\n");
            assertEquals(List.of(first, "yes"), Corpus.read(file).documents());
        }
    }

    @Test
    void severalFilesAndFolders() throws IOException {
        Files.createDirectories(folder.resolve("in/deep"));
        write("in/b.txt", "second");
        write("in/deep/z.txt", "third");
        write("in/notes.md", "no");
        write("other.jsonl", "{\"text\": \"fifth\"}\n{\"text\": \"second\"}");
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("in/deep/zz.txt.gz")))) {
            out.write("fourth".getBytes(StandardCharsets.UTF_8));
        }
        write("first.txt", "first");
        var corpus = Corpus.read(folder.resolve("first.txt"), folder.resolve("in"), folder.resolve("other.jsonl"));
        assertEquals(List.of("first", "second", "third", "fourth", "fifth"), corpus.documents());
        var copies = corpus.summary().notes().get(Note.DUPLICATE);
        assertEquals(1, copies.times());
        assertEquals(folder.resolve("other.jsonl") + " line 2", copies.first());
    }

    @Test
    void filesStreamByOneRecordAtATime() throws IOException {
        var file = write("a.txt", "a\n<|endoftext|>\na\n<|endoftext|>\nb\n");
        try (var documents = Corpus.stream(Format.GUESS, file)) {
            assertEquals("a", documents.next());
            assertEquals("b\n", documents.next());
            assertFalse(documents.hasNext());
            assertEquals(2, documents.summary().kept());
        }
        var pairs = write("b.jsonl", "{\"prompt\":\"p\",\"completion\":\"c\"}\n".repeat(3) + "broken");
        try (var conversations = Conversations.stream(
                pairs, Format.of(trivium.data.files.Shape.PROMPT_COMPLETION).keepingDuplicates())) {
            CorpusTest.assertMessage(
                    () -> conversations.forEachRemaining(_ -> {}), "b.jsonl line 4: this is not valid JSON");
        }
    }

    /** The same dialogue, at several lengths, with other answers, and many times over. */
    @Test
    void noDialogueIsOnBothSides() throws IOException {
        var lines = new ArrayList<String>();
        for (int i = 0; i < 300; i++) {
            var opening = "\\n\\nHuman: question " + i % 150 + "\\n\\nAssistant:";
            var further = i < 150 ? "" : " answer " + i + "\\n\\nHuman: go on\\n\\nAssistant:";
            lines.add("{\"chosen\": \"" + opening + further + " good\", \"rejected\": \"" + opening + further
                    + " bad\"}");
        }
        var comparisons = Comparisons.read(write("hh.jsonl", String.join("\n", lines)));
        assertEquals(300, comparisons.size());
        var split = comparisons.split(0.3);
        var train = openings(split.train());
        var validation = openings(split.validation());
        assertTrue(train.stream().noneMatch(validation::contains));
        assertEquals(150, train.size() + validation.size());
        assertEquals(0.3, validation.size() / 150.0, 0.1);

        var fewer = comparisons.limit(200).split(0.3);
        assertTrue(split.train().list().containsAll(fewer.train().list()), "adding data moves nothing across");
        assertTrue(split.validation().list().containsAll(fewer.validation().list()));

        var chats = Conversations.of(IntStream.range(0, 100)
                .boxed()
                .flatMap(i -> List.of(
                        new Conversation("Be kind.\n\nq" + i, "a"),
                        new Conversation("Be kind.\n\nHuman: q" + i + "\n\nAssistant: a\n\nHuman: more", "b"))
                        .stream())
                .toList());
        for (var side : List.of(chats.split(0.4).train(), chats.split(0.4).validation())) {
            assertEquals(0, side.size() % 2, "both turns of a chat go together");
        }
    }

    private static Set<String> openings(Comparisons comparisons) {
        var questions = new TreeSet<String>();
        for (var comparison : comparisons) {
            questions.add(comparison.prompt().replaceAll("(?s).*?question (\\d+).*", "$1"));
        }
        return questions;
    }
}
