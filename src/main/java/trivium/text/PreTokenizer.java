package trivium.text;

/**
 * Cuts text into pieces; byte pairs are merged inside a piece and never across two. The pieces follow each other
 * without a gap. {@link PreTokenizers} has those that are known.
 */
public interface PreTokenizer {

    /** Where the pieces go, in order. */
    @FunctionalInterface
    interface Pieces {
        /** The piece {@code text[start] … text[end - 1]}. */
        void add(int start, int end);
    }

    /** Hands over the pieces of {@code text[from] … text[to - 1]}, as if nothing stood around it. */
    void cut(char[] text, int from, int to, Pieces pieces);

    /** The regular expression whose matches are the pieces; what no match covers is a piece too. */
    String expression();

    /**
     * A place from {@code from} on where a piece begins whatever came before, or {@code to} if none is known. Long
     * texts are cut there, and the parts encoded side by side.
     */
    default int seam(char[] text, int from, int to) {
        return to;
    }
}
