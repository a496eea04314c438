package trivium.align;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tech.tablesaw.api.Table;
import trivium.measure.Paired;
import trivium.measure.Summary;
import trivium.run.Evidence;
import trivium.run.Fault;
import trivium.run.Metric;
import trivium.run.Symptom;
import trivium.text.Numbers;

/**
 * Where the reward goes on rising while what it stands for falls (Gao, Schulman and Hilton 2022, arXiv:2210.10760), and
 * at which step that began.
 *
 * <ul>
 *   <li>Of the gold reward that every step measures: the curve that rises and then falls and fits its values best, by
 *       least squares, has its top at the step where over-optimisation begins. It counts when the mean of the newest
 *       steps is below that of as many around the top by {@value #FALLEN} standard errors, for the top was picked, and
 *       the reward's is above by {@value #RISEN}.
 *   <li>Of the answers to the held-out prompts, for each evaluation of them: from its best evaluation on it has fallen,
 *       prompt by prompt, with 99.9 %, and the reward has risen, with 95 %.
 * </ul>
 */
final class OverOptimisation {

    private static final String GOLD = Metric.GOLD.name();
    private static final String REWARD = Metric.REWARD.name();

    /** The fewest steps with a top between them. */
    private static final int FEWEST = 12;

    /** How often, over a whole training, a curve of every step is fitted at most: the work of a step stays bounded. */
    private static final int LOOKS = 100;

    private static final double FALLEN = 4;
    private static final double RISEN = 2;

    /** The best of several evaluations is partly luck: what falls below it has to do so beyond doubt. */
    static final double BEYOND_DOUBT = 0.999;

    private OverOptimisation() {}

    static Fault fault() {
        return new Fault(
                "over-optimisation", List.of(REWARD, GOLD, HeldOut.REWARD, "eval/gold"), OverOptimisation::look);
    }

    private static Optional<Symptom> look(Evidence evidence) {
        return ofEverySteps(evidence).or(() -> ofHeldOut(evidence));
    }

    private static Optional<Symptom> ofEverySteps(Evidence evidence) {
        long steps = evidence.step();
        if (steps < FEWEST || Double.isNaN(evidence.now(GOLD)) || steps % Math.ceilDiv(steps, LOOKS) != 0) {
            return Optional.empty();
        }
        double[] gold = evidence.last(GOLD, (int) steps);
        double[] reward = evidence.last(REWARD, (int) steps);
        return gold.length == reward.length
                ? began(gold, reward).stream()
                        .mapToObj(top -> symptom(
                                steps - gold.length + top + 1,
                                "gold reward",
                                around(gold, top),
                                newest(gold),
                                around(reward, top),
                                newest(reward)))
                        .findFirst()
                : Optional.empty();
    }

    private static Symptom symptom(
            long step, String name, double then, double now, double rewardThen, double rewardNow) {
        return new Symptom(
                "over-optimisation began at about step " + step + ": since then the " + name + " fell from "
                        + Numbers.brief(then) + " to " + Numbers.brief(now) + " while the reward rose from "
                        + Numbers.brief(rewardThen) + " to " + Numbers.brief(rewardNow),
                "the policy has learned to please the reward and not what it stands for",
                ".steps(" + step + "), a larger beta in the algorithm, or a reward that knows more of what is wanted");
    }

    /**
     * The place at which what is wanted was highest, if it has fallen since while the reward has risen.
     *
     * @param gold one value a step
     * @param reward of the same steps
     */
    static OptionalInt began(double[] gold, double[] reward) {
        if (gold.length < FEWEST) {
            return OptionalInt.empty();
        }
        int top = top(gold);
        double fallen = around(gold, top) - newest(gold);
        double risen = newest(reward) - around(reward, top);
        double fewer = Math.sqrt(2.0 / part(gold.length));
        return top < gold.length - part(gold.length)
                        && fallen > FALLEN * scatter(gold) * fewer
                        && risen > RISEN * scatter(reward) * fewer
                ? OptionalInt.of(top)
                : OptionalInt.empty();
    }

    private static int part(int steps) {
        return Math.max(3, steps / 10);
    }

    private static double newest(double[] values) {
        return mean(values, values.length - part(values.length), values.length);
    }

    private static double around(double[] values, int top) {
        int part = part(values.length);
        int from = Math.clamp(top - part / 2, 0, values.length - part);
        return mean(values, from, from + part);
    }

    private static double mean(double[] values, int from, int to) {
        return Summary.of(Arrays.copyOfRange(values, from, to)).mean();
    }

    /** The standard deviation of a value around a smooth curve, from the differences of neighbours. */
    private static double scatter(double[] values) {
        double squares = 0;
        for (int i = 1; i < values.length; i++) {
            squares += (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
        }
        return Math.sqrt(squares / (2 * (values.length - 1)));
    }

    /** The top of the curve that rises, then falls, and has the least squared distance from the values. */
    static int top(double[] values) {
        double[] rising = squares(values);
        double[] falling = squares(reversed(values));
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int top = 0; top < values.length; top++) {
            double both = rising[top] + (top + 1 < values.length ? falling[values.length - top - 2] : 0);
            if (both < least) {
                least = both;
                best = top;
            }
        }
        return best;
    }

    private static double[] reversed(double[] values) {
        var reversed = new double[values.length];
        Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
        return reversed;
    }

    /**
     * For each place the squared distance of the values up to it from the nearest curve that never falls, by pooling
     * adjacent violators (Barlow et al. 1972; in one pass, Stout 2008).
     */
    private static double[] squares(double[] values) {
        var errors = new double[values.length];
        var sums = new double[values.length];
        var counts = new int[values.length];
        double total = 0; // Σ x² − Σ (block sum)² / block count
        int blocks = 0;
        for (int i = 0; i < values.length; i++) {
            double sum = values[i];
            int count = 1;
            total += values[i] * values[i];
            while (blocks > 0 && sums[blocks - 1] / counts[blocks - 1] >= sum / count) {
                blocks--;
                total += sums[blocks] * sums[blocks] / counts[blocks];
                sum += sums[blocks];
                count += counts[blocks];
            }
            sums[blocks] = sum;
            counts[blocks] = count;
            blocks++;
            total -= sum * sum / count;
            errors[i] = total;
        }
        return errors;
    }

    /** The evaluations of the answers to the held-out prompts, of which this step has one. */
    private static Optional<Symptom> ofHeldOut(Evidence evidence) {
        return Double.isNaN(evidence.now(HeldOut.REWARD))
                ? Optional.empty()
                : evidence.table(PolicyOptimisation.SAMPLES).flatMap(OverOptimisation::of);
    }

    private static Optional<Symptom> of(Table samples) {
        var steps = samples.longColumn("step");
        var tables = steps.asSet().stream()
                .sorted()
                .map(step -> samples.where(steps.isEqualTo(step)))
                .toList();
        return samples.columnNames().stream()
                .filter(name -> !List.of("step", "prompt", "text", "reward").contains(name))
                .flatMap(name -> apart(name, tables).stream())
                .findFirst();
    }

    private static Optional<Symptom> apart(String name, List<Table> evaluations) {
        var best = evaluations.stream()
                .max(Comparator.comparingDouble(each -> each.doubleColumn(name).mean()))
                .orElseThrow();
        var now = evaluations.getLast();
        if (best.rowCount() != now.rowCount()) {
            return Optional.empty();
        }
        var checked = Paired.of(values(best, name), values(now, name));
        var reward = Paired.of(values(best, "reward"), values(now, "reward"));
        return checked.interval(BEYOND_DOUBT).high() < 0 && reward.interval().low() > 0
                ? Optional.of(symptom(
                        best.longColumn("step").get(0),
                        (name.equals(GOLD) ? "gold reward" : "evaluation \"" + name + "\"") + " of "
                                + Numbers.count(now.rowCount(), "held-out prompt"),
                        checked.before().mean(),
                        checked.after().mean(),
                        reward.before().mean(),
                        reward.after().mean()))
                : Optional.empty();
    }

    private static double[] values(Table table, String name) {
        return table.doubleColumn(name).asDoubleArray();
    }
}
