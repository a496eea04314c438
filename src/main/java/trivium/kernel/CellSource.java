package trivium.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jshell.Diag;
import jdk.jshell.Snippet;

/** Remembers which line of which cell each snippet came from, so that errors can point there. */
final class CellSource {

    private record Origin(int cell, String source, int firstLine) {}

    /** A line of a cell; lines count from 1. */
    record Place(int cell, int line, String code) {

        /** "line 2: var x = …", or with the cell's number if another cell is running. */
        String describe(int current) {
            return (cell == current ? "line " + line : "cell [" + cell + "], line " + line) + ":  " + code.strip();
        }
    }

    private final Map<String, Origin> snippets = new HashMap<>();

    private int cell;
    private String source = "";

    void begin(int number, String code) {
        cell = number;
        source = code;
    }

    int cell() {
        return cell;
    }

    /**
     * This snippet begins at this offset of the current cell, without space or comments before it: JShell counts lines
     * from there.
     */
    void remember(Snippet snippet, int offset) {
        snippets.put(snippet.id(), new Origin(cell, source, lineAt(offset)));
    }

    /** The cell's line behind a line of a snippet. */
    Optional<Place> place(String snippetId, int snippetLine) {
        return Optional.ofNullable(snippets.get(snippetId)).map(origin -> {
            int line = origin.firstLine + Math.max(0, snippetLine - 1);
            var lines = origin.source.lines().toList();
            return new Place(origin.cell, line, line <= lines.size() ? lines.get(line - 1) : "");
        });
    }

    /** The line of the current cell at an offset. */
    Place placeAt(int offset) {
        int line = lineAt(offset);
        var lines = source.lines().toList();
        return new Place(cell, line, line <= lines.size() ? lines.get(line - 1) : "");
    }

    private int lineAt(int offset) {
        return 1
                + (int) source.substring(0, Math.min(offset, source.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** Where code begins at or after an offset: behind white space and comments. */
    static int firstCode(String code, int from) {
        int at = from;
        while (at < code.length()) {
            if (Character.isWhitespace(code.charAt(at))) {
                at++;
            } else if (code.startsWith("//", at)) {
                int end = code.indexOf('\n', at);
                at = end < 0 ? code.length() : end + 1;
            } else if (code.startsWith("/*", at)) {
                int end = code.indexOf("*/", at + 2);
                if (end < 0) {
                    return at;
                }
                at = end + 2;
            } else {
                return at;
            }
        }
        return at;
    }

    /** A compiler's message with the line it is about and a marker under the place. */
    List<String> point(Diag diagnostic, int offset) {
        int start = Math.clamp(offset + diagnostic.getStartPosition(), 0, source.length());
        int end = Math.clamp(offset + diagnostic.getEndPosition(), start, source.length());
        var place = placeAt(start);
        int column = start - (source.lastIndexOf('\n', start - 1) + 1);
        int width = Math.clamp(end - start, 1, Math.max(1, place.code().length() - column));
        var lines = new ArrayList<String>();
        lines.add(CellError.red("line " + place.line() + ": " + sentence(diagnostic)));
        lines.add("    " + place.code());
        lines.add("    " + blank(place.code(), column) + CellError.red("^".repeat(width)));
        return lines;
    }

    /** As wide as the code's first columns, tabs kept, so that the marker stands under its place. */
    private static String blank(String code, int columns) {
        return code.substring(0, Math.min(columns, code.length())).replaceAll("[^\t]", " ");
    }

    /** "cannot find symbol: variable x" from javac's three lines. */
    static String sentence(Diag diagnostic) {
        var lines = diagnostic
                .getMessage(null)
                .lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("location:"))
                .toList();
        var sentence = new StringBuilder(lines.getFirst());
        for (var line : lines.subList(1, lines.size())) {
            sentence.append(
                    line.startsWith("symbol:") ? ": " + line.substring(7).strip() : "; " + line);
        }
        return sentence.toString();
    }
}
