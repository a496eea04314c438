package trivium.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/** Lines at the end of a file that is written a few at a time and must not lose one. */
public final class DurableLines {

    private DurableLines() {}

    /**
     * Appends lines, which are on the disk when this returns.
     *
     * @param file open for reading and writing
     * @param lines with the line feeds that end them
     * @throws IOException if they cannot be written; the file is as long then as it was, if the disk allows that
     */
    public static void append(RandomAccessFile file, String lines) throws IOException {
        long before = file.length();
        try {
            file.seek(before);
            file.write(lines.getBytes(StandardCharsets.UTF_8));
            file.getFD().sync();
        } catch (IOException e) {
            try {
                file.setLength(before);
            } catch (IOException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }
}
