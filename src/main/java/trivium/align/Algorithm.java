package trivium.align;

import trivium.train.Objective;
import trivium.train.Setting;

/**
 * How rewards become a step: a policy-gradient algorithm over groups of completions of the same prompt. {@link Grpo}
 * and {@link Reinforce} are two; your own needs a group size and an objective, and is best a record. So that cards that
 * name it can be read back, see {@link Setting}.
 */
public interface Algorithm extends Setting {

    /** G, how many completions of each prompt are compared with each other. */
    int group();

    /** How many steps are taken on the same rollouts before new ones are drawn. */
    default int epochs() {
        return 1;
    }

    /** The loss of these rollouts as a function of the policy's log-probabilities. */
    Objective objective(Rollouts rollouts);
}
