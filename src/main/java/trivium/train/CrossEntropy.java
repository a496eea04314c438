package trivium.train;

import java.util.Optional;
import trivium.model.MayBeMissing;
import trivium.model.PositionLoss;
import trivium.tensor.Batch;
import trivium.tensor.TokenDistribution;

/**
 * L = −(1/N) Σ w[b,t] · log p(target[b,t]) in nats, N the number of positions with a weight: pre-training with w = 1
 * everywhere, fine-tuning with w = 1 on the answer, on-policy policy gradients with w = advantage.
 *
 * <p>With a label smoothing ε the target is taken for the share 1 − ε only, and each of the V tokens for ε/V (Szegedy
 * et al. 2016, section 7; PyTorch's {@code cross_entropy(label_smoothing=ε)}): −(1 − ε) log p(target) − (ε/V) Σ log p.
 * With a z-loss c, c · log² Z is added, Z = Σ exp(logit) (Chowdhery et al. 2022, section 5), which keeps logits from
 * drifting. With either, the metrics "cross_entropy" and, with a z-loss, "z_loss" say what the two parts are; losses of
 * validation data are plain.
 *
 * @param labelSmoothing ε in [0, 1); 0 for none
 * @param zLoss c, at least 0; 0 for none
 */
public record CrossEntropy(
        @MayBeMissing double labelSmoothing, @MayBeMissing double zLoss) implements Objective, Setting {

    /** Neither smoothing nor z-loss. */
    public static final CrossEntropy PLAIN = new CrossEntropy(0, 0);

    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException(
                    "label smoothing " + labelSmoothing + ": expected 0 (none) or a number below 1, such as 0.1");
        }
        if (!(zLoss >= 0 && zLoss < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "z-loss " + zLoss + ": expected 0 (none) or a positive number, such as 1e-4");
        }
    }

    public CrossEntropy labelSmoothing(double share) {
        return new CrossEntropy(share, zLoss);
    }

    public CrossEntropy zLoss(double coefficient) {
        return new CrossEntropy(labelSmoothing, coefficient);
    }

    private boolean isPlain() {
        return labelSmoothing == 0 && zLoss == 0;
    }

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        float scale = 1f / Math.max(1, batch.counted());
        float share = (float) (1 - labelSmoothing);
        double sum = 0;
        int counted = 0;
        for (int i = from * batch.time(); i < to * batch.time(); i++) {
            float weight = batch.weights()[i] * scale;
            gradients[i] = -weight * share;
            if (weight != 0) {
                sum -= (double) weight * values[i];
                counted++;
            }
        }
        if (isPlain()) {
            return sum;
        }
        report.mean("cross_entropy", sum / scale, counted);
        return (1 - labelSmoothing) * sum;
    }

    /** What smoothing and the z-loss add, which depends on all logits. */
    @Override
    public Optional<DistributionLoss> distributions() {
        return isPlain() ? Optional.empty() : Optional.of(this::open);
    }

    private PositionLoss open(Batch batch, int from, int to, Report report) {
        double all = Math.max(1, batch.counted());
        return new PositionLoss() {
            private double squares;
            private int counted;

            @Override
            public double at(int position, TokenDistribution distribution) {
                double weight = batch.weights()[position];
                if (weight == 0) {
                    return 0;
                }
                double smoothing = weight / all * labelSmoothing;
                double loss = smoothing == 0 ? 0 : smoothing * distribution.addCrossEntropyFromUniform(smoothing);
                if (zLoss == 0) {
                    return loss;
                }
                double square = distribution.addSquaredLogPartition(weight / all * zLoss);
                squares += weight * square;
                counted++;
                return loss + weight / all * zLoss * square;
            }

            @Override
            public void close() {
                if (zLoss > 0) {
                    report.mean("z_loss", zLoss * squares, counted);
                }
            }
        };
    }

    /** The loss of a uniform guess among V tokens whose logits are 0, in nats. */
    public double uniform(int tokens) {
        double entropy = Math.log(tokens);
        return entropy + zLoss * entropy * entropy;
    }
}
