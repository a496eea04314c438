package trivium.align;

import trivium.train.Setting;

/**
 * How rewards become a step: a policy-gradient algorithm over groups of completions of the same prompt. {@link Grpo}
 * and {@link Rloo} are two; your own needs a group size and a learner, and is best a record. So that cards that name it
 * can be read back, see {@link Setting}.
 */
public interface Algorithm extends Setting {

    /** G, how many completions of each prompt are drawn. */
    int numGenerations();

    /**
     * Whether completions of a prompt are compared with each other, so that nothing is learned from a group of equal
     * rewards; not of an algorithm that knows otherwise what a completion is worth, such as {@link Ppo}.
     */
    default boolean comparesGroups() {
        return numGenerations() > 1;
    }

    /**
     * The rewards that are learned from, given what the reward said of each completion; for algorithms with a price of
     * their own on what the reward does not see, such as DAPO's on completions that are nearly too long.
     *
     * @param rewards (B), higher is better
     * @param lengths (B) of the completions in tokens, the end token included
     * @param maxTokens the most tokens that a completion may have
     * @return (B), the same array or another
     */
    default double[] shape(double[] rewards, int[] lengths, int maxTokens) {
        return rewards;
    }

    /**
     * Whether groups whose (shaped) rewards are all equal, from which nothing is learned, give way to those of further
     * prompts (DAPO's dynamic sampling) before {@link Learner#learn} is asked.
     */
    default boolean dynamicSampling() {
        return false;
    }

    /**
     * The algorithm at work on one policy. Most need no more than {@code Learner.of(context.policy(), 1, rollouts ->
     * objective)}, an objective being a function of the policy's log-probabilities.
     */
    Learner learner(Learner.Context context);
}
