package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** The lines of a file with their numbers, from 1. */
final class Lines {

    private final Path file;
    private final BufferedReader in;
    private long number;

    Lines(Path file, BufferedReader in) {
        this.file = file;
        this.in = in;
    }

    /** The next line without its end, or null. */
    String next() {
        try {
            var line = in.readLine();
            number += line == null ? 0 : 1;
            return line;
        } catch (IOException e) {
            throw Source.failure(file, e);
        }
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
}
