package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import trivium.data.Seeds;

/**
 * Bayesian search with tree-structured Parzen estimators (Bergstra et al., "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011). The settings so far are split into the best 15 % and the rest; {@value #CANDIDATES}
 * settings are drawn from the density of the good ones, and the one with the largest ratio of that density to the
 * density of the rest is tried.
 *
 * <p>Settings are answered in batches of a fixed size, each from what the batches before it found. So the suggestions
 * are the same on one thread and on many; trials of a batch wait for each other.
 *
 * @param goal what to look for. A setting that did not finish is among the rest, however little it cost
 * @param count settings in all
 * @param seed of the draws
 * @param hyperparameters the hyperparameters, in the order in which they are chosen
 * @param plan how the count is cut
 */
public record Tpe(Goal goal, int count, long seed, List<Hyperparameter> hyperparameters, Plan plan) implements Search {

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
        hyperparameters = new Space(hyperparameters).hyperparameters();
    }

    /** {@code count} settings: 10 at random, then 4 a round. */
    public static Tpe of(Goal goal, int count, Hyperparameter... hyperparameters) {
        return new Tpe(goal, count, 0, List.of(hyperparameters), new Plan(10, 4));
    }

    /** Other draws. */
    public Tpe seed(long other) {
        return new Tpe(goal, count, other, hyperparameters, plan);
    }

    /** This many settings a round: more for more trials side by side, 1 to learn most from each. */
    public Tpe batch(int settings) {
        return new Tpe(goal, count, seed, hyperparameters, new Plan(plan.random(), settings));
    }

    @Override
    public List<Goal> goals() {
        return List.of(goal);
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public List<Map<String, Object>> round(int round, SweepResult finished) {
        int from = round == 0 ? 0 : plan.random() + (round - 1) * plan.batch();
        int to = Math.min(count, plan.random() + round * plan.batch());
        var space = new Space(hyperparameters);
        var estimators = round == 0 ? Map.<String, Estimator>of() : estimators(sorted(finished));
        var settings = new ArrayList<Map<String, Object>>();
        for (int i = from; i < to; i++) {
            var random = Seeds.random(seed, i);
            settings.add(
                    round == 0
                            ? space.setting(hyperparameter -> hyperparameter.draw(random))
                            : best(space, estimators, random));
        }
        return settings;
    }

    private Map<String, Estimator> estimators(List<TrialResult> sorted) {
        int good = (int) Math.ceil(GOOD * sorted.size());
        var estimators = new HashMap<String, Estimator>();
        for (var hyperparameter : hyperparameters) {
            estimators.put(
                    hyperparameter.name(),
                    Estimator.of(
                            hyperparameter,
                            values(hyperparameter, sorted.subList(0, good)),
                            values(hyperparameter, sorted.subList(good, sorted.size()))));
        }
        return estimators;
    }

    /** Of settings drawn as good ones are, the one with the largest l / g over all of its hyperparameters. */
    private static Map<String, Object> best(Space space, Map<String, Estimator> estimators, RandomGenerator random) {
        Map<String, Object> best = Map.of();
        double most = Double.NEGATIVE_INFINITY;
        for (int candidate = 0; candidate < CANDIDATES; candidate++) {
            var setting = space.setting(
                    hyperparameter -> estimators.get(hyperparameter.name()).draw(random));
            double gain = setting.entrySet().stream()
                    .mapToDouble(entry -> estimators.get(entry.getKey()).gain(entry.getValue()))
                    .sum();
            if (gain > most) {
                most = gain;
                best = setting;
            }
        }
        return best;
    }

    /** Best first; of equals, and of those that did not finish, the earlier first. */
    private List<TrialResult> sorted(SweepResult finished) {
        return finished.overSeeds().trials().stream()
                .sorted(Comparator.comparingDouble(result -> result.isFinished()
                        ? goal.cost(result.metrics().get(goal.metric()))
                        : Double.POSITIVE_INFINITY))
                .toList();
    }

    private static List<Object> values(Hyperparameter hyperparameter, List<TrialResult> results) {
        return results.stream()
                .map(result -> result.trial().values().get(hyperparameter.name()))
                .filter(value -> value != null)
                .toList();
    }
}
