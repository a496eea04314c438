package trivium.train;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that rises linearly over the warm-up, then falls along half a cosine to its final value: nanoGPT's
 * schedule. ND4J has no cosine; this is one of its {@link ISchedule}s.
 *
 * @param peak the highest learning rate
 * @param end the learning rate of the last step and after
 * @param warmup steps of the rise
 * @param steps all steps
 */
public record WarmupCosine(double peak, double end, long warmup, long steps) implements ISchedule {

    public WarmupCosine {
        if (!(peak > 0 && end >= 0 && warmup >= 0 && steps >= 1)) {
            throw new IllegalArgumentException(
                    "a schedule needs a learning rate above 0, an end of at least 0 and at least 1 step, not " + peak
                            + ", " + end + " and " + steps);
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
        double done = (double) (iteration - warmup) / Math.max(1, steps - warmup);
        return end + (peak - end) * 0.5 * (1 + Math.cos(Math.PI * done));
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
