package trivium.align;

import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;
import trivium.run.Run;

/**
 * What models on their way from a reference earn, and how far they have come: a row for each algorithm, β, seed and
 * step, with the mean reward that is optimised, the mean gold reward, and the divergence from the reference in nats per
 * completion. Rows of step 0 are of the reference itself.
 */
public final class FrontierTable {

    public static final String ALGORITHM = "algorithm";
    public static final String BETA = "beta";
    public static final String SEED = "seed";
    public static final String STEP = MetricsTable.STEP;
    public static final String KL = "kl";
    public static final String REWARD = "reward";
    public static final String GOLD = "gold";

    /** Steps before and after an evaluation over which the divergence is averaged. */
    private static final int AROUND = 2;

    private final StringColumn algorithm = StringColumn.create(ALGORITHM);
    private final DoubleColumn beta = DoubleColumn.create(BETA);
    private final LongColumn seed = LongColumn.create(SEED);
    private final LongColumn step = LongColumn.create(STEP);
    private final DoubleColumn kl = DoubleColumn.create(KL);
    private final DoubleColumn reward = DoubleColumn.create(REWARD);
    private final DoubleColumn gold = DoubleColumn.create(GOLD);

    /**
     * What is the same in all rows of one training.
     *
     * @param beta the strength of what holds the policy at the reference; of best-of-n, which has none, not a number
     */
    public record Of(String algorithm, double beta, long seed) {}

    /** One more row. */
    public FrontierTable add(Of of, long steps, double divergence, double rewarded, double wanted) {
        algorithm.append(of.algorithm);
        beta.append(of.beta);
        seed.append(of.seed);
        step.append(steps);
        kl.append(divergence);
        reward.append(rewarded);
        gold.append(wanted);
        return this;
    }

    /** The rows of an alignment under the name of its algorithm, see {@link #add(String, Run)}. */
    public FrontierTable add(Run aligned) {
        return add(String.valueOf(aligned.card().recipe().get(ALGORITHM)), aligned);
    }

    /**
     * The rows of an alignment that has a gold reward: the held-out prompts before, at each evaluation, and after. The
     * divergence is the mean over the step of the evaluation and the two before and after it, for one step's
     * completions are few.
     *
     * @throws IllegalArgumentException if the run has no gold reward
     */
    public FrontierTable add(String name, Run aligned) {
        return add(new Of(name, beta(aligned), aligned.card().origin().seed()), aligned);
    }

    FrontierTable add(Of of, Run aligned) {
        var metrics = aligned.metrics();
        if (!aligned.has("eval/gold")) {
            throw new IllegalArgumentException(aligned.label()
                    + " has no evaluations of a gold reward to draw: train it" + " with gold(…) and evaluations(…)");
        }
        if (aligned.tables().containsKey(PolicyOptimisation.REWARDS)) {
            var rewards = aligned.table(PolicyOptimisation.REWARDS);
            add(
                    of,
                    0,
                    0,
                    rewards.doubleColumn("before").mean(),
                    rewards.doubleColumn("gold_before").mean());
        }
        for (int row = 0; row < metrics.rowCount(); row++) {
            double wanted = metrics.numberColumn("eval/gold").getDouble(row);
            if (Double.isFinite(wanted)) {
                int from = Math.max(0, row - AROUND);
                int to = Math.min(metrics.rowCount(), row + AROUND + 1);
                add(
                        of,
                        metrics.longColumn(STEP).getLong(row),
                        IntStream.range(from, to)
                                .mapToDouble(metrics.numberColumn(KL)::getDouble)
                                .average()
                                .orElseThrow(),
                        metrics.numberColumn("eval/reward").getDouble(row),
                        wanted);
            }
        }
        return this;
    }

    private static double beta(Run run) {
        return run.card().recipe().get("algorithm.beta") instanceof Number strength
                ? strength.doubleValue()
                : Double.NaN;
    }

    /** The rows so far: columns "algorithm", "beta", "seed", "step", "kl", "reward" and "gold". */
    public Table table() {
        return Table.create("frontier", List.of(algorithm, beta, seed, step, kl, reward, gold))
                .copy();
    }
}
