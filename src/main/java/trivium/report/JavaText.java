package trivium.report;

/** Texts from outside within Java source, where none of it is code; as literals {@link Expression} writes them. */
final class JavaText {

    private JavaText() {}

    /**
     * Within a comment to the end of its line: one line, and no Unicode escape, which Java would read as a line end.
     */
    static String comment(Object said) {
        return String.valueOf(said).replaceAll("\\R|\\p{Cntrl}", " ").replace("\\", "\\\\");
    }
}
