package trivium.data.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/**
 * The characters of a text file: a byte order mark is skipped (UTF-16's chooses the encoding), CRLF becomes LF, and
 * bytes that are not UTF-8 become U+FFFD. Each is counted.
 */
final class Characters extends Reader {

    private static final int SIZE = 1 << 16;
    private static final char REPLACEMENT = '\uFFFD';

    private final Path file;
    private final InputStream in;
    private final ReadCounts tally;
    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).flip();
    private final CharBuffer chars = CharBuffer.allocate(SIZE).flip();
    private CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private long line = 1;
    private boolean bytesEnded;
    /** A carriage return was the last character seen, and what follows decides what becomes of it. */
    private boolean held;

    /** @param file for people */
    Characters(Path file, InputStream in, ReadCounts tally) throws IOException {
        this.file = file;
        this.in = in;
        this.tally = tally;
        readBytes();
        skipMark();
    }

    private void skipMark() {
        if (startsWith(0xEF, 0xBB, 0xBF)) {
            mark(3, StandardCharsets.UTF_8);
        } else if (startsWith(0xFF, 0xFE)) {
            mark(2, StandardCharsets.UTF_16LE);
        } else if (startsWith(0xFE, 0xFF)) {
            mark(2, StandardCharsets.UTF_16BE);
        }
    }

    private String where() {
        return file + " line " + line;
    }

    private boolean startsWith(int... mark) {
        if (bytes.remaining() < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes.get(bytes.position() + i) & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private void mark(int length, Charset charset) {
        bytes.position(bytes.position() + length);
        decoder = charset.newDecoder();
        tally.note(Note.BYTE_ORDER_MARK, where());
    }

    /** Fills {@code bytes} as far as it goes; a short read is not the end. */
    private void readBytes() throws IOException {
        if (Thread.interrupted()) {
            throw new CancellationException("reading " + file + " was interrupted");
        }
        bytes.compact();
        while (bytes.hasRemaining() && !bytesEnded) {
            int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
            bytesEnded = read < 0;
            bytes.position(bytes.position() + Math.max(0, read));
        }
        bytes.flip();
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int n = 0;
        while (n == 0) {
            if (!chars.hasRemaining() && !decode()) {
                if (!held) {
                    return -1;
                }
                held = false;
                into[offset] = '\r';
                return 1;
            }
            n = fold(into, offset, length);
        }
        return n;
    }

    /** Moves decoded characters, CRLF as LF, and answers how many. */
    private int fold(char[] into, int offset, int length) {
        char[] from = chars.array();
        int at = chars.position();
        int end = chars.limit();
        int n = 0;
        while (n < length && at < end) {
            char next = from[at];
            if (held) {
                held = false;
                if (next != '\n') {
                    into[offset + n++] = '\r';
                    continue;
                }
                tally.note(Note.CRLF, where());
            }
            at++;
            if (next == '\r') {
                held = true;
            } else {
                line += next == '\n' ? 1 : 0;
                into[offset + n++] = next;
            }
        }
        chars.position(at);
        return n;
    }

    /** Decodes what fits, and answers whether there is anything. */
    private boolean decode() throws IOException {
        chars.clear();
        while (chars.position() == 0) {
            var result = decoder.decode(bytes, chars, bytesEnded);
            if (result.isError()) {
                if (chars.position() == 0) {
                    bytes.position(bytes.position() + result.length());
                    chars.put(REPLACEMENT);
                    tally.note(Note.INVALID_UTF8, where());
                }
            } else if (result.isUnderflow() && chars.position() == 0) {
                if (bytesEnded) {
                    chars.flip();
                    return false;
                }
                readBytes();
            }
        }
        chars.flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
