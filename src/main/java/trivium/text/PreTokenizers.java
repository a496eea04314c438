package trivium.text;

import java.util.List;

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
    public static final PreTokenizer LLAMA3 = new Cl100kPreTokenizer(3);

    /** Qwen's: as Llama 3's, but each digit by itself. */
    public static final PreTokenizer QWEN2 = new Cl100kPreTokenizer(1);

    /**
     * OpenAI's o200k: as Llama 3's, but marks belong to words, and a word ends before a capital letter that follows a
     * small one.
     */
    public static final PreTokenizer O200K = new O200kPreTokenizer(3, true);

    /** Mistral's Tekken: as o200k, but each digit by itself and contractions apart. */
    public static final PreTokenizer TEKKEN = new O200kPreTokenizer(1, false);

    /** Text is one piece, as Llama 2's vocabulary has it. */
    static final PreTokenizer NONE = new Scan() {
        @Override
        public int end(char[] text, int start, int to) {
            return to;
        }

        @Override
        public String expression() {
            return "(?m:.+)";
        }
    };

    private static final List<PreTokenizer> SCANNED = List.of(GPT2, WORDS, LLAMA3, QWEN2, O200K, TEKKEN);

    /** GPT-2's expression as it was published. */
    private static final String GPT2_PUBLISHED =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private PreTokenizers() {}

    /** The scan by hand that does what this expression does, or null if there is none. */
    static PreTokenizer known(String expression) {
        return expression.equals(GPT2_PUBLISHED)
                ? GPT2
                : SCANNED.stream()
                        .filter(cut -> cut.expression().equals(expression))
                        .findFirst()
                        .orElse(null);
    }

    /**
     * Pieces are the matches of an expression, and what is between them. The dialect is that of Oniguruma, which
     * Hugging Face's library has and for which {@code tokenizer.json} is written: {@code ^} and {@code $} stand at
     * every line, {@code \h} is a hexadecimal digit.
     */
    public static PreTokenizer expression(String expression) {
        return new Expression(expression);
    }
}
