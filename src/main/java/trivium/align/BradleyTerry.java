package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * L = −(1/pairs) Σ log σ(s_chosen − s_rejected) in nats: how surprising the annotators' choices are to a judge who
 * prefers by score (Bradley and Terry 1952; Ouyang et al. 2022, equation 1). Rows 2i hold the chosen, 2i + 1 the
 * rejected completion; the score is the value where a row's weight is not 0. Scores that tell nothing cost ln 2.
 *
 * <p>Reports "accuracy", the share of pairs whose chosen completion scores higher; a tie does not count.
 */
public record BradleyTerry() implements Objective {

    private static final String ACCURACY = "accuracy";

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        Arrays.fill(gradients, from * batch.time(), to * batch.time(), 0);
        double share = 2.0 / batch.rows();
        double loss = 0;
        for (int row = from; row < to; row += 2) {
            int chosen = scored(batch, row);
            int rejected = scored(batch, row + 1);
            double margin = (double) values[chosen] - values[rejected];
            loss -= share * logSigmoid(margin);
            float slope = (float) (share * Math.exp(logSigmoid(-margin)));
            gradients[chosen] = -slope;
            gradients[rejected] = slope;
            report.mean(ACCURACY, margin > 0 ? 1 : 0, 1);
        }
        return loss;
    }

    /** The position of (B, T) at which a row's score is read. */
    static int scored(Batch batch, int row) {
        for (int i = (row + 1) * batch.time() - 1; i >= row * batch.time(); i--) {
            if (batch.weights()[i] != 0) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "row " + row + " of the batch has no position with a weight, so no score can be read");
    }

    /** log σ(x), also where e^|x| would overflow. */
    static double logSigmoid(double x) {
        return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
    }
}
