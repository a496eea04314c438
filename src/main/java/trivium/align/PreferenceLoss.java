package trivium.align;

import trivium.train.Setting;

/**
 * What {@link PreferenceOptimisation} minimises: a function of the log-probabilities that the policy, and for most
 * losses the frozen model it started from, give to whole completions. A {@link PairLoss} compares the two answers of a
 * comparison. A loss of your own is best a record; so that cards that name it can be read back, see {@link Setting}.
 */
public interface PreferenceLoss extends Setting {

    /** Whether the loss reads {@link Logps#reference}; log-probabilities that no loss reads are not computed. */
    default boolean needsReference() {
        return true;
    }

    /** The reward that the policy implies for a completion, for the metrics "rewards/chosen" and "rewards/rejected". */
    double reward(Logps completion);

    /** What the metrics "logps/chosen" and "logps/rejected" are means of: the sum over tokens, or their mean. */
    default double logps(Logps completion) {
        return completion.policy();
    }
}
