package trivium.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import trivium.data.files.Source;

/** Reads UTF-8 files to the character; what goes wrong is said in one sentence that names the file. */
final class TextFiles {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private TextFiles() {}

    /** The file's text, without a byte order mark. */
    static String read(Path file) {
        Source.checkIsFile(file);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    file + " is too large to hold in memory; cut it, or give Java more with -Xmx", e);
        }
        var text = decode(bytes, file);
        if (text.isBlank()) {
            throw new IllegalArgumentException(file + " is empty: it holds no text");
        }
        return text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static String decode(byte[] bytes, Path file) {
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        var result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new IllegalArgumentException(
                    "%s line %d: byte 0x%02X is not UTF-8; convert the file to UTF-8 text first"
                            .formatted(file, line, bytes[in.position()]));
        }
        return out.flip().toString();
    }
}
