package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The rows of a table as RFC 4180 has them, each a list of cells, every cell the text it is: spaces belong to it, and a
 * row may begin with any character. A cell in double quotes may hold the separator, line ends, and a double quote
 * written twice; a double quote inside a cell that does not begin with one is a character like any other. A row ends
 * with LF, CR or CRLF. A separator of tabs has the same quotes (as spreadsheets write them), unless {@code quoted} is
 * false.
 */
final class Cells {

    private static final int END = -1;

    private final Path file;
    private final BufferedReader in;
    private final char separator;
    private final boolean quoted;
    private final StringBuilder cell = new StringBuilder();
    private final char[] chunk = new char[1 << 13];
    private int at;
    private int filled;
    private long line = 1;
    private long began = 1;

    Cells(Path file, BufferedReader in, char separator, boolean quoted) {
        this.file = file;
        this.in = in;
        this.separator = separator;
        this.quoted = quoted;
    }

    /** The cells of the next row, or null if there is none. A line without any character is a row of one empty cell. */
    List<String> next() {
        began = line;
        if (peek() == END) {
            return null;
        }
        var row = new ArrayList<String>();
        int length = 0;
        int after;
        do {
            cell.setLength(0);
            after = quoted && peek() == '"' ? quotedCell() : plainCell();
            row.add(cell.toString());
            length += cell.length();
            Lines.checkLength(length, this::where);
        } while (after == separator);
        if (after == '\r' && peek() == '\n') {
            read();
        } else if (after == '\r') {
            line++;
        }
        return row;
    }

    /** Where the row taken last begins: "file line 7". */
    String where() {
        return file + " line " + began;
    }

    /** Takes a cell without quotes around it, and answers what ends it. */
    private int plainCell() {
        for (int c = read(); ; c = read()) {
            if (c == separator || c == '\n' || c == '\r' || c == END) {
                return c;
            }
            add(c);
        }
    }

    /** Takes a cell in quotes, and answers what ends it. */
    private int quotedCell() {
        long opened = line;
        read();
        for (int c = read(); c != END; c = read()) {
            if (c != '"') {
                add(c);
                continue;
            }
            int after = read();
            if (after == separator || after == '\n' || after == '\r' || after == END) {
                return after;
            }
            if (after != '"') {
                throw wrong(
                        line,
                        String.format(
                                Locale.ROOT,
                                "%s follows the quote that ends a cell; a quote within a cell in quotes is written"
                                        + " twice",
                                Quoted.of(Character.toString(after))));
            }
            add('"');
        }
        throw wrong(opened, "the quote that begins a cell here is never closed");
    }

    private IllegalArgumentException wrong(long where, String what) {
        return new IllegalArgumentException(file + " line " + where + ": " + what
                + "; if quotes are characters like any other in this table, read it with Format.GUESS.unquoted()");
    }

    private void add(int c) {
        cell.append((char) c);
        Lines.checkLength(cell.length(), this::where);
    }

    private int peek() {
        if (at == filled) {
            try {
                filled = Math.max(0, in.read(chunk));
                at = 0;
            } catch (IOException e) {
                throw Source.failure(file, e);
            }
        }
        return filled == 0 ? END : chunk[at];
    }

    private int read() {
        int c = peek();
        if (c != END) {
            at++;
            line += c == '\n' ? 1 : 0;
        }
        return c;
    }
}
