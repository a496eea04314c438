package trivium.align;

import java.util.Optional;
import trivium.run.Metric;
import trivium.tensor.Batch;
import trivium.train.DistributionLoss;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * An objective that also measures how far the policy's log-probabilities are from those that the completions were drawn
 * with, in nats per token (TRL's {@code sampling/sampling_logp_difference/mean}). Before the first update on a set of
 * rollouts the two are the same, but for rounding.
 *
 * @param of what is minimised
 * @param old log-probabilities (B, T) under the distribution that the completions were drawn from
 */
record SamplingDifference(Objective of, float[] old) implements Objective {

    static final String METRIC = Metric.SAMPLING_DIFFERENCE.name();

    static Objective measuredIn(Objective of, float[] old) {
        return new SamplingDifference(of, old);
    }

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double apart = 0;
        int count = 0;
        for (int i = from * batch.time(); i < to * batch.time(); i++) {
            if (batch.weights()[i] != 0) {
                apart += Math.abs((double) values[i] - old[i]);
                count++;
            }
        }
        double loss = of.loss(batch, from, to, values, gradients, report);
        report.mean(METRIC, apart, count);
        return loss;
    }

    @Override
    public Optional<DistributionLoss> distributions() {
        return of.distributions();
    }
}
