package trivium.text.jinja;

/** A template that cannot be read or rendered: one sentence with the line and column. */
public final class JinjaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private JinjaException(String message) {
        super(message);
    }

    /** @param at where in the template, in characters */
    static JinjaException at(String source, int at, String problem) {
        int end = Math.min(at, source.length());
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        int column = source.codePointCount(start, end) + 1;
        return new JinjaException("line " + line + ", column " + column + " of the template: " + problem);
    }
}
