package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/** The mean of a {@link PairLoss} over the pairs of a batch. */
record PairObjective(PairLoss loss, double[] reference) implements Objective {

    private static final String NLL = "nll_loss";

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double share = 2.0 / batch.rows();
        double likelihood = loss.nllWeight() == 0 ? 0 : loss.nllWeight() / Math.max(1, chosenTokens(batch));
        double sum = 0;
        for (int row = from; row < to; row += 2) {
            var chosen = Logps.of(batch, row, values, reference(row));
            var rejected = Logps.of(batch, row + 1, values, reference(row + 1));
            var result = loss.of(chosen, rejected);
            sum += share * result.loss() - likelihood * chosen.policy();
            Logps.spread(batch, row, share * result.chosen() - likelihood, gradients);
            Logps.spread(batch, row + 1, share * result.rejected(), gradients);
            report(chosen, rejected, report);
            loss.report(chosen, rejected, report);
            if (loss.nllWeight() != 0) {
                report.mean(NLL, -chosen.policy(), chosen.tokens());
            }
        }
        return sum;
    }

    /** Of the whole batch, whichever rows are asked about. */
    private static int chosenTokens(Batch batch) {
        int tokens = 0;
        for (int row = 0; row < batch.rows(); row += 2) {
            for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
                tokens += batch.weights()[i] != 0 ? 1 : 0;
            }
        }
        return tokens;
    }

    private double reference(int row) {
        return loss.needsReference() ? reference[row] : 0;
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
