package trivium.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import trivium.data.files.ContentHash;
import trivium.text.Tokenizer;

/** Writes one {@link TokenFile} document by document. */
final class TokenWriter {

    private static final int BUFFER = 1 << 20;

    private final FileChannel channel;
    private final Tokenizer tokenizer;
    private final TokenFile.Listener listener;
    private final int width;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final MessageDigest text = ContentHash.sha256();
    private long documents;
    private long tokens;
    private long bytes;
    private long unknown;

    private TokenWriter(FileChannel channel, Tokenizer tokenizer, TokenFile.Listener listener) {
        this.channel = channel;
        this.tokenizer = tokenizer;
        this.listener = listener;
        this.width = TokenFile.width(tokenizer.size());
    }

    static void write(
            Path path,
            Iterator<String> documents,
            Tokenizer tokenizer,
            DocumentEncoder encoder,
            TokenFile.Listener listener) {
        var part = path.resolveSibling(path.getFileName() + ".part");
        try {
            try (var channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                new TokenWriter(channel, tokenizer, listener).write(documents, encoder);
                channel.force(true);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (CancellationException) interrupted().initCause(e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
        } finally {
            delete(part);
        }
    }

    private void write(Iterator<String> from, DocumentEncoder encoder) throws IOException {
        if (!from.hasNext()) {
            throw new IllegalArgumentException("there are no documents to make a token file of");
        }
        var end = tokenizer.special(Tokenizer.END_OF_TEXT);
        channel.position(TokenFile.HEADER);
        while (from.hasNext()) {
            if (Thread.interrupted()) {
                throw interrupted();
            }
            var document = from.next();
            if (documents > 0) {
                text.update(Tokenizer.END_OF_TEXT.getBytes(StandardCharsets.UTF_8));
            }
            byte[] utf8 = document.getBytes(StandardCharsets.UTF_8);
            text.update(utf8);
            bytes += utf8.length;
            unknown += tokenizer.unknown(document);
            for (int id : encoder.encode(document, documents++)) {
                put(id);
            }
            // a document that stays alone has no end
            if (end.isPresent() && (documents > 1 || from.hasNext())) {
                put(end.getAsInt());
            }
        }
        flush();
        writeHeader(
                encoder instanceof FillInTheMiddle fill
                        ? new TokenFile.Middles(fill.rate(), fill.seed(), fill.between())
                        : TokenFile.Middles.NONE);
    }

    private void put(int id) throws IOException {
        if (id < 0 || id >= tokenizer.size()) {
            throw new IllegalArgumentException("document " + documents + " became a token with id " + id
                    + ", outside the vocabulary of " + tokenizer.size());
        }
        if (buffer.remaining() < width) {
            flush();
        }
        if (width == Short.BYTES) {
            buffer.putShort((short) id);
        } else {
            buffer.putInt(id);
        }
        tokens++;
    }

    private void flush() throws IOException {
        drain(buffer.flip());
        buffer.clear();
        listener.at(documents, tokens);
    }

    private void writeHeader(TokenFile.Middles middles) throws IOException {
        channel.position(0);
        var header = ByteBuffer.allocate(TokenFile.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(TokenFile.MAGIC).putInt(width).putInt(tokenizer.size());
        header.putLong(tokens).putLong(bytes).putLong(unknown);
        header.putDouble(middles.rate()).putLong(middles.seed());
        header.putInt(middles.between() == FillInTheMiddle.Between.WORDS ? 1 : 0);
        header.position(TokenFile.HEADER - 2 * TokenFile.HASH_BYTES);
        header.put(TokenFile.hash(tokenizer)).put(text.digest());
        drain(header.flip());
    }

    private void drain(ByteBuffer full) throws IOException {
        while (full.hasRemaining()) {
            channel.write(full);
        }
    }

    private static CancellationException interrupted() {
        return new CancellationException("building a token file was interrupted");
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException _) {
            // the next build overwrites it
        }
    }
}
