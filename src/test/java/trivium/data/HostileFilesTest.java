package trivium.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.data.files.Format;
import trivium.data.files.Format.Cut;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Files that would fill the memory or never end: each is refused in a sentence, in bounded memory and time. */
class HostileFilesTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** A few hundred kilobytes of gzip that unpack to 70 million characters without a line end. */
    private Path bomb(String name, String beginning) throws IOException {
        var file = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(beginning.getBytes(StandardCharsets.UTF_8));
            byte[] chunk = "a".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 70; i++) {
                out.write(chunk);
            }
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.jsonl    | {\"prompt\": \"                   | line 1",
                "a.json     | [{\"prompt\": \"p\", \"completion\": \"c\"}, {\"prompt\": \" | record 2",
                "a.csv      | prompt,completion,                | line 1",
                "a.csv      | `prompt,completion\np,\"`         | line 2",
                "a.tsv      | `prompt\tcompletion\np\t`         | line 2",
                "a.txt      | `IN: jump OUT: JUMP\nIN: `        | line 2",
            })
    void aRecordWithoutEndIsRefused(String name, String beginning, String where) throws IOException {
        var file = bomb(name, beginning);
        var message = assertThrows(IllegalArgumentException.class, () -> Conversations.read(file))
                .getMessage();
        assertTrue(message.startsWith(file + " " + where + ": this record has more than 67,108,864"), message);
    }

    @Test
    void linesOfTextAreRecordsToo() throws IOException {
        var file = bomb("a.txt", "one\n");
        CorpusTest.assertMessage(
                () -> Corpus.read(Format.text(Cut.LINES), file), "line 2: this record has more than 67,108,864");
    }

    /** Ten million blank lines are nothing, and an interrupt is heard among them. */
    @Test
    void blankLinesDoNotKeepAnInterrupt() throws IOException {
        var file = folder.resolve("a.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"prompt\": \"p\", \"completion\": \"c\"}\n".getBytes(StandardCharsets.UTF_8));
            out.write("\n".repeat(10_000_000).getBytes(StandardCharsets.UTF_8));
        }
        var records = Conversations.stream(file, Format.GUESS);
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, records::toList);
        assertFalse(Thread.interrupted());
    }

    /** A pipe that nobody writes to, a device that never ends. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void pipesAndDevicesAreRefused() throws IOException, InterruptedException {
        var pipe = folder.resolve("pipe.jsonl");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (var path : List.of(pipe, Path.of("/dev/zero"))) {
            List<Executable> readers = List.of(
                    () -> Conversations.read(path),
                    () -> Comparisons.jsonl(path),
                    () -> Corpus.read(path),
                    () -> Corpus.text(path),
                    () -> TokenFile.open(path),
                    () -> Tokenizers.load(path),
                    () -> Tokenizers.loadGpt2(path, path));
            for (var reader : readers) {
                var message = assertTimeoutPreemptively(
                                LONG, () -> assertThrows(IllegalArgumentException.class, reader))
                        .getMessage();
                assertTrue(message.startsWith(path + " is a pipe or a device"), message);
            }
        }
    }

    private Path tokens(Tokenizer tokenizer) {
        var file = folder.resolve("x.tokens");
        var documents = List.of("a story of a cat", "and a dog").iterator();
        TokenFile.build(file, documents, tokenizer, TokenFile.Listener.SILENT);
        return file;
    }

    private static void write(Path file, long at, ByteBuffer bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes, at);
        }
    }

    /** A token's place is found when it is read, and no model ever sees an id that is none. */
    @Test
    void anIdBeyondTheVocabularyIsRefused() throws IOException {
        var tokenizer = Tokenizers.bytes();
        var file = tokens(tokenizer);
        var whole = TokenFile.open(file, tokenizer).tokens();
        write(
                file,
                TokenFile.HEADER + 2 * 5,
                ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 60_000));
        var damaged = TokenFile.open(file, tokenizer).tokens();
        int[] before = new int[5];
        damaged.ids().copy(0, before, 0, 5);
        assertEquals("a sto", tokenizer.decode(before));
        List<Executable> uses = List.of(
                () -> damaged.ids().toArray(),
                () -> damaged.ids().slice(3, 9).toArray(),
                () -> NextTokens.sequential(damaged, 1, 4).at(1),
                () -> NextTokens.shuffled(damaged, 8, 8, 0).at(0),
                () -> damaged.documents(tokenizer).toList());
        for (var use : uses) {
            var message = assertThrows(IllegalArgumentException.class, use).getMessage();
            assertEquals(
                    file + " is damaged: its token 5 has the id 60000, but the vocabulary has 0 to 255; build it again",
                    message);
        }
        assertEquals(25, whole.size());
    }

    @Test
    void theVocabularyOfTheHeaderIsTheTokenizers() throws IOException {
        var tokenizer = Tokenizers.bytes();
        var file = tokens(tokenizer);
        write(file, 12, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 60_001));
        CorpusTest.assertMessage(
                () -> TokenFile.open(file, tokenizer), file + " is damaged: its header speaks of 60001 tokens");
        var missing = assertThrows(UncheckedIOException.class, () -> TokenFile.open(folder.resolve("none")));
        assertTrue(missing.getMessage().startsWith("there is no file"), missing.getMessage());
        CorpusTest.assertMessage(() -> TokenFile.open(folder), folder + " is a folder");
    }
}
