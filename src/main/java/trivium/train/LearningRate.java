package trivium.train;

import java.util.List;
import java.util.function.LongToDoubleFunction;
import trivium.model.MayBeMissing;

/**
 * The learning rate of every step. Steps are counted from 0: step s of a warm-up of w has {@code learningRate · (s + 1)
 * / (w + 1)}, step w the peak, and the schedule's end is reached at the first step after the last one.
 *
 * @param learningRate the peak, above 0
 * @param warmup the rise to it
 * @param schedule what follows
 * @param learningRateFactors what some tensors' learning rates are multiplied by at every step, such as
 *     "embedding=0.1": a pattern ({@link trivium.model.TensorNames}), = and a number above 0; of several that name a
 *     tensor the last counts
 */
public record LearningRate(
        double learningRate,
        Warmup warmup,
        Schedule schedule,
        @MayBeMissing List<String> learningRateFactors) implements Setting {

    public LearningRate {
        Checks.positive(learningRate, "learning rate");
        learningRateFactors = List.copyOf(learningRateFactors);
        ParameterGroups.check(learningRateFactors);
    }

    /** The same for all tensors. */
    public LearningRate(double learningRate, Warmup warmup, Schedule schedule) {
        this(learningRate, warmup, schedule, List.of());
    }

    public LearningRate learningRate(double changed) {
        return new LearningRate(changed, warmup, schedule, learningRateFactors);
    }

    public LearningRate warmup(Warmup changed) {
        return new LearningRate(learningRate, changed, schedule, learningRateFactors);
    }

    public LearningRate schedule(Schedule changed) {
        return new LearningRate(learningRate, warmup, changed, learningRateFactors);
    }

    public LearningRate learningRateFactors(List<String> changed) {
        return new LearningRate(learningRate, warmup, schedule, changed);
    }

    /**
     * The learning rate of each of so many steps.
     *
     * @throws IllegalArgumentException if the warm-up is longer than that
     */
    public LongToDoubleFunction over(long steps) {
        long rise = warmup.steps(steps);
        return step -> {
            if (step < rise) {
                return learningRate * (step + 1) / (rise + 1);
            }
            return schedule.at(learningRate, step >= steps ? 1 : (double) (step - rise) / (steps - rise));
        };
    }
}
