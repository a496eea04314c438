package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import trivium.data.Seeds;
import trivium.run.Status;

/**
 * Bayesian search with tree-structured Parzen estimators (Bergstra et al., "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011) of whole settings. The settings so far are split into the best tenth and the rest;
 * {@value #CANDIDATES} settings are drawn from the density of the good ones, and the one with the largest ratio of that
 * density to the density of the rest is tried. Both are a {@link Mixture}.
 *
 * <p>With several goals the best tenth is filled Pareto front by Pareto front, and of the front that does not fit in
 * whole it has those settings that dominate most together (Ozaki et al., "Multiobjective Tree-Structured Parzen
 * Estimator", Journal of Artificial Intelligence Research 73, 2022).
 *
 * <p>Settings are answered in batches of a fixed size, each from what the batches before it found. So the suggestions
 * are the same on one thread and on many; trials of a batch wait for each other. Those that a batch already has count
 * among the rest, so that they are not suggested once more (the "constant liar" of Ginsbourger, Le Riche and Carraro
 * 2010).
 *
 * @param goals what to look for. A setting that did not finish is among the rest, however little it cost
 * @param count settings in all
 * @param seed of the draws
 * @param hyperparameters the hyperparameters, in the order in which they are chosen
 * @param plan how the count is cut
 * @param known trials that have ended before, from which it learns, too
 */
public record Tpe(
        List<Goal> goals,
        int count,
        long seed,
        List<Hyperparameter> hyperparameters,
        Plan plan,
        List<TrialResult> known)
        implements Search {

    /**
     * How the settings are cut into rounds.
     *
     * @param random settings drawn at random before anything is learned; fewer by those that are known before
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

    private static final double GOOD = 0.1;
    private static final int MOST_GOOD = 25;
    static final int CANDIDATES = 24;

    public Tpe {
        goals = List.copyOf(goals);
        known = List.copyOf(known);
        if (count < 1) {
            throw new IllegalArgumentException("a TPE search needs at least 1 trial, not " + count);
        }
        if (goals.isEmpty()) {
            throw new IllegalArgumentException("a TPE search needs a goal, such as Goal.lowest(\"validation_loss\")");
        }
        hyperparameters = new Space(hyperparameters).hyperparameters();
    }

    /** {@code count} settings: 10 at random, then 4 a round. */
    public static Tpe of(Goal goal, int count, Hyperparameter... hyperparameters) {
        return of(List.of(goal), count, hyperparameters);
    }

    /** The same for the Pareto front of several goals. */
    public static Tpe of(List<Goal> goals, int count, Hyperparameter... hyperparameters) {
        return new Tpe(goals, count, 0, List.of(hyperparameters), new Plan(10, 4), List.of());
    }

    /** Other draws. */
    public Tpe seed(long other) {
        return new Tpe(goals, count, other, hyperparameters, plan, known);
    }

    /** This many settings a round: more for more trials side by side, 1 to learn most from each. */
    public Tpe batch(int settings) {
        return new Tpe(goals, count, seed, hyperparameters, new Plan(plan.random(), settings), known);
    }

    /**
     * Learns from the rows of a table, too: {@code from(runs().table())}, or the table of an earlier sweep. Rows whose
     * settings are none of this space are left out. They are not trials of the sweep, and fewer settings are drawn at
     * random by as many.
     *
     * @throws IllegalArgumentException if the table lacks a hyperparameter's or a goal's column, a goal's is no column
     *     of numbers, or no row fits
     */
    public Tpe from(Table table) {
        var longer = new ArrayList<>(known);
        longer.addAll(PastTrials.of(table, new Space(hyperparameters), goals));
        return knowing(longer);
    }

    /** Trials whose settings are none of this space are left out. */
    @Override
    public Tpe knowing(List<TrialResult> trials) {
        var space = new Space(hyperparameters);
        var fitting = trials.stream()
                .flatMap(each -> space.fit(each.trial().values()).map(each::with).stream())
                .toList();
        return new Tpe(goals, count, seed, hyperparameters, plan, fitting);
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public List<Map<String, Object>> round(int round, SweepResult finished) {
        int random = Math.max(0, plan.random() - settings(known).size());
        int first = random == 0 ? plan.batch() : random;
        int from = round == 0 ? 0 : first + (round - 1) * plan.batch();
        int to = Math.min(count, first + round * plan.batch());
        var space = new Space(hyperparameters);
        var settings = new ArrayList<Map<String, Object>>();
        if (round == 0 && random > 0) {
            for (int i = from; i < to; i++) {
                var draws = Seeds.random(seed, i);
                settings.add(space.setting(hyperparameter -> hyperparameter.draw(draws)));
            }
            return settings;
        }
        var split = split(finished);
        var good = Mixture.around(space, split.good());
        for (int i = from; i < to; i++) {
            var setting = likeliest(good, Mixture.around(space, split.rest()), Seeds.random(seed, i));
            settings.add(setting);
            split.rest().add(setting);
        }
        return settings;
    }

    private static List<TrialResult> settings(List<TrialResult> trials) {
        return new SweepResult(trials, new Status.Running()).overSeeds().trials();
    }

    /** Settings, the oldest first. */
    private record Split(List<Map<String, Object>> good, List<Map<String, Object>> rest) {}

    private Split split(SweepResult finished) {
        var all = new ArrayList<>(settings(known));
        all.addAll(finished.overSeeds().trials());
        int few = Math.min(MOST_GOOD, (int) Math.ceil(GOOD * all.size()));
        var costs = all.stream()
                .map(each -> Front.costs(goals, each.isFinished() ? each.metrics() : Map.of()))
                .toList();
        var best = Set.copyOf(goals.size() == 1 ? lowest(costs).subList(0, few) : Hypervolume.best(costs, few));
        var split = new Split(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < all.size(); i++) {
            (best.contains(i) ? split.good() : split.rest())
                    .add(all.get(i).trial().values());
        }
        return split;
    }

    /** Indices by cost; of equals, and of those that did not finish, the earlier first. */
    private static List<Integer> lowest(List<double[]> costs) {
        return IntStream.range(0, costs.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> costs.get(i)[0]))
                .toList();
    }

    /** Of settings drawn as good ones are, the one with the largest ratio of the densities. */
    private static Map<String, Object> likeliest(Mixture good, Mixture rest, RandomGenerator random) {
        Map<String, Object> best = Map.of();
        double most = Double.NEGATIVE_INFINITY;
        for (int candidate = 0; candidate < CANDIDATES; candidate++) {
            var setting = good.draw(random);
            double gain = good.log(setting) - rest.log(setting);
            if (gain > most) {
                most = gain;
                best = setting;
            }
        }
        return best;
    }
}
