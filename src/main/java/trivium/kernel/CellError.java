package trivium.kernel;

import java.util.List;
import java.util.stream.Stream;
import trivium.text.Printable;

/** Why a cell failed, ready to be shown: a name, a sentence, and the lines that point at the place. */
@SuppressWarnings("serial")
final class CellError extends Exception {

    /** The name of a cell's end by the user. */
    static final String INTERRUPTED = "Interrupted";

    private final String name;
    private final List<String> lines;

    CellError(String name, String sentence, List<String> lines) {
        super(Printable.of(sentence));
        this.name = name;
        this.lines = List.copyOf(lines);
    }

    /**
     * The kind of failure: an exception's simple name, or CompilationError, IncompleteCode, Interrupted, UnknownMagic.
     */
    String name() {
        return name;
    }

    /** Something failed that is not the cell's own code; the beginning of the sentence says what could not be done. */
    static CellError of(Throwable failure, String beginning) {
        var sentence = beginning + name(failure);
        var type = failure.getClass().getName();
        return new CellError(type.substring(type.lastIndexOf('.') + 1), sentence, List.of(red(sentence)));
    }

    /** Class and message of a failure, whose own methods may fail too. */
    private static String name(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable e) {
            return failure.getClass().getName();
        }
    }

    /** What the front end prints, with ANSI colours. */
    List<String> lines() {
        return lines;
    }

    /** The same, and what else is to be known, a sentence a line. */
    CellError and(List<String> sentences) {
        return sentences.isEmpty()
                ? this
                : new CellError(
                        name,
                        getMessage() + " " + String.join(" ", sentences),
                        Stream.concat(lines.stream(), sentences.stream().map(CellError::bold))
                                .toList());
    }

    /** The same, behind sentences that say more of it than the failure's own words. */
    CellError behind(List<String> sentences) {
        return sentences.isEmpty()
                ? this
                : new CellError(
                        name,
                        String.join(" ", sentences),
                        Stream.concat(sentences.stream().map(CellError::red), lines.stream())
                                .toList());
    }

    static String red(String text) {
        return "\u001B[1;31m" + Printable.of(text) + "\u001B[0m";
    }

    static String bold(String text) {
        return "\u001B[1m" + Printable.of(text) + "\u001B[0m";
    }
}
