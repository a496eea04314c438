package trivium.text;

/**
 * Cuts text into pieces; byte pairs are merged inside a piece and never across two. The pieces follow each other
 * without a gap.
 */
public interface PreTokenizer {

    /** Where the pieces go, in order. */
    @FunctionalInterface
    interface Pieces {
        /** The piece {@code text[start] … text[end - 1]}. */
        void add(int start, int end);
    }

    /**
     * GPT-2's: contractions, words, numbers and punctuation, each with the space before it, and white space (Radford et
     * al. 2019).
     */
    PreTokenizer GPT2 = new Gpt2PreTokenizer();

    /** A simpler one: whatever stands between white space, with the space before it. */
    PreTokenizer WORDS = new WordPreTokenizer();

    /** Llama 3's, which is that of OpenAI's cl100k: numbers in groups of three, line ends with what stands before. */
    PreTokenizer LLAMA3 = new Expression(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            true);

    /**
     * Pieces are the matches of an expression in Java's own dialect, with Unicode's white space, and what is between
     * them.
     */
    static PreTokenizer expression(String expression) {
        return new Expression(expression, false);
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
