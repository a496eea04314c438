package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import trivium.text.Tokenizer;

/** Documents as long as they like, the end of each found while the file streams by. */
final class Documents implements Iterator<Entry> {
    private static final String MARKER = Tokenizer.END_OF_TEXT;

    private final Path file;
    private final BufferedReader in;
    private final Format format;
    private final boolean markers;
    private final StringBuilder text = new StringBuilder();
    private final char[] chunk = new char[1 << 16];
    /** Where in {@code text} the next document begins. */
    private int start;

    private long line = 1;
    private boolean ended;
    private boolean any;
    private Entry next;

    Documents(Path file, BufferedReader in, Format format, boolean markers) {
        this.file = file;
        this.in = in;
        this.format = format;
        this.markers = markers;
    }

    @Override
    public boolean hasNext() {
        int from = start;
        while (next == null && !(ended && start == text.length())) {
            int marker = markers ? text.indexOf(MARKER, from) : -1;
            if (marker >= 0) {
                take(marker, marker + MARKER.length());
            } else if (ended) {
                takeLast();
            } else {
                int searched = Math.max(0, text.length() - start - MARKER.length());
                more();
                from = start + searched;
            }
        }
        return next != null;
    }

    /** The line ends around a marker belong to no document. */
    private void take(int marker, int after) {
        int end = marker;
        while (end > start && isLineEnd(text.charAt(end - 1))) {
            end--;
        }
        take(end);
        skip(marker);
        start = after;
        while (start < text.length() || more()) {
            if (!isLineEnd(text.charAt(start))) {
                return;
            }
            skip(start + 1);
        }
    }

    /** What stands after the last marker need not be a document. */
    private void takeLast() {
        if (!any || !text.substring(start).isBlank()) {
            take(text.length());
        }
        start = text.length();
    }

    private void take(int end) {
        any = true;
        next = Plain.document(text.substring(start, end), file + " line " + line, format);
        skip(end);
    }

    /** Goes on to {@code to}, counting lines. */
    private void skip(int to) {
        for (; start < to; start++) {
            line += text.charAt(start) == '\n' ? 1 : 0;
        }
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    /** Reads on, letting go of what has been taken. */
    private boolean more() {
        try {
            text.delete(0, start);
            start = 0;
            int read = in.read(chunk);
            ended = read < 0;
            text.append(chunk, 0, Math.max(0, read));
            return !ended;
        } catch (IOException e) {
            throw Source.failure(file, e);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    file + " is one document too large to hold in memory; cut it with Format.text(Cut.LINES)", e);
        }
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var entry = next;
        next = null;
        return entry;
    }
}
