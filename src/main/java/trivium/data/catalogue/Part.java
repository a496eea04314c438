package trivium.data.catalogue;

import java.net.URI;
import java.util.Locale;

/**
 * One file of a data set.
 *
 * @param file its name in the cache
 * @param address where it is fetched from, such that it never changes
 * @param sha256 of its content, in hexadecimal
 * @param bytes its size
 */
public record Part(String file, URI address, String sha256, long bytes) {

    private static final int MEGA = 1_000_000;

    public Part {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    file + " needs a SHA-256 of 64 hexadecimal digits, not \"" + sha256 + '"');
        }
        if (bytes < 1) {
            throw new IllegalArgumentException(file + " needs a size of at least one byte, not " + bytes);
        }
        if (file.isBlank() || file.contains("/") || file.contains("\\") || file.startsWith(".")) {
            throw new IllegalArgumentException("\"" + file + "\" is no plain file name");
        }
    }

    /** "1.12 MB". */
    static String size(long bytes) {
        return bytes < MEGA / 10
                ? String.format(Locale.ROOT, "%,d bytes", bytes)
                : String.format(Locale.ROOT, "%.2f MB", (double) bytes / MEGA);
    }
}
