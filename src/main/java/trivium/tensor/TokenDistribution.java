package trivium.tensor;

/**
 * The distribution over the vocabulary at one position, and the derivative of a loss with respect to its logits.
 *
 * <p>{@link #read} takes logits z and a temperature τ and gives log p = log softmax(z/τ) in nats and p; what is
 * {@linkplain #addEntropy added} afterwards collects dL/d(z/τ). Sums are of float32 numbers in float32. One thread.
 */
public final class TokenDistribution {

    /** Rows are as long as this many numbers, or twice as many, and so on: whole vectors on every machine. */
    private static final int WHOLE = 64;

    private final int size;
    private final int padded; // after the vocabulary p is 0, and so is all else
    private final Floats logProbs;
    private final Floats probabilities;
    private final Floats gradient;
    private double logPartition;
    private Floats mixture; // log p − log m, made when first asked for
    private boolean touched;

    /** Room for a vocabulary of {@code size} tokens. */
    public TokenDistribution(int size) {
        this.size = size;
        padded = Math.ceilDiv(size, WHOLE) * WHOLE;
        logProbs = Floats.zeros(padded);
        probabilities = Floats.zeros(padded);
        gradient = Floats.zeros(padded);
    }

    /** V, how many tokens there are. */
    public int size() {
        return size;
    }

    /** Takes the logits (V) that start at {@code at}, divided by a temperature; the derivative begins at 0. */
    public void read(Floats logits, long at, double temperature) {
        logPartition =
                Divergences.logSoftmax(logits.memory(), at, size, (float) (1 / temperature), logProbs, probabilities);
        if (touched) {
            Divergences.clear(gradient.memory(), padded);
            touched = false;
        }
    }

    /** The same distribution at another temperature, of the tempered logits. */
    public void read(TokenDistribution other, double temperature) {
        read(other.logProbs, 0, temperature);
    }

    /** log p of a token in nats. */
    public float logProb(int token) {
        return logProbs.get(token);
    }

    /** p of a token. */
    public float probability(int token) {
        return probabilities.get(token);
    }

    /** dL/d(z/τ) of a token, as far as it was added. */
    public float gradient(int token) {
        return gradient.get(token);
    }

    /** Adds to dL/d(z/τ) of one token. */
    public void addGradient(int token, double derivative) {
        touched = true;
        gradient.set(token, (float) (gradient.get(token) + derivative));
    }

    /** Adds {@code factor} times what another one has collected. */
    public void addGradient(TokenDistribution other, double factor) {
        touched = true;
        Divergences.add(other.gradient.memory(), (float) factor, gradient.memory(), padded);
    }

    /** Adds the derivative of {@code weight} · log² Z, with Z = Σ exp(z/τ); answers log² Z. */
    public double addSquaredLogPartition(double weight) {
        touched = true;
        // dlog²Z/dz = 2 log Z p
        Divergences.add(probabilities.memory(), (float) (2 * weight * logPartition), gradient.memory(), padded);
        return logPartition * logPartition;
    }

    /** Adds the derivative of {@code weight} times the cross entropy −(1/V) Σ log p; answers that, in nats. */
    public double addCrossEntropyFromUniform(double weight) {
        touched = true;
        // d/dz = p − 1/V
        Divergences.addShifted(probabilities.memory(), 1f / size, (float) weight, gradient.memory(), padded);
        return -Divergences.sum(logProbs.memory(), padded) / size;
    }

    /** H = −Σ p log p, in nats. */
    public double entropy() {
        return -Divergences.dot(probabilities.memory(), logProbs.memory(), padded);
    }

    /** Adds the derivative of {@code weight} · H; answers H in nats. */
    public double addEntropy(double weight) {
        touched = true;
        double entropy = entropy();
        // dH/dz = −p (log p + H)
        Divergences.addCentred(
                probabilities.memory(),
                logProbs.memory(),
                (float) -entropy,
                (float) -weight,
                gradient.memory(),
                padded);
        return entropy;
    }

    /** KL(this‖other) = Σ p (log p − log q), in nats; q is the other's. */
    public double reverseKl(TokenDistribution other) {
        return Math.max(
                0,
                Divergences.dotDifference(probabilities.memory(), logProbs.memory(), other.logProbs.memory(), padded));
    }

    /** Adds the derivative of {@code weight} · KL(this‖other), the other being constant; answers the divergence. */
    public double addReverseKl(TokenDistribution other, double weight) {
        touched = true;
        double kl =
                Divergences.dotDifference(probabilities.memory(), logProbs.memory(), other.logProbs.memory(), padded);
        // dKL/dz = p (log p − log q − KL)
        Divergences.addCentredDifference(
                probabilities.memory(),
                logProbs.memory(),
                other.logProbs.memory(),
                (float) kl,
                (float) weight,
                gradient.memory(),
                padded);
        return Math.max(0, kl);
    }

    /** KL(other‖this) = Σ q (log q − log p), in nats; q is the other's. */
    public double forwardKl(TokenDistribution other) {
        return other.reverseKl(this);
    }

    /** Adds the derivative of {@code weight} · KL(other‖this), the other being constant; answers the divergence. */
    public double addForwardKl(TokenDistribution other, double weight) {
        touched = true;
        // dKL/dz = p − q
        Divergences.add(probabilities.memory(), (float) weight, gradient.memory(), padded);
        Divergences.add(other.probabilities.memory(), (float) -weight, gradient.memory(), padded);
        return forwardKl(other);
    }

    /**
     * Adds the derivative of {@code weight} times the generalised Jensen-Shannon divergence β KL(q‖m) + (1 − β)
     * KL(p‖m), with q the other's, which is constant, and m = β q + (1 − β) p (Agarwal et al. 2024, equation 1);
     * answers the divergence.
     *
     * @param beta β in (0, 1)
     */
    public double addJensenShannon(TokenDistribution other, double beta, double weight) {
        touched = true;
        if (mixture == null) {
            mixture = Floats.zeros(padded);
        }
        double ofOther = 0;
        double ofThis = 0;
        for (int v = 0; v < size; v++) {
            double p = probabilities.get(v);
            double q = other.probabilities.get(v);
            double m = Math.log(beta * q + (1 - beta) * p);
            ofOther += q * (other.logProbs.get(v) - m);
            ofThis += p * (logProbs.get(v) - m);
            mixture.set(v, (float) (logProbs.get(v) - m));
        }
        // d/dz = (1 − β) p (log p − log m − KL(p‖m))
        Divergences.addCentred(
                probabilities.memory(),
                mixture.memory(),
                (float) ofThis,
                (float) (weight * (1 - beta)),
                gradient.memory(),
                padded);
        return Math.max(0, beta * ofOther + (1 - beta) * ofThis);
    }

    /**
     * Overwrites a row of logits (V) by the derivative with respect to them: 1/τ of what was added, and of
     * {@code valueGradient} · (onehot(target) − p), what a derivative at the target's log-probability makes.
     */
    public void write(Floats row, long at, int target, float valueGradient, double temperature) {
        if (valueGradient != 0) {
            touched = true;
            Divergences.add(probabilities.memory(), -valueGradient, gradient.memory(), padded);
            gradient.set(target, gradient.get(target) + valueGradient);
        }
        if (!touched) {
            for (int v = 0; v < size; v++) {
                row.set(at + v, 0);
            }
            return;
        }
        row.copyFrom(gradient, 0, at, size);
        if (temperature != 1) {
            Exponentials.scale(row.memory(), at, size, (float) (1 / temperature));
        }
    }
}
