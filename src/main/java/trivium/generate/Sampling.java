package trivium.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * How tokens are drawn from a model's next-token distribution.
 *
 * <p>Logits of tokens that were seen are made smaller by the repetition penalty, and all are divided by the
 * temperature; what the {@link Truncation} leaves is drawn from by inverting the cumulative distribution at one uniform
 * number per token. Two models that agree on the distribution therefore draw the same token from the same seed:
 * comparisons before and after training share their random numbers.
 *
 * @param temperature 0 takes the most probable token always; 1 draws from the model's own distribution
 * @param cut which tokens may be drawn
 * @param repetitionPenalty a logit x of a token in the prompt or the completion so far becomes x / penalty, or x ·
 *     penalty where it is negative (Keskar et al. 2019, section 4.1); 1 for none
 * @param ending when a completion is over
 * @param seed of the random numbers: row i of a call is drawn with a seed mixed from this one and i
 */
public record Sampling(double temperature, Truncation cut, double repetitionPenalty, Ending ending, long seed) {

    /**
     * Which tokens may be drawn: those that pass all three. Shares are of the distribution after temperature.
     *
     * @param topK how many of the most probable tokens; 0 for all
     * @param topP of those, the fewest that together have this share of their probability, in (0, 1] (nucleus sampling,
     *     Holtzman et al. 2020, section 3.1); 1 for all
     * @param minP tokens at least this many times as probable as the most probable one, in [0, 1] (Nguyen et al. 2024);
     *     0 for all
     */
    public record Truncation(int topK, double topP, double minP) {

        /** Every token. */
        public static final Truncation NONE = new Truncation(0, 1, 0);

        public Truncation {
            if (topK < 0) {
                throw new IllegalArgumentException(
                        "top-k " + topK + ": expected 0 (all tokens) or how many to draw from");
            }
            if (!(topP > 0 && topP <= 1)) {
                throw new IllegalArgumentException(
                        "top-p " + topP + ": expected a share above 0 and at most 1 (all tokens)");
            }
            if (!(minP >= 0 && minP <= 1)) {
                throw new IllegalArgumentException("min-p " + minP + ": expected a share from 0 (all tokens) to 1");
            }
        }
    }

    /**
     * When a completion is over.
     *
     * @param maxTokens the most tokens to generate
     * @param tokens ids that end it
     * @param texts texts that end it; only where completions are texts ({@link Completions})
     */
    public record Ending(int maxTokens, List<Integer> tokens, List<String> texts) {

        public Ending {
            if (maxTokens < 1) {
                throw new IllegalArgumentException("at most " + maxTokens + " tokens: expected at least 1");
            }
            if (texts.contains("")) {
                throw new IllegalArgumentException("an empty text to stop at: every completion holds it");
            }
            tokens = List.copyOf(tokens);
            texts = List.copyOf(texts);
        }
    }

    public Sampling {
        if (!(temperature >= 0) || temperature == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "temperature " + temperature + ": expected 0 (greedy) or a positive number");
        }
        if (!(repetitionPenalty > 0) || repetitionPenalty == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("repetition penalty " + repetitionPenalty
                    + ": expected 1 (none) or a number above it, such as 1.2");
        }
    }

    /** The most probable token every time, up to 100 tokens. */
    public static Sampling greedy() {
        return atTemperature(0);
    }

    /** The model's own distribution, sharpened (below 1) or flattened (above 1), up to 100 tokens, seed 0. */
    public static Sampling atTemperature(double temperature) {
        return new Sampling(temperature, Truncation.NONE, 1, new Ending(100, List.of(), List.of()), 0);
    }

    /** Draws from the {@code k} most probable tokens only. */
    public Sampling topK(int k) {
        return cut(new Truncation(k, cut.topP, cut.minP));
    }

    /** Draws from the fewest tokens that together have probability {@code p}. */
    public Sampling topP(double p) {
        return cut(new Truncation(cut.topK, p, cut.minP));
    }

    /** Draws from tokens at least {@code share} times as probable as the most probable one. */
    public Sampling minP(double share) {
        return cut(new Truncation(cut.topK, cut.topP, share));
    }

    /** Makes tokens that were seen less probable; 1 for none. */
    public Sampling repetitionPenalty(double penalty) {
        return new Sampling(temperature, cut, penalty, ending, seed);
    }

    /** Stops after this many tokens. */
    public Sampling maxTokens(int tokens) {
        return ending(new Ending(tokens, ending.tokens, ending.texts));
    }

    /** Stops after this token too. */
    public Sampling stop(int id) {
        return ending.tokens.contains(id)
                ? this
                : ending(new Ending(ending.maxTokens, with(ending.tokens, id), ending.texts));
    }

    /** Stops before this text too. */
    public Sampling stop(String text) {
        return ending.texts.contains(text)
                ? this
                : ending(new Ending(ending.maxTokens, ending.tokens, with(ending.texts, text)));
    }

    /** Draws with this seed. */
    public Sampling seed(long seed) {
        return new Sampling(temperature, cut, repetitionPenalty, ending, seed);
    }

    private Sampling cut(Truncation changed) {
        return new Sampling(temperature, changed, repetitionPenalty, ending, seed);
    }

    private Sampling ending(Ending changed) {
        return new Sampling(temperature, cut, repetitionPenalty, changed, seed);
    }

    private static <T> List<T> with(List<T> list, T added) {
        var more = new ArrayList<>(list);
        more.add(added);
        return more;
    }
}
