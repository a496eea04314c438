package trivium.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import trivium.data.Seeds;

/**
 * Bayesian search with tree-structured Parzen estimators (Bergstra et al., "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011). The settings so far are split into the best 15 % and the rest; each knob takes the value,
 * of {@value #CANDIDATES} drawn where good settings are dense, at which good ones are densest relative to the rest.
 *
 * <p>Settings are answered in batches of a fixed size, each from what the batches before it found. So the suggestions
 * are the same on one thread and on many; trials of a batch wait for each other.
 *
 * @param goal what to look for. A setting that did not finish is among the rest, however little it cost
 * @param count settings in all
 * @param seed of the draws
 * @param knobs the knobs, in the order in which they are chosen
 * @param plan how the count is cut
 */
public record Tpe(Goal goal, int count, long seed, List<Knob> knobs, Plan plan) implements Search {

    /**
     * How the settings are cut into rounds.
     *
     * @param random settings drawn at random before anything is learned
     * @param batch settings a round after that
     */
    public record Plan(int random, int batch) {

        public Plan {
            if (random < 1 || batch < 1) {
                throw new IllegalArgumentException("a TPE search needs at least 1 random setting and 1 setting a round,"
                        + " not " + random + " and " + batch);
            }
        }
    }

    private static final double GOOD = 0.15;
    static final int CANDIDATES = 24;

    public Tpe {
        if (count < 1) {
            throw new IllegalArgumentException("a TPE search needs at least 1 trial, not " + count);
        }
        knobs = new Space(knobs).knobs();
    }

    /** {@code count} settings: 10 at random, then 4 a round. */
    public static Tpe of(Goal goal, int count, Knob... knobs) {
        return new Tpe(goal, count, 0, List.of(knobs), new Plan(10, 4));
    }

    /** Other draws. */
    public Tpe seed(long other) {
        return new Tpe(goal, count, other, knobs, plan);
    }

    /** This many settings a round: more for more trials side by side, 1 to learn most from each. */
    public Tpe batch(int settings) {
        return new Tpe(goal, count, seed, knobs, new Plan(plan.random(), settings));
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public List<Map<String, Object>> round(int round, SweepResult finished) {
        int from = round == 0 ? 0 : plan.random() + (round - 1) * plan.batch();
        int to = Math.min(count, plan.random() + round * plan.batch());
        var tried = round == 0 ? List.<TrialResult>of() : sorted(finished);
        int good = (int) Math.ceil(GOOD * tried.size());
        var settings = new ArrayList<Map<String, Object>>();
        for (int i = from; i < to; i++) {
            var random = Seeds.random(seed, i);
            settings.add(new Space(knobs)
                    .setting(knob -> tried.isEmpty()
                            ? knob.draw(random)
                            : better(
                                    knob,
                                    values(knob, tried.subList(0, good)),
                                    values(knob, tried.subList(good, tried.size())),
                                    random)));
        }
        return settings;
    }

    /** Best first; of equals, and of those that did not finish, the earlier first. */
    private List<TrialResult> sorted(SweepResult finished) {
        return finished.overSeeds().trials().stream()
                .sorted(Comparator.comparingDouble(
                        result -> result.isFinished() ? goal.cost(result.metrics().get(goal.metric())) : Double.POSITIVE_INFINITY))
                .toList();
    }

    private static List<Object> values(Knob knob, List<TrialResult> results) {
        return results.stream()
                .map(result -> result.trial().values().get(knob.name()))
                .filter(value -> value != null)
                .toList();
    }

    private static Object better(Knob knob, List<Object> good, List<Object> rest, RandomGenerator random) {
        return switch (knob) {
            case Knob.Conditional conditional -> better(conditional.knob(), good, rest, random);
            case Knob.Range range -> {
                var dense = Parzen.around(shares(range, good));
                var sparse = Parzen.around(shares(range, rest));
                var drawn = new double[CANDIDATES];
                Arrays.setAll(drawn, i -> dense.draw(random));
                yield range.at(best(drawn, share -> dense.density(share) / sparse.density(share)));
            }
            case Knob.Listed listed -> {
                double[] dense = frequencies(listed, good);
                double[] sparse = frequencies(listed, rest);
                var drawn = new double[CANDIDATES];
                Arrays.setAll(drawn, i -> pick(dense, random));
                yield listed.values().get((int) best(drawn, value -> dense[(int) value] / sparse[(int) value]));
            }
        };
    }

    private static double[] shares(Knob.Range range, List<Object> values) {
        return values.stream()
                .mapToDouble(value -> range.share(((Number) value).doubleValue()))
                .sorted()
                .toArray();
    }

    /** How often each value was there, with one more of each: the paper's N p + C, as parts of 1. */
    private static double[] frequencies(Knob.Listed listed, List<Object> values) {
        return listed.values().stream()
                .mapToDouble(value -> (1.0 + values.stream().filter(value::equals).count())
                        / (listed.values().size() + values.size()))
                .toArray();
    }

    private static int pick(double[] parts, RandomGenerator random) {
        double left = random.nextDouble();
        int i = 0;
        while (i < parts.length - 1 && left >= parts[i]) {
            left -= parts[i++];
        }
        return i;
    }

    private static double best(double[] candidates, DoubleUnaryOperator gain) {
        double best = candidates[0];
        for (double candidate : candidates) {
            best = gain.applyAsDouble(candidate) > gain.applyAsDouble(best) ? candidate : best;
        }
        return best;
    }
}
