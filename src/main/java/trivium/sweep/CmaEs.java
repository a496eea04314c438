package trivium.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.CMAESOptimizer;
import org.apache.commons.math3.random.MersenneTwister;
import trivium.data.Seeds;

/**
 * Evolution strategy with covariance matrix adaptation, for ranges of numbers alone (Hansen, "The CMA Evolution
 * Strategy: A Tutorial", arXiv:1604.00772, 2016), as Commons Math has it. Each generation is a round of 4 + ⌊3 ln n⌋
 * settings for n hyperparameters, the first one begins in the middle of the space with a step of {@value #STEP} of each
 * range, each on its own scale. A search that has converged begins again at a place drawn at random.
 *
 * <p>The points of a generation depend on the generations before alone, so each round runs the optimiser anew through
 * the costs that are known and stops it where it asks for others.
 *
 * @param goal what to look for. A setting that did not finish counts as worse than all of its generation and of those
 *     before
 * @param count settings in all
 * @param seed of the draws
 * @param hyperparameters ranges without conditions
 */
public record CmaEs(Goal goal, int count, long seed, List<Hyperparameter> hyperparameters) implements Search {

    private static final double STEP = 0.3;
    /** So many points are asked for each setting that is answered, before a search that finds no new one ends. */
    private static final int PATIENCE = 100;

    public CmaEs {
        if (count < 1) {
            throw new IllegalArgumentException("a CMA-ES search needs at least 1 trial, not " + count);
        }
        hyperparameters = new Space(hyperparameters).hyperparameters();
        for (var hyperparameter : hyperparameters) {
            if (!(hyperparameter instanceof Hyperparameter.Range)) {
                throw new IllegalArgumentException("CMA-ES searches ranges without conditions, which \""
                        + hyperparameter.name() + "\" is not; Tpe takes any hyperparameter");
            }
        }
    }

    /** {@code count} settings, seed 0. */
    public static CmaEs of(Goal goal, int count, Hyperparameter... hyperparameters) {
        return new CmaEs(goal, count, 0, List.of(hyperparameters));
    }

    /** Other draws. */
    public CmaEs seed(long other) {
        return new CmaEs(goal, count, other, hyperparameters);
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
        var costs = new HashMap<Map<String, Object>, Double>();
        for (var result : finished.overSeeds().trials()) {
            costs.put(
                    result.trial().values(),
                    result.isFinished() ? goal.cost(result.metrics().get(goal.metric())) : Double.POSITIVE_INFINITY);
        }
        if (costs.size() >= count) {
            return List.of();
        }
        var replay = new Replay(costs);
        while (!isAsked(replay)) {
            replay.again();
        }
        return replay.asked.subList(0, Math.min(replay.asked.size(), count - costs.size()));
    }

    /** Runs the optimiser until it asks for settings, or until the cost of a failure has become known: false. */
    private boolean isAsked(Replay replay) {
        try {
            for (int start = 0; ; start++) {
                replay.evaluations = 0;
                optimise(replay, start);
            }
        } catch (Ended ended) {
            return ended.isAsked;
        }
    }

    private int population() {
        return 4 + (int) (3 * Math.log(hyperparameters.size()));
    }

    private void optimise(Replay replay, int start) {
        int n = hyperparameters.size();
        var place = Seeds.random(seed, start);
        double[] first = IntStream.range(0, n)
                .mapToDouble(_ -> start == 0 ? 0.5 : place.nextDouble())
                .toArray();
        double[] zeros = new double[n];
        double[] ones = IntStream.range(0, n).mapToDouble(_ -> 1).toArray();
        double[] steps = IntStream.range(0, n).mapToDouble(_ -> STEP).toArray();
        new CMAESOptimizer(
                        Integer.MAX_VALUE,
                        0, // no value is good enough to stop
                        true, // bad points shrink the covariance ("active")
                        0,
                        0,
                        new MersenneTwister(place.nextLong()),
                        false,
                        (_, _, _) -> false)
                .optimize(
                        new ObjectiveFunction(replay::cost),
                        GoalType.MINIMIZE,
                        new InitialGuess(first),
                        new SimpleBounds(zeros, ones),
                        new CMAESOptimizer.Sigma(steps),
                        new CMAESOptimizer.PopulationSize(population()),
                        MaxEval.unlimited());
    }

    private Map<String, Object> setting(double... point) {
        return new Space(hyperparameters)
                .setting(hyperparameter -> hyperparameter.at(point[hyperparameters.indexOf(hyperparameter)]));
    }

    /**
     * Answers what is known, and collects the points of the first generation of which something is not. What a failure
     * costs depends on the points of its generation that come behind it: the optimiser runs once more when it is known.
     */
    private final class Replay {

        private final Map<Map<String, Object>, Double> costs;
        private final List<Map<String, Object>> asked = new ArrayList<>();
        /** What failures cost, by the number of evaluations at the end of their generation. */
        private final Map<Integer, Double> failures = new HashMap<>();

        private double best = Double.POSITIVE_INFINITY;
        private double worst = Double.NEGATIVE_INFINITY;
        private boolean hasFailed;
        /** Of the optimiser that runs; the first is of its initial guess, then come generations. */
        private int evaluations;

        private int all;

        private Replay(Map<Map<String, Object>, Double> costs) {
            this.costs = costs;
        }

        private void again() {
            best = Double.POSITIVE_INFINITY;
            worst = Double.NEGATIVE_INFINITY;
            hasFailed = false;
            all = 0;
        }

        private double cost(double... point) {
            var setting = setting(point);
            var cost = costs.get(setting);
            if (cost == null && !asked.contains(setting)) {
                asked.add(setting);
            }
            int size = population();
            int end = all + (evaluations == 0 ? size : Math.floorMod(-evaluations, size)) + 1;
            boolean ends = evaluations > 0 && evaluations % size == 0;
            evaluations++;
            if (++all > PATIENCE * count) {
                throw new Ended(true);
            }
            if (cost != null && Double.isFinite(cost)) {
                best = Math.min(best, cost);
                worst = Math.max(worst, cost);
            } else if (cost != null) {
                hasFailed = true;
            }
            if (ends) {
                ended(end);
            }
            // what is not known is of no account, for its generation is not evaluated
            return cost == null ? 0 : Double.isFinite(cost) ? cost : failures.getOrDefault(end, 0.0);
        }

        private void ended(int end) {
            if (!asked.isEmpty()) {
                throw new Ended(true);
            }
            if (hasFailed && !failures.containsKey(end)) {
                failures.put(end, Double.isFinite(worst) ? worst + margin() : 0);
                throw new Ended(false);
            }
            hasFailed = false;
        }

        /** As much as costs differ, or some amount of their size. */
        private double margin() {
            return worst > best ? worst - best : Math.max(1e-6, Math.abs(worst));
        }
    }

    /** Ends an optimiser: because it asked, or because it should run once more. */
    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean isAsked;

        private Ended(boolean isAsked) {
            super(null, null, false, false);
            this.isAsked = isAsked;
        }
    }
}
