package trivium.align;

import java.util.stream.IntStream;
import trivium.align.Grpo.ImportanceSampling;
import trivium.align.Grpo.KlIn;
import trivium.align.Grpo.LossType;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Report;

/** {@link Grpo}'s loss of one set of rollouts, a function of the policy's log-probabilities (B, T). */
final class GrpoLoss implements Objective {

    private static final String CISPO_CLIPPED = "cispo_clip_ratio";

    private final LossType type;
    private final Grpo.Ratio bounds;
    private final Grpo.Kl kl;
    private final Rollouts rollouts;
    private final double[] advantages;
    private final int maxTokens;
    /** By row, how many tokens are learned from: none of a completion that is masked. */
    private final int[] lengths;

    private final int tokens;

    /**
     * @param advantages (B)
     * @param maxTokens L
     */
    GrpoLoss(Grpo grpo, Rollouts rollouts, double[] advantages, int maxTokens) {
        type = grpo.lossType();
        bounds = grpo.ratio();
        kl = grpo.kl();
        this.rollouts = rollouts;
        this.advantages = advantages;
        this.maxTokens = maxTokens;
        int time = rollouts.batch().time();
        boolean masked = grpo.use().maskTruncatedCompletions();
        lengths = IntStream.range(0, rollouts.batch().rows())
                .map(row -> masked && rollouts.isCut(row)
                        ? 0
                        : (int) IntStream.range(row * time, (row + 1) * time)
                                .filter(rollouts::counts)
                                .count())
                .toArray();
        tokens = IntStream.of(lengths).sum();
    }

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        double loss = 0;
        for (int row = from; row < to; row++) {
            for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
                gradients[i] = 0;
            }
            if (lengths[row] > 0) {
                loss += row(row, values, gradients, report);
            }
        }
        return loss;
    }

    /** By what the terms of a completion's tokens are divided. */
    private double divisor(int row) {
        int rows = lengths.length;
        return switch (type) {
            case GRPO, SAPO -> (double) rows * lengths[row];
            case BNPO, DAPO, CISPO -> tokens;
            case DR_GRPO -> (double) rows * maxTokens;
            case LUSPO -> rows;
        };
    }

    /** One completion's share of the loss. */
    private double row(int row, float[] values, float[] gradients, Report report) {
        int time = rollouts.batch().time();
        boolean whole = bounds.importanceSamplingLevel() == ImportanceSampling.SEQUENCE;
        double divisor = divisor(row);
        double advantage = advantages[row] / divisor;
        double beta = kl.klIn() == KlIn.LOSS ? kl.beta() / divisor : 0;
        double ofRow = whole ? meanLogRatio(row, values) : 0;
        double penalties = whole && beta > 0 && kl.biasCorrectedKl() ? penalties(row, values) : 0;
        if (whole) {
            report(ofRow, advantage, report);
        }
        double loss = 0;
        for (int i = row * time; i < (row + 1) * time; i++) {
            if (!rollouts.counts(i)) {
                continue;
            }
            double logRatio = whole ? ofRow : (double) values[i] - rollouts.old()[i];
            var surrogate = surrogate(logRatio, advantage, values[i]);
            double slope = -surrogate.slope();
            double price = 0;
            if (beta > 0) {
                double d = (double) values[i] - rollouts.reference()[i];
                double penalty = kl.klEstimator().value(d);
                price = beta * (kl.biasCorrectedKl() ? Exponential.of(logRatio) * penalty : penalty);
                slope += beta
                        * (kl.biasCorrectedKl()
                                ? corrected(logRatio, d, whole ? penalties / lengths[row] : penalty)
                                : kl.klEstimator().slope(d));
            }
            loss -= surrogate.value() - price;
            gradients[i] = (float) slope;
            if (!whole) {
                report(logRatio, advantage, report);
            }
        }
        return loss;
    }

    /**
     * d(ρ k)/d log π at a token.
     *
     * @param ofRatio the penalty that ρ multiplies, as far as this token moves ρ
     */
    private double corrected(double logRatio, double d, double ofRatio) {
        double ratio = Exponential.of(logRatio);
        boolean far = logRatio > Exponential.MOST || -d > Exponential.MOST;
        if (!far
                && kl.klEstimator() == KlEstimator.K3
                && bounds.importanceSamplingLevel() == ImportanceSampling.TOKEN) {
            return ratio * d; // ρ (k3 + 1 − e^−d), without the difference of large numbers
        }
        return Exponential.slope(logRatio) * ofRatio + ratio * kl.klEstimator().slope(d);
    }

    private Surrogate surrogate(double logRatio, double advantage, double logProb) {
        return switch (type) {
            case CISPO -> {
                double weight = Math.min(Exponential.of(logRatio), bounds.epsilonHigh()) * advantage;
                yield new Surrogate(weight * logProb, weight);
            }
            case SAPO -> {
                double temperature = advantage > 0 ? bounds.sapoTemperaturePos() : bounds.sapoTemperatureNeg();
                double x = temperature * (Exponential.of(logRatio) - 1);
                double cosh = Math.cosh(x / 2);
                double gate = 4 / (temperature * (1 + Math.exp(-x)));
                yield new Surrogate(gate * advantage, Exponential.slope(logRatio) / (cosh * cosh) * advantage);
            }
            default ->
                Surrogate.clipped(logRatio, advantage, 1 - bounds.epsilon(), 1 + bounds.epsilonHigh(), bounds.delta());
        };
    }

    private void report(double logRatio, double advantage, Report report) {
        if (type.isClipped()) {
            Surrogate.report(
                    logRatio, advantage, 1 - bounds.epsilon(), 1 + bounds.epsilonHigh(), bounds.delta(), report);
        } else if (type == LossType.CISPO) {
            boolean limited = advantage > 0 && Exponential.of(logRatio) > bounds.epsilonHigh();
            report.mean(CISPO_CLIPPED, limited ? 1 : 0, 1);
        }
    }

    private double meanLogRatio(int row, float[] values) {
        return tokens(row)
                        .mapToDouble(i -> (double) values[i] - rollouts.old()[i])
                        .sum()
                / lengths[row];
    }

    /** Σ k over a completion. */
    private double penalties(int row, float[] values) {
        return tokens(row)
                .mapToDouble(i -> kl.klEstimator().value((double) values[i] - rollouts.reference()[i]))
                .sum();
    }

    private IntStream tokens(int row) {
        int time = rollouts.batch().time();
        return IntStream.range(row * time, (row + 1) * time).filter(rollouts::counts);
    }
}
