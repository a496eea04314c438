package trivium.align;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import trivium.run.Metric;
import trivium.run.Run;
import trivium.train.Objective;
import trivium.train.Optimisation;
import trivium.train.Stateful;
import trivium.train.TrainLoop;

/**
 * An {@link Algorithm} at work on one policy: takes the optimiser's steps on one set of rollouts after another. It may
 * train models of its own beside the policy, such as a value model; their state is part of the run's checkpoints, so
 * that a training goes on to the last bit.
 */
public interface Learner extends AutoCloseable {

    /**
     * What a learner works with.
     *
     * @param policy takes the policy's steps, without dropout
     * @param start the run whose model the policy begins as and is held to, and from which models of the learner's own
     *     may begin
     * @param reward what is optimised
     * @param optimisation of the policy, its seed and threads among it
     * @param maxTokens the most tokens of a completion
     */
    record Context(TrainLoop policy, Run start, Reward reward, Optimisation optimisation, int maxTokens) {}

    /**
     * Learns from these rollouts.
     *
     * @param learningRate of this step
     * @return metrics by name: "loss", "learning_rate", "grad_norm" and what else is measured
     */
    Map<String, Double> learn(Rollouts rollouts, double learningRate);

    /**
     * What is trained beside the policy, by a name that stands before its tensors in checkpoints, such as "value".
     * Everything that {@link #learn} changes and goes by must be in here or in the policy.
     */
    default Map<String, Stateful> state() {
        return Map.of();
    }

    @Override
    default void close() {}

    /**
     * A learner that trains nothing but the policy: so many steps on the same rollouts, whose metrics are averaged.
     *
     * @param epochs μ, at least 1
     * @param objective of a set of rollouts, as a function of the policy's log-probabilities
     */
    static Learner of(TrainLoop policy, int epochs, Function<Rollouts, Objective> objective) {
        return (rollouts, learningRate) -> {
            var ofRollouts = objective.apply(rollouts);
            var measured = new LinkedHashMap<String, Double>();
            double loss = 0;
            double norm = 0;
            for (int epoch = 0; epoch < epochs; epoch++) {
                var result = policy.step(
                        rollouts.batch(),
                        epoch == 0 ? SamplingDifference.measuredIn(ofRollouts, rollouts.old()) : ofRollouts,
                        learningRate);
                loss += result.loss() / epochs;
                norm += result.gradientNorm() / epochs;
                result.metrics()
                        .forEach((name, value) -> measured.merge(
                                name, name.equals(SamplingDifference.METRIC) ? value : value / epochs, Double::sum));
            }
            measured.put(Metric.LOSS.name(), loss);
            measured.put(Metric.LEARNING_RATE.name(), learningRate);
            measured.put(Metric.GRAD_NORM.name(), norm);
            return measured;
        };
    }
}
