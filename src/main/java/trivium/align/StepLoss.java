package trivium.align;

import java.util.Arrays;
import java.util.List;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/**
 * Binary cross-entropy of a score at each step: L = −(1/N) Σ log σ(s) where the step is right, log σ(−s) where it is
 * wrong, in nats, over the N steps of the batch (Lightman et al. 2023, section 2.6; Uesato et al. 2022). One score and
 * a sigmoid are TRL's two classes and their softmax: s is the difference of its two logits.
 *
 * @param labels of the batch's steps, row by row
 */
record StepLoss(List<Boolean> labels) implements Objective {

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        int time = batch.time();
        Arrays.fill(gradients, from * time, to * time, 0);
        double share = 1.0 / labels.size();
        int step = 0;
        for (int i = 0; i < from * time; i++) {
            step += batch.weights()[i] != 0 ? 1 : 0;
        }
        double loss = 0;
        for (int i = from * time; i < to * time; i++) {
            if (batch.weights()[i] != 0) {
                boolean right = labels.get(step++);
                loss += share * of(values[i], right);
                gradients[i] = (float) (share * (probability(values[i]) - (right ? 1 : 0)));
                report.mean("step_accuracy", right == values[i] > 0 ? 1 : 0, 1);
            }
        }
        return loss;
    }

    /** The loss of one step, in nats. */
    static double of(double score, boolean right) {
        return -BradleyTerry.logSigmoid(right ? score : -score);
    }

    /** σ of a score: how probably the step is right. */
    static double probability(double score) {
        return Math.exp(BradleyTerry.logSigmoid(score));
    }
}
