package trivium.align;

import java.util.List;

/**
 * What is liked: a number for a completion, higher is better. A learned {@code RewardModel}, a rule, or a function of
 * your own.
 */
@FunctionalInterface
public interface Reward {

    /** The reward of one completion. */
    double score(String prompt, String completion);

    /** Rewards of many completions, in order; implementations that can do them together override this. */
    default double[] scores(List<String> prompts, List<String> completions) {
        var scores = new double[prompts.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(prompts.get(i), completions.get(i));
        }
        return scores;
    }
}
