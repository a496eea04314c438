package trivium.align;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.measure.Quantile;
import trivium.measure.Summary;
import trivium.run.Metric;

/** What a step's completions and their rewards are like, as metrics; names are TRL's where TRL measures the same. */
final class RolloutMetrics {

    private RolloutMetrics() {}

    /** The mean, and how the whole distribution lies. */
    static void distribution(String name, double[] rewards, Map<String, Double> metrics) {
        metrics.put(name, mean(rewards));
        for (var quantile : Quantile.values()) {
            metrics.put(quantile.column(name), quantile.of(rewards));
        }
    }

    /**
     * How long the completions are and how they ended.
     *
     * <p>The lengths of those that ended by themselves are missing where none did: TRL writes 0 there, which is no
     * length of any completion.
     */
    static void completions(List<Generation> generations, Map<String, Double> metrics) {
        long added = added(generations);
        double entropy = generations.stream()
                        .mapToDouble(g -> g.entropy() * g.tokens().length)
                        .sum()
                / added;
        double cut = generations.stream().filter(g -> g.finish() != Finish.STOP).count();
        metrics.put(Metric.ENTROPY.name(), entropy);
        lengths(generations.stream(), "", metrics);
        lengths(generations.stream().filter(g -> g.finish() == Finish.STOP), "terminated_", metrics);
        metrics.put(Metric.CLIPPED_RATIO.name(), cut / generations.size());
    }

    private static void lengths(Stream<Generation> generations, String which, Map<String, Double> metrics) {
        var lengths = generations.mapToLong(g -> g.tokens().length).summaryStatistics();
        if (lengths.getCount() > 0) {
            metrics.put("completions/mean_" + which + "length", (double) lengths.getSum() / lengths.getCount());
            metrics.put("completions/min_" + which + "length", (double) lengths.getMin());
            metrics.put("completions/max_" + which + "length", (double) lengths.getMax());
        }
    }

    /** How many tokens were drawn, end tokens included. */
    static long added(List<Generation> generations) {
        return generations.stream().mapToLong(g -> g.tokens().length).sum();
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** The share of groups whose rewards are all equal. */
    static double equalGroups(double[] rewards, int group) {
        long equal = IntStream.range(0, rewards.length / group)
                .filter(i -> isEqual(rewards, i * group, group))
                .count();
        return (double) equal * group / rewards.length;
    }

    /** Whether the rewards of the group that begins at {@code from} are equal, but for what float32 makes of them. */
    static boolean isEqual(double[] rewards, int from, int group) {
        var of = Summary.of(Arrays.copyOfRange(rewards, from, from + group));
        return of.max() - of.min() <= 1e-6 * Math.max(1, Math.abs(of.max()));
    }

    /** The standard deviation over all completions, and within a group, averaged over the groups; of two at least. */
    static void spread(double[] rewards, int group, Map<String, Double> metrics) {
        if (rewards.length > 1) {
            metrics.put(Metric.REWARD_STD.name(), Summary.of(rewards).standardDeviation());
        }
        if (group > 1) {
            double sum = 0;
            for (int from = 0; from < rewards.length; from += group) {
                sum += Summary.of(Arrays.copyOfRange(rewards, from, from + group))
                        .standardDeviation();
            }
            metrics.put(Metric.REWARD_GROUP_STD.name(), sum * group / rewards.length);
        }
    }

    /**
     * Pearson's correlation of rewards and lengths in the groups whose rewards differ, both less the mean of their
     * group, or of all where groups have one completion each; missing where all rewards or all lengths are equal.
     */
    static void byLength(double[] rewards, List<Generation> generations, int group, Map<String, Double> metrics) {
        double[] lengths =
                generations.stream().mapToDouble(g -> g.tokens().length).toArray();
        int each = group > 1 ? group : rewards.length;
        double product = 0;
        double rewardSquares = 0;
        double lengthSquares = 0;
        for (int from = 0; from < rewards.length; from += each) {
            if (isEqual(rewards, from, each)) {
                continue;
            }
            double reward = mean(Arrays.copyOfRange(rewards, from, from + each));
            double length = mean(Arrays.copyOfRange(lengths, from, from + each));
            for (int i = from; i < from + each; i++) {
                product += (rewards[i] - reward) * (lengths[i] - length);
                rewardSquares += (rewards[i] - reward) * (rewards[i] - reward);
                lengthSquares += (lengths[i] - length) * (lengths[i] - length);
            }
        }
        if (rewardSquares > 0 && lengthSquares > 0) {
            metrics.put(
                    Metric.REWARD_LENGTH_CORRELATION.name(),
                    Math.clamp(product / Math.sqrt(rewardSquares * lengthSquares), -1, 1));
        }
    }
}
