package trivium.text;

/** Pieces from front to back, each of which ends where its characters say. */
interface Scan extends PreTokenizer {

    /** The end of the piece that begins at {@code text[start]}, behind {@code start} and at most {@code to}. */
    int end(char[] text, int start, int to);

    @Override
    default void cut(char[] text, int from, int to, Pieces pieces) {
        for (int start = from, end; start < to; start = end) {
            end = end(text, start, to);
            pieces.add(start, end);
        }
    }
}
