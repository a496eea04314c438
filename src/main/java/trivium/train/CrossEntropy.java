package trivium.train;

import trivium.tensor.Batch;

/**
 * L = −(1/N) Σ w[b,t] · log p(target[b,t]) in nats, N the number of positions with a weight: pre-training with w = 1
 * everywhere, fine-tuning with w = 1 on the answer, on-policy policy gradients with w = advantage.
 */
public record CrossEntropy() implements Objective {

    @Override
    public double loss(Batch batch, int from, int to, float[] values, float[] gradients, Report report) {
        float scale = 1f / Math.max(1, batch.counted());
        double sum = 0;
        for (int i = from * batch.time(); i < to * batch.time(); i++) {
            float weight = batch.weights()[i] * scale;
            gradients[i] = -weight;
            if (weight != 0) {
                sum -= (double) weight * values[i];
            }
        }
        return sum;
    }
}
