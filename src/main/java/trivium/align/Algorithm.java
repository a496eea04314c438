package trivium.align;

import java.util.Map;
import trivium.train.Objective;

/**
 * How rewards become a step: a policy-gradient algorithm over groups of completions of the same prompt. {@link Grpo}
 * and {@link Reinforce} are two; your own needs a group size and an objective.
 */
public interface Algorithm {

    /** G, how many completions of each prompt are compared with each other. */
    int group();

    /** How many steps are taken on the same rollouts before new ones are drawn. */
    default int epochs() {
        return 1;
    }

    /** Its settings by name, as a run's card has them; "name" says which algorithm it is. */
    default Map<String, Object> settings() {
        return Map.of("name", Named.of(this));
    }

    /** The loss of these rollouts as a function of the policy's log-probabilities. */
    Objective objective(Rollouts rollouts);
}
