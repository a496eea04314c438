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
 * @param goal what to look for. A setting that did not finish counts as the worst of its generation or of those before
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
        try {
            for (int start = 0; ; start++) {
                replay.evaluations = 0;
                optimise(replay, start);
            }
        } catch (Asked _) {
            return replay.asked.subList(0, Math.min(replay.asked.size(), count - costs.size()));
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

    /** Answers what is known, and collects the points of the first generation of which something is not. */
    private final class Replay {

        private final Map<Map<String, Object>, Double> costs;
        private final List<Map<String, Object>> asked = new ArrayList<>();
        private double worst = Double.NEGATIVE_INFINITY;
        /** Of the optimiser that runs; the first is of its initial guess, then come generations. */
        private int evaluations;

        private int all;

        private Replay(Map<Map<String, Object>, Double> costs) {
            this.costs = costs;
        }

        private double cost(double... point) {
            var setting = setting(point);
            var cost = costs.get(setting);
            if (cost == null && !asked.contains(setting)) {
                asked.add(setting);
            }
            boolean ends = evaluations > 0 && evaluations % population() == 0;
            evaluations++;
            if (ends && !asked.isEmpty() || ++all > PATIENCE * count) {
                throw new Asked();
            }
            if (cost == null) {
                return 0; // of no account, for the generation is not evaluated
            }
            if (Double.isFinite(cost)) {
                worst = Math.max(worst, cost);
                return cost;
            }
            return Double.isFinite(worst) ? worst : 0;
        }
    }

    /** Ends an optimiser. */
    private static final class Asked extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Asked() {
            super(null, null, false, false);
        }
    }
}
