package trivium.data.files;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Records of plain text: documents, and lines that hold a question and its answer. */
final class Plain {

    private static final Pattern SCAN = Pattern.compile("IN: (?<prompt>.*?) OUT: (?<completion>.*)");
    /** {@code [-\d]+[-+*\/][-\d]+=-?\d+}, such that a line of dashes is given up at once. */
    static final Pattern ARITHMETIC =
            Pattern.compile("(?<prompt>(?:[-\\d]++[+*/][-\\d]++|[-\\d]\\d*+-[-\\d]++)=)(?<completion>-?\\d+)");

    private Plain() {}

    /** What plain text that begins with this line is, if it is more than text. */
    static Shape shape(String firstLine) {
        if (SCAN.matcher(firstLine).matches()) {
            return Shape.SCAN;
        }
        if (ARITHMETIC.matcher(firstLine).matches()) {
            return Shape.ARITHMETIC;
        }
        return Transcript.is(firstLine) ? Shape.TRANSCRIPT : Shape.TEXT;
    }

    static Iterator<Entry> read(Path file, BufferedReader in, Shape shape, Format format) {
        var lines = new Lines(file, in);
        return switch (shape) {
            case SCAN -> lines(lines, SCAN, format);
            case ARITHMETIC -> lines(lines, ARITHMETIC, format);
            case LINES -> lines(lines, format.line().orElseThrow(), format);
            default ->
                switch (format.cut()) {
                    case LINES -> each(() -> document(lines.nextFilled(), lines.where(), format));
                    case BLANK_LINES -> each(() -> paragraph(lines, format));
                    case MARKERS -> new Documents(file, in, format, true);
                    case FILES -> new Documents(file, in, format, false);
                };
        };
    }

    static Entry document(String text, String where, Format format) {
        if (text == null) {
            return null;
        }
        var fields = new JsonObject();
        fields.addProperty(format.name(Field.TEXT), text);
        return new Entry(where, fields, format);
    }

    private static Entry paragraph(Lines lines, Format format) {
        var line = lines.nextFilled();
        if (line == null) {
            return null;
        }
        var where = lines.where();
        var text = new StringBuilder();
        for (; line != null && !line.isBlank(); line = lines.next()) {
            text.append(text.isEmpty() ? "" : "\n").append(line);
        }
        return document(text.toString(), where, format);
    }

    private static Iterator<Entry> lines(Lines lines, Pattern pattern, Format format) {
        var groups = pattern.namedGroups().keySet();
        for (var needed : new String[] {"prompt", "completion"}) {
            if (!groups.contains(needed)) {
                throw new IllegalArgumentException(
                        "the pattern " + pattern + " names no group \"" + needed + "\"; write (?<" + needed + ">…)");
            }
        }
        return each(() -> {
            var line = lines.nextFilled();
            if (line == null) {
                return null;
            }
            var match = pattern.matcher(line);
            if (!match.matches()) {
                throw new IllegalArgumentException(
                        lines.where() + ": this line does not match " + pattern + ", which cuts it into fields");
            }
            return asked(match.group("prompt"), match.group("completion"), lines.where(), format);
        });
    }

    private static Entry asked(String prompt, String completion, String where, Format format) {
        var fields = new JsonObject();
        fields.addProperty(format.name(Field.PROMPT), prompt);
        fields.addProperty(format.name(Field.COMPLETION), completion);
        return new Entry(where, fields, format);
    }

    /** What is supplied until null comes. */
    static Iterator<Entry> each(Supplier<Entry> supplier) {
        return new Iterator<>() {
            private Entry next;
            private boolean ended;

            @Override
            public boolean hasNext() {
                if (next == null && !ended) {
                    next = supplier.get();
                    ended = next == null;
                }
                return !ended;
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
        };
    }
}
