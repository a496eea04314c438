package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a file was taken for: its container by how it begins, its shape by its first records.
 *
 * @param entries all its records, the first ones included
 */
record DetectedFormat(Shape shape, Iterator<Entry> entries) {

    /** Characters looked at to tell the container. */
    static final int PEEK = 1 << 16;

    private static final String ONE_A_LINE = "; JSON Lines have one object a line, a JSON list begins with [";

    /** @throws IllegalArgumentException saying what the file is instead, if it holds no such records */
    static DetectedFormat in(Path file, BufferedReader in, Kind kind, Format format) {
        var asked = format.shape();
        if (asked.filter(shape -> shape == Shape.TEXT || shape == Shape.LINES).isPresent()) {
            return plain(file, in, asked.get(), format);
        }
        var beginning = peek(file, in);
        if (isList(file, kind, beginning.strip())) {
            return byRecords(file, Json.array(file, in, format), kind, format);
        }
        if (isObject(file, kind, beginning)) {
            return byRecords(file, jsonLines(file, in, format), kind, format);
        }
        var firstLine = firstLine(beginning);
        var separator = Columns.separator(file, beginning, format, kind.shapes());
        if (separator.isPresent()) {
            return byRecords(file, Columns.read(file, in, separator.get(), format), kind, format);
        }
        var shape = asked.orElseGet(() -> kind == Kind.DOCUMENTS ? Shape.TEXT : Plain.shape(firstLine));
        if (!shape.plain() || !kind.shapes().contains(shape)) {
            throw beginning.isBlank() ? empty(file) : kind.plain(file.toString());
        }
        return plain(file, in, shape, format);
    }

    private static DetectedFormat plain(Path file, BufferedReader in, Shape shape, Format format) {
        return new DetectedFormat(shape, Plain.read(file, in, shape, format));
    }

    private static DetectedFormat byRecords(Path file, Iterator<Entry> all, Kind kind, Format format) {
        var first = new ArrayList<Entry>();
        while (first.size() < Kind.FIRST && all.hasNext()) {
            first.add(all.next());
        }
        if (first.isEmpty()) {
            throw empty(file);
        }
        var shape = format.shape().orElseGet(() -> kind.recognise(first, format));
        var start = List.copyOf(first).iterator();
        return new DetectedFormat(
                shape, Plain.each(() -> start.hasNext() ? start.next() : all.hasNext() ? all.next() : null));
    }

    /** Plain text may begin with a bracket, too. */
    private static boolean isList(Path file, Kind kind, String beginning) {
        return beginning.startsWith("[")
                && (kind != Kind.DOCUMENTS
                        || Source.ending(file).equals(".json")
                        || beginning.substring(1).strip().startsWith("{"));
    }

    private static boolean isObject(Path file, Kind kind, String beginning) {
        if (Source.ending(file).startsWith(".json") && !beginning.isBlank()) {
            return true;
        }
        if (!beginning.stripLeading().startsWith("{") || kind != Kind.DOCUMENTS) {
            return beginning.stripLeading().startsWith("{");
        }
        var line = firstLine(beginning);
        if (line.length() >= PEEK / 2) {
            // too long to be seen whole
            return line.startsWith("{\"");
        }
        try {
            return Json.line(line, "", "").isJsonObject();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String firstLine(String beginning) {
        return beginning.strip().lines().findFirst().orElse("");
    }

    private static Iterator<Entry> jsonLines(Path file, BufferedReader in, Format format) {
        var lines = new Lines(file, in);
        return Plain.each(() -> {
            var line = lines.nextFilled();
            return line == null ? null : new Entry(lines.where(), Json.line(line, lines.where(), ONE_A_LINE), format);
        });
    }

    private static String peek(Path file, BufferedReader in) {
        try {
            in.mark(PEEK);
            char[] beginning = new char[PEEK];
            int n = 0;
            for (int read = 0; n < PEEK && read >= 0; n += Math.max(0, read)) {
                read = in.read(beginning, n, PEEK - n);
            }
            in.reset();
            return new String(beginning, 0, n);
        } catch (IOException e) {
            throw Source.failure(file, e);
        }
    }

    private static IllegalArgumentException empty(Path file) {
        return new IllegalArgumentException(file + " is empty: it holds no records");
    }
}
