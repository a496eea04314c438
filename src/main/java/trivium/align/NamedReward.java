package trivium.align;

import java.util.List;
import java.util.Map;
import trivium.generate.Generation.Finish;

/**
 * A reward with a name for the run's card.
 *
 * @param name what it is, such as "short and polite, v2"
 * @param reward what it does
 */
record NamedReward(String name, Reward reward) implements Reward {

    NamedReward {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "a reward's name is blank; say what it rewards, such as \"short answers\"");
        }
    }

    @Override
    public double score(String prompt, String completion) {
        return reward.score(prompt, completion);
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return reward.scores(prompts, completions);
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return reward.scores(prompts, completions, finishes);
    }

    @Override
    public Reward expecting(Map<String, List<String>> answers) {
        return new NamedReward(name, reward.expecting(answers));
    }

    @Override
    public String toString() {
        return name;
    }
}
