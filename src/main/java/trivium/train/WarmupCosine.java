package trivium.train;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that rises linearly over the warm-up, then falls along half a cosine to its final value: nanoGPT's
 * schedule. ND4J has no cosine; this is one of its {@link ISchedule}s.
 *
 * <p>Steps are counted from 0: step s of the warm-up has peak · (s + 1) / (warmup + 1), step {@code warmup} the peak,
 * and {@code end} is reached at step {@code steps}, which is the first after the last one.
 *
 * @param peak the highest learning rate
 * @param end the learning rate that is approached, and of any step after the last
 * @param warmup steps of the rise, at most {@code steps}
 * @param steps all steps
 */
public record WarmupCosine(double peak, double end, long warmup, long steps) implements ISchedule {

    public WarmupCosine {
        if (!(peak > 0 && end >= 0 && warmup >= 0 && steps >= 1)) {
            throw new IllegalArgumentException(
                    "a schedule needs a learning rate above 0, an end of at least 0 and at least 1 step, not " + peak
                            + ", " + end + " and " + steps);
        }
        if (warmup > steps) {
            throw new IllegalArgumentException("a warm-up of " + warmup + " steps is longer than the whole training of "
                    + steps + "; take a shorter warm-up or more steps");
        }
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        if (iteration < warmup) {
            return peak * (iteration + 1) / (warmup + 1);
        }
        if (iteration >= steps) {
            return end;
        }
        double done = (double) (iteration - warmup) / (steps - warmup);
        return end + (peak - end) * 0.5 * (1 + Math.cos(Math.PI * done));
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
