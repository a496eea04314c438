package trivium.report;

/**
 * Writes texts from outside into Java comments so that no part of a text is code; {@link Expression} writes texts as
 * literals.
 */
final class JavaText {

    private JavaText() {}

    /**
     * A text for a comment that ends with its line: on one line, and without Unicode escapes, which Java would read as
     * line ends.
     */
    static String comment(Object said) {
        return String.valueOf(said).replaceAll("\\R|\\p{Cntrl}", " ").replace("\\", "\\\\");
    }
}
