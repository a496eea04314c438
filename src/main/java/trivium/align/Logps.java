package trivium.align;

import trivium.tensor.Batch;

/**
 * What two models make of one completion: the sums over its tokens of their log-probabilities, in nats, the end token
 * included.
 *
 * @param policy Σ log π, at most 0
 * @param reference Σ log π_ref of the frozen model that the training started from; 0 where the loss needs none
 * @param tokens how many there are; 0 for a completion without any, whose sums are 0
 */
public record Logps(double policy, double reference, int tokens) {

    /**
     * What the policy's values (B, T) make of a row's completion, the positions with a weight. The sum is taken in
     * double: the difference of two of them, each of a hundred nats, may be a hundredth.
     */
    static Logps of(Batch batch, int row, float[] values, double reference) {
        double sum = 0;
        int tokens = 0;
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            if (batch.weights()[i] != 0) { // elsewhere values may be anything
                sum += values[i];
                tokens++;
            }
        }
        return new Logps(sum, reference, tokens);
    }

    /** The derivative at a row's sum is that at each of its tokens; elsewhere it is 0. */
    static void spread(Batch batch, int row, double slope, float[] gradients) {
        for (int i = row * batch.time(); i < (row + 1) * batch.time(); i++) {
            gradients[i] = batch.weights()[i] != 0 ? (float) slope : 0;
        }
    }

    /** Σ log π − log π_ref, in nats. */
    public double ratio() {
        return policy - reference;
    }

    /** Σ log π divided by the number of tokens, in nats per token. */
    public double mean() {
        return policy / length();
    }

    /** The number of tokens to divide by: 1 where there is none. */
    int length() {
        return Math.max(1, tokens);
    }
}
