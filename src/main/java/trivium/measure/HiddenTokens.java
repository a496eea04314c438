package trivium.measure;

import java.util.concurrent.CancellationException;
import trivium.data.Batches;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.text.Numbers;

/**
 * How well a model finds hidden tokens: over all positions with a weight, which {@code Masking} gives to those it chose
 * (Devlin et al. 2018, section 3.1).
 *
 * @param nats mean −log p of the token that stood there
 * @param accuracy the share of them that are the model's likeliest token (of several equally likely, that with the
 *     smallest id), in [0, 1]
 * @param tokens how many there are
 */
public record HiddenTokens(double nats, double accuracy, long tokens) {

    /** Over the batches {@code 0 … count - 1}. */
    public static HiddenTokens over(Slices slices, Batches batches, int count) {
        double nats = 0;
        long right = 0;
        long tokens = 0;
        for (int step = 0; step < count; step++) {
            if (Thread.interrupted()) {
                throw new CancellationException("measuring the loss of hidden tokens was interrupted");
            }
            for (var found : of(slices, batches.at(step))) {
                if (found != null) {
                    nats -= found.logProb;
                    right += found.right ? 1 : 0;
                    tokens++;
                }
            }
        }
        return new HiddenTokens(nats / tokens, (double) right / tokens, tokens);
    }

    private record Found(double logProb, boolean right) {}

    /** What was found at each position (B, T); null where nothing was asked. Added up in order, whoever computed it. */
    private static Found[] of(Slices slices, Batch batch) {
        var found = new Found[batch.tokens().length];
        int vocabulary = slices.model().outputs();
        slices.outputs(batch, (from, to, outputs) -> {
            int start = from * batch.time();
            for (int i = start; i < to * batch.time(); i++) {
                if (batch.weights()[i] != 0) {
                    found[i] = found(outputs.toArray((long) (i - start) * vocabulary, vocabulary), batch.targets()[i]);
                }
            }
        });
        return found;
    }

    private static Found found(float[] logits, int target) {
        int best = Distribution.likeliest(logits);
        return new Found(logits[target] - Distribution.logSum(logits), best == target);
    }

    @Override
    public String toString() {
        return Numbers.value(nats) + " nats per hidden token, " + Numbers.percent(accuracy) + " found ("
                + Numbers.count(tokens, "token") + ")";
    }
}
