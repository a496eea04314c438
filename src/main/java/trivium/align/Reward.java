package trivium.align;

import java.util.List;

/**
 * What is liked: a number for a completion, higher is better. A learned {@code RewardModel}, a rule, or a function of
 * your own.
 *
 * <p>A training that goes on in a kept folder must have the reward it began with. Reward models are told apart by their
 * content, and so are records; a lambda is "a function" like any other, unless it is {@linkplain #named named}: change
 * the name when you change what it likes.
 */
@FunctionalInterface
public interface Reward {

    /** The reward of one completion. */
    double score(String prompt, String completion);

    /** This function, called {@code name} on the run's card, in tables, and where a kept training goes on. */
    static Reward named(String name, Reward reward) {
        return new Named(name, reward);
    }

    /** Rewards of many completions, in order; implementations that can do them together override this. */
    default double[] scores(List<String> prompts, List<String> completions) {
        var scores = new double[prompts.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(prompts.get(i), completions.get(i));
        }
        return scores;
    }
}
