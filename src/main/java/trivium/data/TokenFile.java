package trivium.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import trivium.data.FillInTheMiddle.Between;
import trivium.data.files.ContentHash;
import trivium.data.files.Source;
import trivium.tensor.MappedIntegers;
import trivium.text.Tokenizer;

/**
 * A corpus as tokens in a file that is mapped into memory, not loaded: a gigabyte is opened as fast as a kilobyte, and
 * every trial of a sweep shares one copy. docs/formats.md has the format.
 *
 * <pre>{@code
 * try (var documents = Corpus.stream(Format.GUESS, large)) {
 *     TokenFile.build(path, documents, tokenizer, TokenFile.Listener.SILENT);
 * }
 * var batches = NextTokens.shuffled(TokenFile.open(path, tokenizer).tokens(), 16, 128, seed);
 * }</pre>
 *
 * @param path where it is
 * @param tokens what it holds; reads the file for as long as it is referred to
 * @param vocabulary the tokenizer's size
 * @param tokenizerHash SHA-256 of the tokenizer's {@link Tokenizer#identity}, in hexadecimal
 * @param dataHash SHA-256 of the text, as {@link Corpus#sha256} has it
 * @param middles what {@link FillInTheMiddle} rearranged in it
 */
public record TokenFile(
        Path path, Tokens tokens, int vocabulary, String tokenizerHash, String dataHash, Middles middles) {

    /**
     * Which documents stand rearranged in a file, as {@link FillInTheMiddle} has it.
     *
     * @param rate the share of documents, 0 where all stand as they are
     */
    public record Middles(double rate, long seed, Between between) {

        /** Every document as it stands. */
        public static final Middles NONE = new Middles(0, 0, Between.CHARACTERS);
    }

    /** Hears how building is getting on, after each megabyte and at the end. */
    @FunctionalInterface
    public interface Listener {

        /** Listens to nothing. */
        Listener SILENT = (_, _) -> {};

        /** {@code documents} have been begun, {@code tokens} are in the file. */
        void at(long documents, long tokens);
    }

    static final byte[] MAGIC = "TVTOKENS".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = 128;
    static final int HASH_BYTES = 32;

    private static final int SHORT_HASH = 16;

    /** Builds a file of documents as they stand; the other {@code build} says how. */
    public static TokenFile build(Path path, Iterator<String> documents, Tokenizer tokenizer, Listener listener) {
        return build(path, documents, tokenizer, DocumentEncoder.plain(tokenizer), listener);
    }

    /**
     * Encodes documents one by one into a file, with the same tokens as {@link Tokens#encode}. It takes memory for one
     * document and a megabyte, however many there are. The file is written under a temporary name and moved into place
     * when it is whole.
     *
     * @param documents such as {@link Corpus#stream}
     * @throws IllegalArgumentException if there are none
     * @throws UncheckedIOException if it cannot be written
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; nothing is left behind then
     */
    public static TokenFile build(
            Path path, Iterator<String> documents, Tokenizer tokenizer, DocumentEncoder encoder, Listener listener) {
        TokenWriter.write(path, documents, tokenizer, encoder, listener);
        return open(path, tokenizer);
    }

    /**
     * Opens a file that was built with this tokenizer.
     *
     * @throws IllegalArgumentException if it was built with another, is truncated, or is something else; its tokens are
     *     checked as they are read
     * @throws UncheckedIOException if there is no such file, or it cannot be read
     */
    public static TokenFile open(Path path, Tokenizer tokenizer) {
        var file = open(path);
        file.check(tokenizer);
        return file;
    }

    /**
     * Says whether this is the tokenizer that the file was built with.
     *
     * @throws IllegalArgumentException if it is another
     */
    public void check(Tokenizer tokenizer) {
        var hash = HexFormat.of().formatHex(hash(tokenizer));
        if (!tokenizerHash.equals(hash)) {
            throw new IllegalArgumentException(path + " was built with another tokenizer (" + vocabulary
                    + " tokens, hash " + tokenizerHash.substring(0, SHORT_HASH) + ") than this one ("
                    + tokenizer.size() + " tokens, hash " + hash.substring(0, SHORT_HASH)
                    + "); open it with that tokenizer, or build it again");
        }
        if (vocabulary != tokenizer.size()) {
            throw new IllegalArgumentException(path + " is damaged: its header speaks of " + vocabulary
                    + " tokens, but its tokenizer has " + tokenizer.size() + "; build it again");
        }
    }

    /** Bytes a token takes: 2 where the vocabulary has at most 65,536, else 4. */
    public int width() {
        return width(vocabulary);
    }

    /** Opens a file, whatever tokenizer it was built with; see {@link #open(Path, Tokenizer)}. */
    public static TokenFile open(Path path) {
        if (Files.exists(path)) {
            Source.checkIsFile(path);
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header) >= 0) {}
            return read(path, channel, header.flip());
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no file " + path, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static TokenFile read(Path path, FileChannel channel, ByteBuffer header) throws IOException {
        if (header.limit() < HEADER || !Arrays.equals(take(header, MAGIC.length), MAGIC)) {
            throw new IllegalArgumentException(
                    path + " is no token file: it does not begin as one; TokenFile.build makes them from text");
        }
        int width = header.getInt();
        int vocabulary = header.getInt();
        long count = header.getLong();
        long bytes = header.getLong();
        long unknown = header.getLong();
        double rate = header.getDouble();
        long seed = header.getLong();
        int between = header.getInt();
        header.position(HEADER - 2 * HASH_BYTES);
        boolean known = rate >= 0 && rate <= 1 && (between == 0 || between == 1);
        if (width != width(vocabulary) || vocabulary < 1 || count < 0 || bytes < 0 || unknown < 0 || !known) {
            throw new IllegalArgumentException(path + " is damaged: its header speaks of " + count + " tokens of "
                    + width + " bytes and a vocabulary of " + vocabulary + "; build it again");
        }
        if ((channel.size() - HEADER) % width != 0 || (channel.size() - HEADER) / width != count) {
            throw new IllegalArgumentException(path + " is truncated or damaged: " + count + " tokens of " + width
                    + " bytes after a header of " + HEADER + " make another size than its " + channel.size()
                    + " bytes; build it again");
        }
        var mapped = MappedIntegers.map(channel, HEADER, count, width);
        var tokenizerHash = HexFormat.of().formatHex(take(header, HASH_BYTES));
        var dataHash = HexFormat.of().formatHex(take(header, HASH_BYTES));
        var middles = new Middles(rate, seed, between == 1 ? Between.WORDS : Between.CHARACTERS);
        return new TokenFile(
                path,
                new Tokens(ids(path, mapped, vocabulary), bytes, unknown),
                vocabulary,
                tokenizerHash,
                dataHash,
                middles);
    }

    private static byte[] take(ByteBuffer buffer, int n) {
        byte[] taken = new byte[n];
        buffer.get(taken);
        return taken;
    }

    /**
     * The ids of a file, each checked as it is read: a model would take one beyond the vocabulary for a place in
     * memory.
     */
    private static Tokens.Ids ids(Path path, MappedIntegers mapped, int vocabulary) {
        return new Tokens.Ids() {
            @Override
            public long size() {
                return mapped.size();
            }

            @Override
            public void copy(long from, int[] to, int at, int count) {
                mapped.copy(from, to, at, count);
                for (int i = 0; i < count; i++) {
                    if (Integer.compareUnsigned(to[at + i], vocabulary) >= 0) {
                        throw new IllegalArgumentException(
                                path + " is damaged: its token " + (from + i) + " has the id "
                                        + Integer.toUnsignedString(to[at + i]) + ", but the vocabulary has 0 to "
                                        + (vocabulary - 1) + "; build it again");
                    }
                }
            }
        };
    }

    /** Bytes a token of this vocabulary takes. */
    static int width(int vocabulary) {
        return vocabulary <= 1 << Short.SIZE ? Short.BYTES : Integer.BYTES;
    }

    static byte[] hash(Tokenizer tokenizer) {
        return ContentHash.sha256().digest(tokenizer.identity().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s: %s, %d bits each", path, tokens, width() * Byte.SIZE)
                + (middles.rate > 0 ? ", missing middles in " + middles.rate + " of its documents" : "");
    }
}
