package trivium.align;

import java.util.List;
import java.util.Map;
import trivium.generate.Generation.Finish;

/**
 * The reward of a completion: a number, higher is better. A learned {@code RewardModel}, a rule ({@link Rewards}), or a
 * function of your own.
 *
 * <p>A training that goes on in a kept folder must have the reward it began with. Reward models are told apart by their
 * content, and so are records; a lambda is "a function" like any other, unless it is {@linkplain #of named}: change the
 * name when you change the function.
 */
@FunctionalInterface
public interface Reward {

    /** The reward of one completion. */
    double score(String prompt, String completion);

    /** A function that is told why a completion ended. */
    @FunctionalInterface
    interface WithFinish {

        /** The reward of one completion; {@link Finish#LENGTH} where it was cut at the most tokens. */
        double score(String prompt, String completion, Finish finish);
    }

    /**
     * A reward that is told why a completion ended, such as one that punishes completions that were cut:
     *
     * <pre>{@code Reward.withFinish((prompt, text, finish) -> finish.isCut() ? -1 : text.length())}</pre>
     *
     * Texts of which nobody says how they ended count as ended by themselves.
     */
    static Reward withFinish(WithFinish function) {
        return new RewardWithFinish(function);
    }

    /** This function, called {@code name} on the run's card, in tables, and where a kept training goes on. */
    static Reward of(String name, Reward reward) {
        return new NamedReward(name, reward);
    }

    /** Rewards of many completions, in order; implementations that can do them together override this. */
    default double[] scores(List<String> prompts, List<String> completions) {
        var scores = new double[prompts.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(prompts.get(i), completions.get(i));
        }
        return scores;
    }

    /**
     * The same of completions of which it is known why each ended; this is what an alignment asks. A reward that does
     * not depend on it need not override this.
     */
    default double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return scores(prompts, completions);
    }

    /**
     * This reward where these are the expected answers, by the prompt: what a reward that compares with them needs
     * before it is asked. Others are themselves.
     *
     * @param answers at least one of each prompt, or of none
     * @throws IllegalArgumentException if it compares with answers, and there are none
     */
    default Reward expecting(Map<String, List<String>> answers) {
        return this;
    }
}
