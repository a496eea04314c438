package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * {@link Ppo}'s objective of the value model, of its values (B, T).
 *
 * @param tokens N
 * @param clip ε_V
 * @param coefficient c
 * @param old (B, T), V_old
 * @param returns (B, T)
 */
record ClippedValue(int tokens, double clip, double coefficient, double[] old, double[] returns) implements Objective {

    static final String CLIPPED = "val/clipfrac_avg";

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double loss = 0;
        int held = 0;
        int count = 0;
        double share = coefficient / tokens;
        for (int i = from * batch.time(); i < to * batch.time(); i++) {
            gradients[i] = 0;
            if (batch.weights()[i] == 0) {
                continue;
            }
            double error = values[i] - returns[i];
            double moved = values[i] - old[i];
            double clipped = old[i] + Math.clamp(moved, -clip, clip) - returns[i];
            // Beyond the clip the clipped term does not move with the value.
            boolean holds = Math.abs(moved) > clip && clipped * clipped > error * error;
            loss += share / 2 * (holds ? clipped * clipped : error * error);
            gradients[i] = holds ? 0 : (float) (share * error);
            held += holds ? 1 : 0;
            count++;
        }
        report.mean(CLIPPED, held, count);
        return loss;
    }
}
