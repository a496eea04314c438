package trivium.data.files;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a file is to be read, where the guess would be wrong. {@link #GUESS} lets the file speak for itself.
 *
 * <pre>{@code
 * Format.of(Shape.PROMPT_COMPLETION).field("prompt", "frage").field("completion", "antwort")
 * Format.of(Shape.TEXT).cut(Format.Cut.BLANK_LINES)
 * Format.lines("(?<prompt>.*=)(?<completion>.*)")
 * }</pre>
 *
 * @param shape what the records are; recognised from the first ones where it is empty
 * @param fields what this file calls a field, where it is not the usual name
 * @param cut where documents of plain text end
 * @param separator between the columns of a table; recognised where it is empty
 * @param line how a line of plain text becomes a record, for {@link Shape#LINES}
 * @param keepDuplicates whether exact copies of earlier records stay
 * @param quoted whether a cell of a table that begins with a double quote ends with one, as RFC 4180 has it; otherwise
 *     quotes are characters like any other
 */
public record Format(
        Optional<Shape> shape,
        Map<String, String> fields,
        Cut cut,
        Optional<Character> separator,
        Optional<Pattern> line,
        boolean keepDuplicates,
        boolean quoted) {

    /** Where one document of plain text ends and the next begins. */
    public enum Cut {
        /** At {@code <|endoftext|>}, which takes the line ends around it along, and at the end of each file. */
        MARKERS,
        /** At blank lines. */
        BLANK_LINES,
        /** At the end of each line; blank lines are passed over. */
        LINES,
        /** At the end of each file; a marker is text. */
        FILES
    }

    /** Everything is recognised; exact copies are left out. */
    public static final Format GUESS =
            new Format(Optional.empty(), Map.of(), Cut.MARKERS, Optional.empty(), Optional.empty(), false, true);

    public Format {
        fields = Map.copyOf(fields);
        fields.keySet().forEach(Field::named);
        if (shape.isPresent() && (shape.get() == Shape.LINES) != line.isPresent()) {
            throw new IllegalArgumentException(
                    "Shape.LINES goes with a pattern: use Format.lines(\"(?<prompt>.*)=(?<completion>.*)\")");
        }
    }

    /** The records are of this shape, whatever they look like. */
    public static Format of(Shape shape) {
        return new Format(Optional.of(shape), Map.of(), Cut.MARKERS, Optional.empty(), Optional.empty(), false, true);
    }

    /** Plain text with documents that end here. */
    public static Format text(Cut cut) {
        return of(Shape.TEXT).cut(cut);
    }

    /**
     * One record a line of plain text.
     *
     * @param pattern matches a whole line; its named groups ({@code prompt}, {@code completion}) are the fields
     */
    public static Format lines(String pattern) {
        return new Format(
                Optional.of(Shape.LINES),
                Map.of(),
                Cut.LINES,
                Optional.empty(),
                Optional.of(Pattern.compile(pattern)),
                false,
                true);
    }

    /** This file calls {@code field} ("prompt", "completion", "text", …) {@code name}. */
    public Format field(String field, String name) {
        var more = new HashMap<>(fields);
        more.put(Field.named(field).title(), name);
        return new Format(shape, more, cut, separator, line, keepDuplicates, quoted);
    }

    /** Plain text is cut into documents here. */
    public Format cut(Cut where) {
        return new Format(shape, fields, where, separator, line, keepDuplicates, quoted);
    }

    /** The file is a table with a header, and this between its columns. */
    public Format separatedBy(char between) {
        return new Format(shape, fields, cut, Optional.of(between), line, keepDuplicates, quoted);
    }

    /**
     * Double quotes in the cells of a table are characters like any other, so no cell holds a separator or a line end:
     * IANA's {@code text/tab-separated-values}, and whatever was written without quoting.
     */
    public Format unquoted() {
        return new Format(shape, fields, cut, separator, line, keepDuplicates, false);
    }

    /** Exact copies of earlier records stay. */
    public Format keepingDuplicates() {
        return new Format(shape, fields, cut, separator, line, true, quoted);
    }

    /** What this file calls a field, or its usual name. */
    String name(Field field) {
        return fields.getOrDefault(field.title(), field.title());
    }
}
