package trivium.align;

import java.util.stream.IntStream;
import trivium.train.Checks;
import trivium.train.Setting;

/**
 * What completions that are nearly too long pay: within the last part of the most tokens the reward falls in a straight
 * line (Yu et al. 2025, DAPO, equation 13).
 *
 * @param overlongBuffer that last part, a share of the most tokens from 0, for none, to 1
 * @param overlongPenalty by how much the reward has fallen at the most tokens; 0 or more
 */
public record Overlong(double overlongBuffer, double overlongPenalty) implements Setting {

    /** No price. */
    public static final Overlong NONE = new Overlong(0, 1);

    public Overlong {
        Checks.ratio(overlongBuffer, "overlong buffer");
        if (!(overlongPenalty >= 0 && overlongPenalty < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "overlong penalty " + overlongPenalty + ": expected 0 (none) or a positive number, such as 1");
        }
    }

    /** As {@link Algorithm#shape}. */
    double[] shape(double[] rewards, int[] lengths, int maxTokens) {
        double buffer = overlongBuffer * maxTokens;
        return buffer == 0
                ? rewards
                : IntStream.range(0, rewards.length)
                        .mapToDouble(i -> rewards[i]
                                - overlongPenalty * Math.clamp((lengths[i] - maxTokens + buffer) / buffer, 0, 1))
                        .toArray();
    }
}
