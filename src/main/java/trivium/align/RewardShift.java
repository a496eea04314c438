package trivium.align;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import tech.tablesaw.api.Table;
import trivium.measure.Paired;
import trivium.run.Run;

/**
 * What an alignment changed, in a sentence: rewards of the held-out prompts before and after, with the same random
 * numbers.
 *
 * @param reward the optimised reward, a case for each held-out prompt
 * @param gold the reward that was only written down, if there was one
 * @param kl divergence from the reference at the last step, in nats per completion
 */
public record RewardShift(Paired reward, Optional<Paired> gold, double kl) {

    /** Of an aligned run; it must have ended by itself, for the comparison is made at the end. */
    public static RewardShift of(Run aligned) {
        var rewards = aligned.table(PolicyOptimisation.REWARDS);
        return new RewardShift(
                paired(rewards, "before", "after"),
                rewards.containsColumn("gold_before")
                        ? Optional.of(paired(rewards, "gold_before", "gold_after"))
                        : Optional.empty(),
                aligned.last("kl"));
    }

    private static Paired paired(Table rewards, String before, String after) {
        return Paired.of(
                rewards.numberColumn(before).asDoubleArray(),
                rewards.numberColumn(after).asDoubleArray());
    }

    /**
     * How far the mean reward rose, in standard deviations of the rewards before; empty where these do not differ, as
     * those of a single prompt.
     */
    public OptionalDouble rise() {
        double deviation = reward.before().standardDeviation();
        return deviation > 0 ? OptionalDouble.of(reward.change().mean() / deviation) : OptionalDouble.empty();
    }

    /**
     * "reward 0.26 → 1.69 (+1.43, 95 % interval +1.29 to +1.57) on 200 held-out prompts, +2.0 standard deviations of
     * the start, KL 8.5 nats"; the interval is that of the mean change over such prompts.
     */
    @Override
    public String toString() {
        int n = reward.count();
        var text = new StringBuilder("reward ").append(reward).append(" on ");
        text.append(n == 1 ? "1 held-out prompt, which says nothing about others" : n + " held-out prompts");
        rise().ifPresent(
                        rise -> text.append(String.format(Locale.ROOT, ", %+.1f standard deviations of the start", rise)
                                .replace('-', '−')));
        text.append(String.format(Locale.ROOT, ", KL %.1f nats", Math.round(10 * kl) / 10.0)
                .replace('-', '−'));
        gold.ifPresent(paired -> text.append("; gold reward ").append(paired));
        return text.toString();
    }
}
