package trivium.notebook;

import java.util.List;

/** Why a cell failed, ready to be shown: a name, a sentence, and the lines that point at the place. */
@SuppressWarnings("serial")
final class CellError extends Exception {

    private final String name;
    private final List<String> lines;

    CellError(String name, String sentence, List<String> lines) {
        super(sentence);
        this.name = name;
        this.lines = List.copyOf(lines);
    }

    /**
     * The kind of failure: an exception's simple name, or CompilationError, IncompleteCode, Interrupted, UnknownMagic.
     */
    String name() {
        return name;
    }

    /** What the front end prints, with ANSI colours. */
    List<String> lines() {
        return lines;
    }

    static String red(String text) {
        return "\u001B[1;31m" + text + "\u001B[0m";
    }

    static String bold(String text) {
        return "\u001B[1m" + text + "\u001B[0m";
    }
}
