package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * L = (1/P) Σ −log σ(s⁺ − s⁻ − m) + c (s⁺ + s⁻)² in nats over P pairs: how surprising the annotators' choices are to a
 * judge who prefers by score (Bradley and Terry 1952; Ouyang et al. 2022, equation 1), with the pair's margin m
 * (Touvron et al. 2023, equation 2) and a price c on scores far from 0 (Eisenstein et al. 2023). Rows 2i hold the
 * chosen, 2i + 1 the rejected completion; the score is the value where a row's weight is not 0. Scores of 0 without a
 * margin cost ln 2.
 *
 * <p>Reports "accuracy", the share of pairs whose chosen completion scores higher (a tie does not count), "margin", the
 * mean of s⁺ − s⁻, and "mean_reward", the mean score.
 *
 * @param margins m of each pair of the batch; none where all are 0
 * @param centering c, at least 0
 */
record BradleyTerry(double[] margins, double centering) implements Objective {

    private static final double[] NONE = {};

    /** Without margins and without a price. */
    BradleyTerry() {
        this(NONE, 0);
    }

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        Arrays.fill(gradients, from * batch.time(), to * batch.time(), 0);
        double share = 2.0 / batch.rows();
        double loss = 0;
        for (int row = from; row < to; row += 2) {
            int chosen = scored(batch, row);
            int rejected = scored(batch, row + 1);
            double difference = (double) values[chosen] - values[rejected];
            double margin = margins.length == 0 ? 0 : margins[row / 2];
            double sum = (double) values[chosen] + values[rejected];
            loss += share * of(values[chosen], values[rejected], margin, centering);
            double slope = share * Math.exp(logSigmoid(margin - difference));
            double centre = share * centering * 2 * sum;
            gradients[chosen] = (float) (centre - slope);
            gradients[rejected] = (float) (centre + slope);
            report.mean("accuracy", difference > 0 ? 1 : 0, 1);
            report.mean("margin", difference, 1);
            report.mean("mean_reward", sum, 2);
        }
        return loss;
    }

    /** What one pair with these scores costs, in nats. */
    static double of(double chosen, double rejected, double margin, double centering) {
        double sum = chosen + rejected;
        return -logSigmoid(chosen - rejected - margin) + centering * sum * sum;
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
