package trivium.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * How tokens are drawn from a model's next-token distribution.
 *
 * <p>The logits are divided by the temperature; the {@code topK} most probable tokens are kept; of those, the most
 * probable ones that together reach {@code topP} (nucleus sampling, Holtzman et al. 2020, section 3.1); one of the rest
 * is drawn by inverting the cumulative distribution at one uniform number per token. Two models that agree on the
 * distribution therefore draw the same token from the same seed: comparisons before and after training share their
 * dice.
 *
 * @param temperature 0 takes the most probable token always; 1 draws from the model's own distribution
 * @param topK how many tokens to draw from at most; 0 for all
 * @param topP the share of probability to draw from, in (0, 1]; 1 for all
 * @param maxTokens the most tokens to generate
 * @param stops token ids that end a completion
 * @param seed the dice: row i of a call is drawn with a seed mixed from this one and i
 */
public record Sampling(double temperature, int topK, double topP, int maxTokens, List<Integer> stops, long seed) {

    public Sampling {
        if (!(temperature >= 0) || temperature == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "temperature " + temperature + ": expected 0 (greedy) or a positive number");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top-k " + topK + ": expected 0 (all tokens) or how many to draw from");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "top-p " + topP + ": expected a share above 0 and at most 1 (all tokens)");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("at most " + maxTokens + " tokens: expected at least 1");
        }
        stops = List.copyOf(stops);
    }

    /** The most probable token every time, up to 100 tokens. */
    public static Sampling greedy() {
        return temperature(0);
    }

    /** The model's own distribution, sharpened (below 1) or flattened (above 1), up to 100 tokens, seed 0. */
    public static Sampling temperature(double temperature) {
        return new Sampling(temperature, 0, 1, 100, List.of(), 0);
    }

    /** Draws from the {@code k} most probable tokens only. */
    public Sampling topK(int k) {
        return new Sampling(temperature, k, topP, maxTokens, stops, seed);
    }

    /** Draws from the fewest tokens that together have probability {@code p}. */
    public Sampling topP(double p) {
        return new Sampling(temperature, topK, p, maxTokens, stops, seed);
    }

    /** Stops after this many tokens. */
    public Sampling maxTokens(int tokens) {
        return new Sampling(temperature, topK, topP, tokens, stops, seed);
    }

    /** Stops after this token too. */
    public Sampling stop(int id) {
        if (stops.contains(id)) {
            return this;
        }
        var more = new ArrayList<>(stops);
        more.add(id);
        return new Sampling(temperature, topK, topP, maxTokens, more, seed);
    }

    /** Throws these dice. */
    public Sampling seed(long seed) {
        return new Sampling(temperature, topK, topP, maxTokens, stops, seed);
    }
}
