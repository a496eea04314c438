package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/** The lines of a file with their numbers, from 1. A line ends with LF, CR or CRLF. */
final class Lines {

    /**
     * Characters of a record at most. What is longer is hardly one: a file without line ends, or a few kilobytes of
     * gzip that unpack to more than there is memory.
     */
    static final int LONGEST = 1 << 26;

    private final Path file;
    private final BufferedReader in;
    private final StringBuilder line = new StringBuilder();
    private final char[] chunk = new char[1 << 13];
    private int at;
    private int filled;
    private long number;

    Lines(Path file, BufferedReader in) {
        this.file = file;
        this.in = in;
    }

    /**
     * The next line without its end, or null.
     *
     * @throws IllegalArgumentException if it is longer than {@link #LONGEST}
     */
    String next() {
        if (!fill()) {
            return null;
        }
        number++;
        line.setLength(0);
        while (fill()) {
            int end = at;
            while (end < filled && chunk[end] != '\n' && chunk[end] != '\r') {
                end++;
            }
            line.append(chunk, at, end - at);
            checkLength(line.length(), this::where);
            at = end;
            if (end < filled) {
                boolean carriage = chunk[at++] == '\r';
                if (carriage && fill() && chunk[at] == '\n') {
                    at++;
                }
                break;
            }
        }
        return line.toString();
    }

    private boolean fill() {
        if (at == filled) {
            try {
                filled = Math.max(0, in.read(chunk));
                at = 0;
            } catch (IOException e) {
                throw Source.failure(file, e);
            }
        }
        return filled > 0;
    }

    /** The next line that is not blank, or null. */
    String nextFilled() {
        var line = next();
        while (line != null && line.isBlank()) {
            line = next();
        }
        return line;
    }

    /** "file line 7", of the line read last. */
    String where() {
        return file + " line " + number;
    }

    /** @throws IllegalArgumentException if a record has more than {@link #LONGEST} characters */
    static void checkLength(int length, Supplier<String> where) {
        if (length > LONGEST) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s: this record has more than %,d characters, the most that is read as one; a file of text is read"
                            + " with Corpus.read(Format.of(Shape.TEXT), path), a damaged file is to be fetched again",
                    where.get(),
                    LONGEST));
        }
    }
}
