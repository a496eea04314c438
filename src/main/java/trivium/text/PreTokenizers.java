package trivium.text;

/** The usual ways to cut text. */
public final class PreTokenizers {

    /**
     * GPT-2's: contractions, words, numbers and punctuation, each with the space before it, and white space (Radford et
     * al. 2019).
     */
    public static final PreTokenizer GPT2 = new Gpt2PreTokenizer();

    /** A simpler one: whatever stands between white space, with the space before it. */
    public static final PreTokenizer WORDS = new WordPreTokenizer();

    /** Llama 3's, which is that of OpenAI's cl100k: numbers in groups of three, line ends with what stands before. */
    public static final PreTokenizer LLAMA3 = new Expression(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            true);

    private PreTokenizers() {}

    /**
     * Pieces are the matches of an expression in Java's own dialect, with Unicode's white space, and what is between
     * them.
     */
    public static PreTokenizer expression(String expression) {
        return new Expression(expression, false);
    }
}
