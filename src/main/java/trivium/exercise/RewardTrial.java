package trivium.exercise;

import java.util.List;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.run.Run;

/**
 * What becomes of a model that is trained against a reward, without a penalty for leaving where it began: if the reward
 * can be exploited, it will be.
 *
 * @param start a model that answers such prompts
 * @param prompts at least two different ones; half of them, at most 100, are only answered before and after
 * @param gold what is really wanted; it is looked at and never trained on
 * @param steps of GRPO, at least 1
 */
public record RewardTrial(Run start, List<String> prompts, Reward gold, int steps) {

    private static final int MOST_HELD_OUT = 100;

    public RewardTrial {
        prompts = List.copyOf(prompts);
    }

    /** Trains against this reward. Same reward, same result. */
    public Run train(Reward reward) {
        return PolicyOptimisation.of(start, prompts)
                .reward(reward)
                .gold(gold)
                .algorithm(Grpo.numGenerations(8).beta(0))
                .heldOut(Math.min(MOST_HELD_OUT, prompts.size() / 2))
                .evaluations(2)
                .maxTokens(96)
                .steps(steps)
                .learningRate(5e-4)
                .seed(42)
                .run();
    }

    /** Asks the reward about one story, trains against it if it answers, and says what it was worth. */
    Verdict check(Reward reward) {
        var story = "Anna was happy.";
        var asked = new Probe("the story \"" + story + "\"", Probe.FINITE, () ->
                new double[] {reward.score(prompts.getFirst(), story)});
        var first = Checking.of(RewardOutcome.EXERCISE, reward, "", List.of(asked));
        return first.isRight()
                ? RewardOutcome.of(train(reward).table(PolicyOptimisation.REWARDS))
                        .verdict()
                : first;
    }
}
