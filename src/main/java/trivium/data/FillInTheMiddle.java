package trivium.data;

import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import trivium.text.ChatTemplate.Example;
import trivium.text.Tokenizer;

/**
 * The missing middle (Bavarian et al. 2022, section 3): some documents are cut at two places and rearranged so that a
 * model that reads from left to right learns to write what is missing between two texts.
 *
 * <pre>{@code <|fim_prefix|> prefix <|fim_suffix|> suffix <|fim_middle|> middle}</pre>
 *
 * <p>The paper's PSM mode on the level of documents: both cuts are drawn evenly from all places between characters (or,
 * which small models learn sooner, between words), and the three parts are encoded apart. All three parts are learned,
 * as in the paper. Whether a document is rearranged and where it is cut depends on the seed and its number only.
 *
 * @param tokenizer has the three special tokens
 * @param rate the share of documents that are rearranged, in [0, 1]
 * @param between where documents may be cut
 */
public record FillInTheMiddle(Tokenizer tokenizer, double rate, long seed, Between between) implements DocumentEncoder {

    /** Where documents may be cut. */
    public enum Between {
        /** Anywhere, as in the paper. */
        CHARACTERS,
        /** Before white space that follows something else: a part begins with the space of its first word. */
        WORDS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Stands before what comes before the gap. */
    public static final String PREFIX = "<|fim_prefix|>";

    /** Stands before what comes after the gap. */
    public static final String SUFFIX = "<|fim_suffix|>";

    /** Stands before what is to be written into the gap. */
    public static final String MIDDLE = "<|fim_middle|>";

    /** Keeps these random numbers apart from others of the same seed. */
    private static final long PLACE = 0x66696dL;

    /** A text with a gap: what stands before it and what comes after. */
    public record Gap(String before, String after) {}

    /** A document in three parts. */
    private record Parts(String prefix, String middle, String suffix) {}

    public FillInTheMiddle {
        Objects.requireNonNull(tokenizer, "filling in the middle needs a tokenizer");
        checkRate(rate);
        for (var name : specials()) {
            if (tokenizer.special(name).isEmpty()) {
                throw new IllegalArgumentException("this tokenizer lacks " + name
                        + ", which marks a part of a text with a gap; use"
                        + " tokenizer.withSpecials(FillInTheMiddle.specials())");
            }
        }
    }

    /** Refuses what is no share of documents. */
    public static void checkRate(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(
                    "the share of documents to rearrange must lie between 0 and 1, such as 0.5, not " + rate);
        }
    }

    /** Every other document, on average. */
    public static FillInTheMiddle of(Tokenizer tokenizer, long seed) {
        return new FillInTheMiddle(tokenizer, 0.5, seed, Between.CHARACTERS);
    }

    /** The share of documents that are rearranged. */
    public FillInTheMiddle rate(double rate) {
        return new FillInTheMiddle(tokenizer, rate, seed, between);
    }

    /** Where documents may be cut. */
    public FillInTheMiddle between(Between between) {
        return new FillInTheMiddle(tokenizer, rate, seed, between);
    }

    /** The special tokens that rearranging needs. */
    public static String[] specials() {
        return new String[] {PREFIX, SUFFIX, MIDDLE};
    }

    @Override
    public int[] encode(String document, long number) {
        var random = Seeds.random(seed, PLACE, number);
        if (random.nextDouble() >= rate) {
            return tokenizer.encode(document);
        }
        var parts = cut(document, random);
        return concat(prompt(parts.prefix, parts.suffix), encoded(parts.middle));
    }

    /**
     * A document, cut where {@link #encode} cuts it, as a prompt and the middle to be written: {@code <|endoftext|>}
     * where the tokenizer has it, {@link #prompt}, the middle, and {@code <|endoftext|>} again. For measuring how well
     * middles are found.
     */
    public Example example(String document, long number) {
        var random = Seeds.random(seed, PLACE, number);
        random.nextDouble(); // whether the document is rearranged
        var parts = cut(document, random);
        int[] end = tokenizer.special(Tokenizer.END_OF_TEXT).stream().toArray();
        int[] prompt = concat(end, prompt(parts.prefix, parts.suffix));
        return new Example(concat(prompt, encoded(parts.middle), end), prompt.length);
    }

    private Parts cut(String document, SplittableRandom random) {
        int[] words = between == Between.WORDS ? words(document) : new int[0];
        int places = between == Between.WORDS ? words.length : document.codePointCount(0, document.length()) + 1;
        int first = random.nextInt(places);
        int second = random.nextInt(places);
        int one = between == Between.WORDS ? words[first] : document.offsetByCodePoints(0, first);
        int other = between == Between.WORDS ? words[second] : document.offsetByCodePoints(0, second);
        int from = Math.min(one, other);
        int to = Math.max(one, other);
        return new Parts(document.substring(0, from), document.substring(from, to), document.substring(to));
    }

    /** The places between words, and both ends. */
    private static int[] words(String document) {
        return IntStream.rangeClosed(0, document.length())
                .filter(i -> i == 0
                        || i == document.length()
                        || Character.isWhitespace(document.charAt(i))
                                && !Character.isWhitespace(document.charAt(i - 1)))
                .toArray();
    }

    /** What a trained model is given to write what belongs between two texts, ended by its end of text. */
    public int[] prompt(String prefix, String suffix) {
        return concat(special(PREFIX), encoded(prefix), special(SUFFIX), encoded(suffix), special(MIDDLE));
    }

    private int[] encoded(String text) {
        return text.isEmpty() ? new int[0] : tokenizer.encode(text);
    }

    private int[] special(String name) {
        return new int[] {tokenizer.special(name).orElseThrow()};
    }

    private static int[] concat(int[]... parts) {
        return IntStream.range(0, parts.length)
                .boxed()
                .flatMapToInt(i -> IntStream.of(parts[i]))
                .toArray();
    }
}
