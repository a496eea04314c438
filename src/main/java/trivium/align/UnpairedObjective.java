package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/** The mean of an {@link UnpairedLoss} over the rows of a batch. */
record UnpairedObjective(UnpairedLoss loss, double[] reference, boolean[] labels, double kl) implements Objective {

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double share = 1.0 / batch.rows();
        double sum = 0;
        for (int row = from; row < to; row++) {
            var completion = Logps.of(batch, row, values, loss.needsReference() ? reference[row] : 0);
            var result = loss.of(completion, labels[row], kl);
            sum += share * result.loss();
            Logps.spread(batch, row, share * result.slope(), gradients);
            var side = labels[row] ? "chosen" : "rejected";
            report.mean("rewards/" + side, loss.reward(completion), 1);
            report.mean("logps/" + side, loss.logps(completion), 1);
            report.mean("kl", kl, 1);
        }
        return sum;
    }
}
