package trivium.data;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import trivium.tensor.Batch;
import trivium.text.Tokenizer;

/**
 * Missing words: batches for masked language modelling (Devlin et al. 2018, section 3.1, task 1), for models that look
 * both ways. Of the tokens of each row some are chosen to be predicted; most of them are hidden behind
 * {@code <|mask|>}, some replaced by a random token, the others left, so that the model cannot trust what it sees.
 *
 * @param share of a row's tokens that are chosen, rounded, and at least one token
 * @param masked share of the chosen that become {@code <|mask|>}
 * @param random share of the chosen that become a token drawn evenly from all that are not special
 * @param tokenizer has the special token {@code <|mask|>}; special tokens are never chosen
 */
public record Masking(double share, double masked, double random, Tokenizer tokenizer) {

    /** Stands where a token is hidden. */
    public static final String MASK = "<|mask|>";

    /** Keeps these random numbers apart from others of the same seed. */
    private static final long PLACE = 0x6d61736bL;

    public Masking {
        checkShares(share, masked, random);
        if (tokenizer.special(MASK).isEmpty()) {
            throw new IllegalArgumentException("this tokenizer lacks " + MASK
                    + ", which stands where a token is hidden; use tokenizer.withSpecials(\"" + MASK + "\")");
        }
        if (tokenizer.specials().size() == tokenizer.size()) {
            throw new IllegalArgumentException(
                    "this tokenizer has nothing but special tokens, and those are never hidden");
        }
    }

    /** Refuses what are no shares; see the constructor's parameters. */
    public static void checkShares(double share, double masked, double random) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "the share of tokens to predict must lie above 0 and at most at 1, such as 0.15, not " + share);
        }
        // as sums of decimals go: 0.7 + 0.2 + 0.1 is not quite 1
        if (!(masked >= 0 && random >= 0 && masked + random <= 1 + 1e-9)) {
            throw new IllegalArgumentException("of the chosen tokens " + masked + " cannot be masked and " + random
                    + " random: neither may be negative, nor both together above 1");
        }
    }

    /** BERT's: 15 %, of these 80 % masked, 10 % random, 10 % left. */
    public static Masking of(Tokenizer tokenizer) {
        return new Masking(0.15, 0.8, 0.1, tokenizer);
    }

    /** The share of tokens that are predicted. */
    public Masking share(double share) {
        return new Masking(share, masked, random, tokenizer);
    }

    /** What becomes of the chosen tokens; the rest of them are left as they are. */
    public Masking mix(double masked, double random) {
        return new Masking(share, masked, random, tokenizer);
    }

    /**
     * Hides tokens of these batches, such as {@link NextTokens#shuffled}: tokens {@code (B, T)} with some replaced, the
     * tokens that stood there as targets, weight 1 where one was chosen and 0 elsewhere. Which, depends on seed and
     * step only. What has weight 0 in the given batches (padding) and special tokens are never chosen; a row of nothing
     * else has no weight.
     */
    public Batches over(Batches text, long seed) {
        var cover = cover(seed);
        return step -> cover.of(text.at(step), step);
    }

    /** The same for batches that show every token once, such as {@link NextTokens#sequential}. */
    public FiniteBatches over(FiniteBatches text, long seed) {
        var cover = cover(seed);
        return FiniteBatches.of(text.count(), step -> cover.of(text.at(step), step));
    }

    private Cover cover(long seed) {
        var special = new boolean[tokenizer.size()];
        tokenizer.specials().forEach(name -> special[tokenizer.special(name).orElseThrow()] = true);
        int[] words =
                IntStream.range(0, special.length).filter(id -> !special[id]).toArray();
        return new Cover(special, words, tokenizer.special(MASK).orElseThrow(), seed);
    }

    /** What hiding needs to know, looked up once. */
    private final class Cover {

        private final boolean[] special;
        private final int[] words;
        private final int mask;
        private final long seed;

        Cover(boolean[] special, int[] words, int mask, long seed) {
            this.special = special;
            this.words = words;
            this.mask = mask;
            this.seed = seed;
        }

        Batch of(Batch text, long step) {
            int time = text.time();
            int[] tokens = text.tokens().clone();
            float[] weights = new float[tokens.length];
            for (int row = 0; row < text.rows(); row++) {
                int[] open = IntStream.range(row * time, (row + 1) * time)
                        .filter(i -> text.weights()[i] != 0 && !special[text.tokens()[i]])
                        .toArray();
                hide(open, tokens, weights, Seeds.random(seed, PLACE, step, row));
            }
            return new Batch(text.rows(), time, tokens, text.tokens(), weights, text.layout());
        }

        /** Chooses the first places of a shuffled row, and no more of it is shuffled than that. */
        private void hide(int[] open, int[] tokens, float[] weights, SplittableRandom generator) {
            int chosen = Math.min(open.length, (int) Math.max(1, Math.round(share * open.length)));
            for (int i = 0; i < chosen; i++) {
                int other = generator.nextInt(i, open.length);
                int at = open[other];
                open[other] = open[i];
                weights[at] = 1;
                double fate = generator.nextDouble();
                if (fate < masked) {
                    tokens[at] = mask;
                } else if (fate < masked + random) {
                    tokens[at] = words[generator.nextInt(words.length)];
                }
            }
        }
    }
}
