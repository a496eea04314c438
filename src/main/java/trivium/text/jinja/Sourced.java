package trivium.text.jinja;

/**
 * A variable whose texts come from one source.
 *
 * @param value null, text, number, truth value, list or map of these
 * @param source {@link #TEMPLATE} if the texts count as written by the template, else a number that
 *     {@link Rendering#source} tells of the characters that come from them; those of other variables have
 *     {@link #OTHER}
 */
public record Sourced(Object value, int source) {

    /** Written by the template itself. */
    public static final int TEMPLATE = Text.TEMPLATE;

    /** Any variable of which no source was told. */
    public static final int OTHER = 1;

    public Sourced {
        if (source < 0 || source > Character.MAX_VALUE) {
            throw new IllegalArgumentException("a source is a number from 0 to 65535, not " + source);
        }
    }
}
