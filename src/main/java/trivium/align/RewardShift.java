package trivium.align;

import java.util.Locale;
import java.util.Optional;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;
import trivium.run.Run;

/**
 * What an alignment changed, in a sentence: rewards of the held-out prompts before and after, with the same dice.
 *
 * @param before the optimised reward
 * @param after the optimised reward
 * @param goldBefore the reward that was only written down, if there was one
 * @param goldAfter the same, after
 * @param kl divergence from the reference at the last step, in nats per completion
 */
public record RewardShift(
        Summary before, Summary after, Optional<Summary> goldBefore, Optional<Summary> goldAfter, double kl) {

    /** Of an aligned run; it must have ended by itself, for the comparison is made at the end. */
    public static RewardShift of(Run aligned) {
        var rewards = aligned.table(PolicyOptimisation.REWARDS);
        return new RewardShift(
                column(rewards, "before").orElseThrow(),
                column(rewards, "after").orElseThrow(),
                column(rewards, "gold_before"),
                column(rewards, "gold_after"),
                aligned.last("kl"));
    }

    private static Optional<Summary> column(Table rewards, String name) {
        return rewards.containsColumn(name)
                ? Optional.of(Summary.of(rewards.numberColumn(name).asDoubleArray()))
                : Optional.empty();
    }

    /** How far the mean reward rose, in standard deviations of the rewards before. */
    public double rise() {
        return (after.mean() - before.mean()) / before.standardDeviation();
    }

    @Override
    public String toString() {
        var learned = String.format(
                Locale.ROOT,
                "reward %.2f → %.2f on %d held-out prompts (%+.1f standard deviations of the start), KL %.1f nats",
                before.mean(),
                after.mean(),
                before.count(),
                rise(),
                kl);
        return goldBefore
                .map(gold -> String.format(
                        Locale.ROOT,
                        "%s; gold reward %.2f → %.2f",
                        learned,
                        gold.mean(),
                        goldAfter.orElseThrow().mean()))
                .orElse(learned);
    }
}
