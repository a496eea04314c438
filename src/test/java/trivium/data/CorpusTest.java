package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void markersCutAFileIntoDocuments() throws IOException {
        var file = write("a.txt", "one\nstory \n<|endoftext|>\n\n two<|endoftext|><|endoftext|>\n");
        assertEquals(List.of("one\nstory ", " two"), Corpus.text(file).documents());
    }

    @Test
    void aFolderIsReadInPathOrder() throws IOException {
        write("b.txt", "second");
        write("a/z.txt", "first\n");
        write("c.md", "no text");
        assertEquals(
                List.of("first\n", "second"), Corpus.text(folder.toString()).documents());
    }

    @Test
    void aFilesHashIsTheOneSha256sumPrints() throws Exception {
        var file = write("a.txt", "Zwölf Boxkämpfer\r\n\n");
        var expected = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        assertEquals(HexFormat.of().formatHex(expected), Corpus.text(file).sha256());
    }

    @Test
    void charactersAreCodePointsAndBytesUtf8() {
        var corpus = Corpus.of("aé😀", "日");
        assertEquals(4, corpus.characters());
        assertEquals(1 + 2 + 4 + 3, corpus.bytes());
    }

    @Test
    void oneDocumentIsCutInItsOrder() {
        var text = "😀".repeat(5) + "abcdefghijklmn";
        var split = Corpus.of(text).split(0.1);
        assertEquals(17, split.train().characters(), "⌊0.9 · 19⌋");
        assertEquals(
                text,
                split.train().documents().getFirst()
                        + split.validation().documents().getFirst());
    }

    @Test
    void noDocumentIsOnBothSidesAndNewOnesMoveNone() {
        var documents = new ArrayList<>(
                IntStream.range(0, 1000).mapToObj(i -> "document " + i % 700).toList());
        var split = Corpus.of(documents).split(0.2);
        var train = new TreeSet<>(split.train().documents());
        var validation = new TreeSet<>(split.validation().documents());
        assertTrue(train.stream().noneMatch(validation::contains));
        assertEquals(
                1000,
                split.train().documents().size()
                        + split.validation().documents().size());
        assertEquals(0.2, validation.size() / 700.0, 0.05);

        IntStream.range(0, 500).forEach(i -> documents.addFirst("new document " + i));
        var larger = Corpus.of(documents).split(0.2);
        assertTrue(larger.train().documents().containsAll(train));
        assertTrue(larger.validation().documents().containsAll(validation));
    }

    @Test
    void evenTwoDocumentsGiveBothSides() {
        for (int i = 0; i < 20; i++) {
            for (double share : new double[] {1e-9, 0.5, 1 - 1e-9}) {
                var split = Corpus.of("left " + i, "right " + i).split(share);
                assertEquals(1, split.train().documents().size());
                assertEquals(1, split.validation().documents().size());
            }
        }
    }

    @Test
    void whatCannotBeSplitIsSaid() {
        assertMessage(() -> Corpus.of("same", "same", "same").split(0.1), "two different documents", "3, all alike");
        assertMessage(() -> Corpus.of("abc").split(0.1).train().split(0.999), "too short");
        assertMessage(() -> Corpus.of("abc", "def").split(1), "between 0 and 1", "not 1.0");
        assertMessage(() -> Corpus.of("abc", "def").split(Double.NaN), "between 0 and 1");
    }

    @Test
    void whatIsNoTextIsSaid() throws IOException {
        var missing = assertThrows(UncheckedIOException.class, () -> Corpus.text("no/such.txt"))
                .getMessage();
        assertTrue(missing.startsWith("no/such.txt does not exist; relative paths start at /"), missing);
        assertMessage(() -> Corpus.text(folder), folder.toString(), "no .txt file");
        var empty = write("empty.txt", " \n");
        assertMessage(() -> Corpus.text(empty), "empty.txt", "is empty");
        var markers = write("markers.txt", "<|endoftext|>\n<|endoftext|>");
        assertMessage(() -> Corpus.text(markers), "markers.txt", "is empty");
        var latin = folder.resolve("latin.txt");
        Files.write(latin, "one\ntwo\nM\u00fcller".getBytes(StandardCharsets.ISO_8859_1));
        assertMessage(() -> Corpus.text(latin), "latin.txt line 3", "0xFC", "not UTF-8");
        assertMessage(() -> Corpus.of(), "holds no text");
    }

    static void assertMessage(org.junit.jupiter.api.function.Executable action, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
