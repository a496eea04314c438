package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/** The mean of a {@link PairLoss} over the pairs of a batch. */
record PairObjective(PairLoss loss, double[] reference) implements Objective {

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double share = 2.0 / batch.rows();
        double sum = 0;
        for (int row = from; row < to; row += 2) {
            var chosen = Logps.of(batch, row, values, reference(row));
            var rejected = Logps.of(batch, row + 1, values, reference(row + 1));
            var result = loss.of(chosen, rejected);
            sum += share * result.loss();
            spread(batch, row, share * result.chosen(), gradients);
            spread(batch, row + 1, share * result.rejected(), gradients);
            report(chosen, rejected, report);
        }
        return sum;
    }

    private double reference(int row) {
        return loss.needsReference() ? reference[row] : 0;
    }

    /** The derivative at a sum is that at each of its tokens. */
    private static void spread(Batch batch, int row, double slope, float[] gradients) {
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            gradients[i] = batch.weights()[i] != 0 ? (float) slope : 0;
        }
    }

    private void report(Logps chosen, Logps rejected, Report report) {
        double better = loss.reward(chosen);
        double worse = loss.reward(rejected);
        report.mean("rewards/chosen", better, 1);
        report.mean("rewards/rejected", worse, 1);
        report.mean("rewards/margins", better - worse, 1);
        report.mean("rewards/accuracies", better > worse ? 1 : 0, 1);
        report.mean("logps/chosen", loss.logps(chosen), 1);
        report.mean("logps/rejected", loss.logps(rejected), 1);
    }
}
