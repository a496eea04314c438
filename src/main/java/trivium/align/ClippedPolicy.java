package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * {@link Ppo}'s objective of the policy, of its log-probabilities (B, T).
 *
 * @param tokens N
 * @param epsilon ε
 * @param old (B, T) log-probabilities under π_old
 * @param advantages (B, T)
 */
record ClippedPolicy(int tokens, double epsilon, float[] old, double[] advantages) implements Objective {

    static final String APPROX_KL = "policy/approxkl_avg";
    static final String CLIPPED = "policy/clipfrac_avg";
    static final String RATIO = "val/ratio";

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double loss = 0;
        double apart = 0;
        double ratios = 0;
        int held = 0;
        int count = 0;
        for (int i = from * batch.time(); i < to * batch.time(); i++) {
            gradients[i] = 0;
            if (batch.weights()[i] == 0) {
                continue;
            }
            double logRatio = (double) values[i] - old[i];
            double ratio = Exponential.of(logRatio);
            double advantage = advantages[i] / tokens;
            boolean holds = advantage > 0 ? ratio > 1 + epsilon : advantage < 0 && ratio < 1 - epsilon;
            if (advantage != 0) {
                double bound = advantage > 0 ? 1 + epsilon : 1 - epsilon;
                loss -= advantage * (holds ? bound : ratio);
                gradients[i] = holds ? 0 : (float) (-advantage * Exponential.slope(logRatio));
            }
            apart += logRatio * logRatio / 2;
            ratios += ratio;
            held += holds ? 1 : 0;
            count++;
        }
        report.mean(APPROX_KL, apart, count);
        report.mean(CLIPPED, held, count);
        report.mean(RATIO, ratios, count);
        return loss;
    }
}
