package trivium.model;

import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;
import trivium.tensor.TokenDistribution;

/**
 * The last step of a {@link Pass} and the first of its backward: from the logits (N, V) of a slice's positions to
 * values (N), log-probabilities of the targets or scores, and from the derivative at the values to that at the logits,
 * all in the logits' own memory. One thread.
 */
public final class Readout {

    private final int outputs;
    private final long positions;
    private Floats logits; // (N, V), made when first asked for
    private Floats inverseSums; // (N)
    private TokenDistribution distribution; // made when first asked for
    private boolean keeps;
    private double temperature = 1;
    private int[] targets;
    private Positions at;

    /**
     * Room for the outputs at so many positions.
     *
     * @param outputs V, or 1 for scores
     */
    public Readout(int outputs, long positions) {
        this.outputs = outputs;
        this.positions = positions;
    }

    /** (N, V), to be filled before {@link #values}. */
    public Floats logits() {
        if (logits == null) {
            logits = Floats.zeros(positions * outputs);
            inverseSums = Floats.zeros(positions);
        }
        return logits;
    }

    /** See {@link Pass#temperature}. */
    public void temperature(double temperature) {
        this.temperature = Temperatures.check(temperature, outputs);
    }

    /** See {@link Pass#keepDistributions}. */
    public void keepDistributions(boolean keep) {
        if (keep && outputs == 1) {
            throw new IllegalArgumentException(
                    "a model that scores has no distribution over tokens, which the loss asks"
                            + " for; use a language model");
        }
        keeps = keep;
        if (keep && distribution == null) {
            distribution = new TokenDistribution(outputs);
        }
    }

    /**
     * Turns the logits of these positions into values.
     *
     * @param targets (B, T) of the whole batch
     * @param values (B, T) of the whole batch, of which those of the positions' rows are written: 0 at padding
     */
    public void values(int[] targets, Positions positions, float[] values) {
        this.targets = targets;
        this.at = positions;
        int count = positions.count();
        if (outputs > 1) {
            for (int i = 0; i < count; i++) {
                Ids.check(targets, at.place(i), at.place(i) + 1, outputs, "target");
            }
        }
        for (int i = 0; i < count; i++) {
            values[at.place(i)] = value(i);
        }
        positions.clearPadding(values);
    }

    private float value(int i) {
        long logit = (long) i * outputs;
        if (outputs == 1) {
            return logits.get(logit);
        }
        int target = targets[at.place(i)];
        if (keeps) {
            distribution.read(logits, logit, temperature);
            return distribution.logProb(target);
        }
        return LogProbabilities.forward(logits, logit, outputs, target, inverseSums, i, (float) (1 / temperature));
    }

    /** See {@link Pass#right}. */
    public int right(float[] weights) {
        if (outputs == 1) {
            return -1;
        }
        int right = 0;
        for (int i = 0; i < at.count(); i++) {
            if (weights[at.place(i)] != 0 && isLikeliest((long) i * outputs, targets[at.place(i)])) {
                right++;
            }
        }
        return right;
    }

    private boolean isLikeliest(long at, int target) {
        return keeps
                ? LogProbabilities.isHighest(logits, at, outputs, target)
                : LogProbabilities.isLikeliest(logits, at, target);
    }

    /**
     * Turns what {@link #values} left into dL/dlogits.
     *
     * @param valueGradients (B, T) of the whole batch
     */
    public void gradients(float[] valueGradients) {
        float scale = (float) (1 / temperature);
        for (int i = 0; i < at.count(); i++) {
            float g = valueGradients[at.place(i)];
            long logit = (long) i * outputs;
            if (outputs == 1) {
                logits.set(logit, g);
            } else {
                LogProbabilities.backward(logits, logit, outputs, targets[at.place(i)], inverseSums.get(i), g * scale);
            }
        }
    }

    /**
     * The same with what a loss says of each position's distribution, which were kept.
     *
     * @return the loss's share of these positions
     */
    public double gradients(float[] valueGradients, PositionLoss loss) {
        double sum = 0;
        for (int i = 0; i < at.count(); i++) {
            long logit = (long) i * outputs;
            distribution.read(logits, logit, temperature);
            sum += loss.at(at.place(i), distribution);
            distribution.write(logits, logit, targets[at.place(i)], valueGradients[at.place(i)], temperature);
        }
        return sum;
    }
}
