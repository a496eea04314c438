package trivium.train;

import trivium.model.FrozenPasses;
import trivium.model.PositionLoss;
import trivium.tensor.Batch;
import trivium.tensor.TokenDistribution;

/**
 * L = (c/N) Σ D over the N positions with a weight, D the exact divergence between the trained model's distribution p
 * over the next token and the distribution q of a model that stands still, in nats a token. Which divergence, β says
 * (Agarwal et al. 2024, "On-policy distillation of language models", equation 1; {@code beta} of TRL's GKDTrainer):
 *
 * <ul>
 *   <li>β = 0: KL(q‖p), forward; p covers all that q may say
 *   <li>β = 1: KL(p‖q), reverse; p says only what q is likely to say. With q a reference policy, the exact penalty of
 *       reinforcement learning
 *   <li>in between: β KL(q‖m) + (1 − β) KL(p‖m) with m = β q + (1 − β) p, the generalised Jensen-Shannon divergence
 * </ul>
 *
 * Reports the mean of D under {@code metric}.
 *
 * @param from q
 * @param beta β in [0, 1]
 * @param coefficient c
 * @param temperature by which the log-probabilities of the trained model's pass are divided once more before they are
 *     compared: 1 where pass and {@code from} have the same temperature, τ where the pass has 1 and {@code from} has τ
 * @param metric the name of the mean in the step's metrics
 */
public record Divergence(FrozenPasses from, double beta, double coefficient, double temperature, String metric)
        implements DistributionLoss {

    public Divergence {
        if (!(beta >= 0 && beta <= 1)) {
            throw new IllegalArgumentException("beta " + beta + ": expected 0 (forward KL) to 1 (reverse KL)");
        }
        Checks.positive(temperature, "temperature");
    }

    @Override
    public PositionLoss open(Batch batch, int first, int last, Report report) {
        double weight = coefficient / Math.max(1, batch.counted());
        var theirs = from.open(batch, first, last);
        var tempered = temperature == 1 ? null : new TokenDistribution(from.outputs());
        return new PositionLoss() {
            private double sum;
            private int count;

            @Override
            public double at(int position, TokenDistribution mine) {
                if (batch.weights()[position] == 0) {
                    return 0;
                }
                double divergence = add(mine, tempered, theirs.at(position), weight);
                sum += divergence;
                count++;
                return weight * divergence;
            }

            @Override
            public void close() {
                theirs.close();
                report.mean(metric, sum, count);
            }
        };
    }

    private double add(TokenDistribution mine, TokenDistribution tempered, TokenDistribution theirs, double weight) {
        if (tempered == null) {
            return add(mine, theirs, weight);
        }
        tempered.read(mine, temperature);
        double divergence = add(tempered, theirs, weight);
        mine.addGradient(tempered, 1 / temperature);
        return divergence;
    }

    private double add(TokenDistribution mine, TokenDistribution theirs, double weight) {
        if (beta == 0) {
            return mine.addForwardKl(theirs, weight);
        }
        return beta == 1 ? mine.addReverseKl(theirs, weight) : mine.addJensenShannon(theirs, beta, weight);
    }
}
