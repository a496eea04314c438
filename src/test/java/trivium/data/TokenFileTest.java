package trivium.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.FillInTheMiddle.Between;
import trivium.tensor.Batch;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class TokenFileTest {

    private static final Tokenizer BYTES = Tokenizers.bytes().withSpecials(Tokenizer.END_OF_TEXT);

    @TempDir
    private Path folder;

    private static TokenFile build(Path path, Tokenizer tokenizer, String... documents) {
        return TokenFile.build(path, List.of(documents).iterator(), tokenizer, TokenFile.Listener.SILENT);
    }

    /** More characters than 16 bits hold, so that every token takes 32. */
    private static Tokenizer wide() {
        var all = new StringBuilder();
        IntStream.rangeClosed(0x10000, 0x20010).forEach(all::appendCodePoint);
        return Tokenizers.characters(List.of("ab" + all)).withSpecials(Tokenizer.END_OF_TEXT);
    }

    /** A file as docs/formats.md describes it, by hand. */
    private static byte[] header(int width, int vocabulary, long count) throws Exception {
        var header = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        header.put("TVTOKENS".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(vocabulary);
        header.putLong(count).putLong(3).putLong(0);
        header.position(64);
        header.put(MessageDigest.getInstance("SHA-256").digest(BYTES.identity().getBytes(StandardCharsets.UTF_8)));
        header.put(MessageDigest.getInstance("SHA-256").digest("aé".getBytes(StandardCharsets.UTF_8)));
        return header.array();
    }

    private static byte[] ids(int... ids) {
        var bytes = ByteBuffer.allocate(2 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(ids).forEach(id -> bytes.putShort((short) id));
        return bytes.array();
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        return ByteBuffer.allocate(head.length + tail.length)
                .put(head)
                .put(tail)
                .array();
    }

    @Test
    void theBytesAreThoseOfTheDescription() throws Exception {
        var path = folder.resolve("one.tokens");
        build(path, BYTES, "aé");
        assertArrayEquals(concat(header(2, 257, 3), ids('a', 0xc3, 0xa9)), Files.readAllBytes(path));
        assertEquals(List.of(path), list(), "nothing is left beside it");
    }

    @Test
    void aFileMadeByHandIsRead() throws Exception {
        var path = folder.resolve("hand.tokens");
        Files.write(path, concat(header(2, 65_536, 4), ids(65_535, 0, 32_768, 7)));
        var file = TokenFile.open(path);
        assertArrayEquals(new int[] {65_535, 0, 32_768, 7}, file.tokens().ids().toArray());
        assertEquals(3, file.tokens().bytes());
        assertEquals(
                HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest("aé".getBytes(StandardCharsets.UTF_8))),
                file.dataHash());
    }

    @Test
    void itHoldsWhatMemoryWould() {
        for (var tokenizer : List.of(BYTES, Tokenizers.bytes(), wide())) {
            for (var documents : List.of(List.of("ab"), List.of("ab", "b\n", "\ud800\udc05a"))) {
                var corpus = Corpus.of(documents);
                var expected = Tokens.encode(corpus, tokenizer);
                var file = build(folder.resolve("x.tokens"), tokenizer, documents.toArray(String[]::new));
                assertEquals(tokenizer.size() > 65_536 ? 4 : 2, file.width());
                assertArrayEquals(expected.ids().toArray(), file.tokens().ids().toArray());
                assertEquals(expected.bytes(), file.tokens().bytes());
                assertEquals(expected.unknown(), file.tokens().unknown());
                assertEquals(corpus.sha256(), file.dataHash());
            }
        }
    }

    /** The share and the seed of moved middles stand where docs/formats.md says. */
    @Test
    void aFileKnowsWhatWasRearranged() throws Exception {
        var tokenizer = BYTES.withSpecials(FillInTheMiddle.specials());
        var path = folder.resolve("x.tokens");
        var fill = FillInTheMiddle.of(tokenizer, 77).rate(0.25).between(Between.WORDS);
        TokenFile.build(path, List.of("ab", "cd").iterator(), tokenizer, fill, TokenFile.Listener.SILENT);
        var header = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0.25, header.getDouble(40));
        assertEquals(77, header.getLong(48));
        assertEquals(1, header.getInt(56));
        assertEquals(
                new TokenFile.Middles(0.25, 77, Between.WORDS),
                TokenFile.open(path).middles());
        assertEquals(TokenFile.Middles.NONE, build(path, tokenizer, "ab").middles());
        byte[] damaged = header(2, 257, 0);
        ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putDouble(40, Double.NaN);
        Files.write(path, damaged);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TokenFile.open(path))
                .getMessage()
                .contains("damaged"));
    }

    /**
     * Documents of many sizes, some longer than what is read at a time, one empty of text and one cut in a character.
     */
    @Test
    void documentsComeBackAndAShareIsSetAsideBetweenThem() {
        var documents = List.of("é", "x".repeat(5_000), "ab", "yz".repeat(2_047), "last");
        var tokens = Tokens.encode(Corpus.of(documents), BYTES);
        assertEquals(documents, tokens.documents(BYTES).toList());
        long all = tokens.size();
        long before = 0;
        for (int i = 0; i < documents.size(); i++) {
            int kept = i + 1;
            before += documents.get(i).getBytes(StandardCharsets.UTF_8).length + 1;
            // Anywhere within a document the cut comes behind it; the last document can only be cut itself.
            double share = 1 - (before - 1.5) / all;
            if (kept < documents.size()) {
                var split = tokens.split(share, BYTES);
                assertEquals(
                        documents.subList(0, kept),
                        split.train().documents(BYTES).toList());
                assertEquals(
                        documents.subList(kept, documents.size()),
                        split.validation().documents(BYTES).toList());
                assertEquals(
                        Corpus.of(documents.subList(0, kept)).bytes(),
                        split.train().bytes());
                assertEquals(
                        Corpus.of(documents.subList(kept, documents.size())).bytes(),
                        split.validation().bytes());
            }
        }
        var cut = Tokens.encode(Corpus.of("abcdefghij"), BYTES).split(0.25, BYTES);
        assertEquals(List.of("abcdefg"), cut.train().documents(BYTES).toList());
        assertEquals(3, cut.validation().bytes());
        assertThrows(
                IllegalArgumentException.class,
                () -> Tokens.encode(Corpus.of("ab"), BYTES).split(0.5, BYTES));
    }

    /** Documents longer and shorter than the writer's megabyte, which they don't fill evenly. */
    @Test
    void buffersMeetWithoutASeam() {
        var said = new ArrayList<Long>();
        var documents =
                Stream.of("xyz".repeat(700_001), "a", "q".repeat(300_000)).toList();
        var file =
                TokenFile.build(folder.resolve("x.tokens"), documents.iterator(), BYTES, (_, done) -> said.add(done));
        var expected = Tokens.encode(Corpus.of(documents), BYTES).ids().toArray();
        assertArrayEquals(expected, file.tokens().ids().toArray());
        assertTrue(said.size() >= 4 && said.getLast() == expected.length, said.toString());
        assertEquals(said.stream().sorted().toList(), said);
    }

    @Test
    void batchesAreThoseOfMemory() {
        var documents =
                IntStream.range(0, 40).mapToObj(i -> "document " + i + ".").toArray(String[]::new);
        var memory = Tokens.encode(Corpus.of(documents), BYTES);
        var file = build(folder.resolve("x.tokens"), BYTES, documents).tokens();
        for (long step : new long[] {0, 5, 17, 4_000}) {
            same(
                    NextTokens.shuffled(memory, 3, 16, 5).at(step),
                    NextTokens.shuffled(file, 3, 16, 5).at(step));
        }
        var last = NextTokens.sequential(memory, 3, 16).count() - 1;
        same(
                NextTokens.sequential(memory, 3, 16).at(last),
                NextTokens.sequential(file, 3, 16).at(last));
    }

    private static void same(Batch expected, Batch actual) {
        assertArrayEquals(expected.tokens(), actual.tokens());
        assertArrayEquals(expected.targets(), actual.targets());
        assertArrayEquals(expected.weights(), actual.weights());
    }

    /** More tokens than an int counts; the file is all hole but for its ends. */
    @Test
    void moreThanTwoGigatokensAreAddressed() throws Exception {
        long count = 2_200_000_001L;
        var path = folder.resolve("huge.tokens");
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(header(2, 257, count));
            file.setLength(128 + 2 * count);
            file.seek(128 + 2 * (count - 3));
            file.write(ids(11, 12, 13));
        }
        var tokens = TokenFile.open(path, BYTES).tokens();
        int time = 1_000;
        var all = NextTokens.sequential(tokens, 8, time);
        assertEquals(275_000, all.count());
        var last = all.at(all.count() - 1);
        assertArrayEquals(
                new int[] {12, 13}, Arrays.copyOfRange(last.targets(), 8 * time - 2, 8 * time), "the end of the text");
        assertEquals(8 * time, last.counted());
        assertEquals(8 * time, NextTokens.shuffled(tokens, 8, time, 1).at(3).counted());
    }

    @Test
    void foreignAndBrokenFilesAreRefused() throws Exception {
        var path = folder.resolve("x.tokens");
        assertTrue(assertThrows(UncheckedIOException.class, () -> TokenFile.open(path))
                .getMessage()
                .contains("there is no file " + path));

        Files.writeString(path, "Once upon a time");
        CorpusTest.assertMessage(() -> TokenFile.open(path), path.toString(), "no token file");
        Files.write(path, new byte[4_096]);
        CorpusTest.assertMessage(() -> TokenFile.open(path), "no token file");

        build(path, BYTES, "a long enough text");
        byte[] whole = Files.readAllBytes(path);
        for (int length : new int[] {whole.length - 1, whole.length - 2, 128}) {
            Files.write(path, Arrays.copyOf(whole, length));
            CorpusTest.assertMessage(() -> TokenFile.open(path), "truncated", "18 tokens of 2", length + " bytes");
        }
        Files.write(path, Arrays.copyOf(whole, whole.length + 2));
        CorpusTest.assertMessage(() -> TokenFile.open(path), "truncated or damaged");
        Files.write(path, header(3, 257, 0));
        CorpusTest.assertMessage(() -> TokenFile.open(path), "damaged", "3 bytes");
        Files.write(path, header(2, 257, -1));
        CorpusTest.assertMessage(() -> TokenFile.open(path), "damaged");
        Files.write(path, header(2, 257, Long.MAX_VALUE));
        CorpusTest.assertMessage(() -> TokenFile.open(path), "truncated");

        Files.write(path, whole);
        CorpusTest.assertMessage(
                () -> TokenFile.open(path, Tokenizers.bytes()), "another tokenizer (257 tokens", "(256 tokens");
    }

    @Test
    void whatGoesWrongLeavesTheOldFile() throws Exception {
        var path = folder.resolve("x.tokens");
        build(path, BYTES, "old");
        byte[] old = Files.readAllBytes(path);

        CorpusTest.assertMessage(
                () -> TokenFile.build(path, Collections.emptyIterator(), BYTES, TokenFile.Listener.SILENT),
                "no documents");
        CorpusTest.assertMessage(
                () -> TokenFile.build(
                        path, List.of("a").iterator(), BYTES, (_, _) -> new int[] {257}, TokenFile.Listener.SILENT),
                "id 257",
                "vocabulary of 257");
        Iterator<String> endless = Stream.generate(() -> {
                    Thread.currentThread().interrupt();
                    return "again";
                })
                .iterator();
        assertThrows(
                CancellationException.class, () -> TokenFile.build(path, endless, BYTES, TokenFile.Listener.SILENT));
        assertFalse(Thread.interrupted(), "who asked for it has been told");
        assertArrayEquals(old, Files.readAllBytes(path));
        assertEquals(List.of(path), list());
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
