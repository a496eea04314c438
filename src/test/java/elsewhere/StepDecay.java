package elsewhere;

import trivium.train.Schedule;

/**
 * The peak, and from some step on a share of it: PyTorch's MultiStepLR with one milestone.
 *
 * @param milestone the share of the steps after the warm-up that have the peak, in [0, 1]
 * @param gamma the share of the peak that is left then
 */
public record StepDecay(double milestone, double gamma) implements Schedule {

    /** A tenth for the second half. */
    public StepDecay() {
        this(0.5, 0.1);
    }

    @Override
    public double at(double peak, double done) {
        return done < milestone ? peak : gamma * peak;
    }
}
