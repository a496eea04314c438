package trivium.align;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.data.Seeds;
import trivium.train.AdamW;
import trivium.train.LearningRate;
import trivium.train.Schedule;
import trivium.train.TrainLoop;
import trivium.train.Warmup;

/**
 * Where trainings end: the library's own learners and objectives on sampled completions and comparisons, the policy
 * that is their optimum by enumeration. Each seed is a world of its own: reference, rewards and samples.
 */
class OptimaTest {

    private static final double BETA = 0.5;
    private static final int STEPS = 600;
    private static final double CLOSE = 0.01; // nats

    private static EnumeratedWorld world(long seed) {
        var rewards = TabularPolicy.random(3, 3, 1, 100 + seed).parameters().values();
        return EnumeratedWorld.of(TabularPolicy.random(3, 3, 0.7, seed), 2, 3, 0)
                .reward(y ->
                        rewards.get(9 * y.tokens()[0] + 3 * y.tokens()[y.tokens().length - 1] + y.tokens().length - 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void rlooEndsAtTheOptimum(long seed) {
        var world = world(seed);
        var path = EnumeratedPath.train(world, Rloo.numGenerations(4).beta(BETA), 16, STEPS, 0.05, seed);
        assertArrives(world, world.optimum(BETA), path);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void ppoEndsAtTheOptimum(long seed) {
        var world = world(seed);
        var ppo = Ppo.numGenerations(1)
                .beta(BETA)
                .whitening(Gae.Whitening.NONE)
                .valueClip(Double.POSITIVE_INFINITY)
                .valueCoefficient(1)
                .valueLearningRate(0.1)
                .epochs(2);
        var path = EnumeratedPath.train(world, ppo, 64, STEPS, 0.05, seed);
        assertArrives(world, world.optimum(BETA), path);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void dpoOnComparisonsByTheRewardEndsAtTheSameOptimum(long seed) {
        var world = world(seed);
        assertArrives(world, world.optimum(BETA), onAllComparisons(world, Dpo.beta(BETA)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void ipoEndsAtAnOptimumOfItsOwn(long seed) {
        var world = world(seed);
        assertArrives(world, world.ipoOptimum(BETA), onAllComparisons(world, Dpo.ipo(BETA)));
    }

    /** The same by comparisons that are drawn, as a data set is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void ipoEndsThereOnSampledComparisonsToo(long seed) {
        var world = world(seed);
        var loss = Dpo.ipo(BETA);
        var comparisons = world.comparisons();
        assertArrives(world, world.ipoOptimum(BETA), trained(world, (loop, step, rate) -> {
            var sample = comparisons.sample(256, Seeds.random(seed, step));
            loop.step(sample.batch(), loss.objective(sample.reference()), rate);
        }));
    }

    private static EnumeratedPath onAllComparisons(EnumeratedWorld world, PairLoss loss) {
        var comparisons = world.comparisons();
        var objective = comparisons.objective(loss);
        return trained(world, (loop, _, rate) -> loop.step(comparisons.batch(), objective, rate));
    }

    private interface Step {
        void take(TrainLoop loop, int step, double rate);
    }

    private static EnumeratedPath trained(EnumeratedWorld world, Step step) {
        var policy = world.reference().copy();
        var rate = new LearningRate(0.05, new Warmup.Steps(0), new Schedule.Cosine(0)).over(STEPS);
        try (var loop = new TrainLoop(policy, new AdamW(0.9, 0.999, 1e-8, 0, false), 1, 1)) {
            return EnumeratedPath.follow(world, policy, STEPS, each -> step.take(loop, each, rate.applyAsDouble(each)));
        }
    }

    private static void assertArrives(EnumeratedWorld world, double[] optimum, EnumeratedPath path) {
        double apart = EnumeratedWorld.divergence(world.probabilities(), optimum);
        assertTrue(apart > 5 * CLOSE, "the reference is as good as there: " + apart);
        double left = EnumeratedWorld.divergence(path.end(), optimum);
        assertTrue(left < CLOSE, left + " nats from the optimum, from " + apart + " at the start");
    }
}
