package trivium.align;

import trivium.train.Setting;

/**
 * How rewards become a step: a policy-gradient algorithm over groups of completions of the same prompt. {@link Grpo}
 * and {@link Rloo} are two; your own needs a group size and a learner, and is best a record. So that cards that name it
 * can be read back, see {@link Setting}.
 */
public interface Algorithm extends Setting {

    /** G, how many completions of each prompt are compared with each other. */
    int numGenerations();

    /**
     * The algorithm at work on one policy. Most need no more than {@code Learner.of(context.policy(), 1, rollouts ->
     * objective)}, an objective being a function of the policy's log-probabilities.
     */
    Learner learner(Learner.Context context);
}
