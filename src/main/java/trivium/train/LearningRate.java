package trivium.train;

import java.util.function.LongToDoubleFunction;

/**
 * The learning rate of every step. Steps are counted from 0: step s of a warm-up of w has {@code learningRate · (s + 1)
 * / (w + 1)}, step w the peak, and the schedule's end is reached at the first step after the last one.
 *
 * @param learningRate the peak, above 0
 * @param warmup the rise to it
 * @param schedule what follows
 */
public record LearningRate(double learningRate, Warmup warmup, Schedule schedule) implements Setting {

    public LearningRate {
        Checks.positive(learningRate, "learning rate");
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
