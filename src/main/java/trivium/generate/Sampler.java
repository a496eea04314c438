package trivium.generate;

import java.util.Arrays;
import trivium.tensor.Floats;

/**
 * Reads one next-token distribution after another and draws from it. Sorts the vocabulary only where top-k or top-p
 * asks for it. One thread.
 */
final class Sampler {

    private final Sampling sampling;
    private final float[] logits;
    /** exp((logit - highest) / temperature): the distribution drawn from, before it is normalised. */
    private final double[] weights;
    /** Order tokens by falling logit, then by id; empty where nothing is cut off. */
    private final long[] keys;

    private final long[] sorted;

    private int best;
    private double logTotal;
    private double entropy;
    private double weight;
    private long cutoff;

    Sampler(Sampling sampling, int vocabulary) {
        this.sampling = sampling;
        logits = new float[vocabulary];
        weights = new double[vocabulary];
        boolean cuts = sampling.temperature() > 0 && (sampling.topK() > 0 || sampling.topP() < 1);
        keys = new long[cuts ? vocabulary : 0];
        sorted = new long[keys.length];
    }

    /** Takes the distribution whose logits start at {@code offset}. */
    void read(Floats source, long offset) {
        best = 0;
        for (int id = 0; id < logits.length; id++) {
            logits[id] = source.get(offset + id);
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        normalise();
        double temperature = sampling.temperature();
        if (temperature != 0 && temperature != 1) {
            for (int id = 0; id < logits.length; id++) {
                weights[id] = Math.exp(((double) logits[id] - logits[best]) / temperature);
            }
        }
        cutoff = keys.length == 0 ? Long.MIN_VALUE : cutoff();
        weight = 0;
        for (int id = 0; id < weights.length; id++) {
            weight += kept(id) ? weights[id] : 0;
        }
    }

    /** The token at which the cumulative distribution, in the order of the ids, passes {@code uniform} in [0, 1). */
    int draw(double uniform) {
        if (sampling.temperature() == 0) {
            return best;
        }
        double left = uniform * weight;
        int last = best;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0 && kept(id)) {
                left -= weights[id];
                last = id;
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /** log p of a token under the model's own distribution, in nats. */
    double logProb(int id) {
        return (double) logits[id] - logits[best] - logTotal;
    }

    /** Entropy of the model's own distribution, in nats. */
    double entropy() {
        return entropy;
    }

    private boolean kept(int id) {
        return keys.length == 0 || keys[id] >= cutoff;
    }

    /**
     * The log of the softmax's denominator and the entropy log Z - Σ e^x x / Z, both at temperature 1 and relative to
     * the highest logit.
     */
    private void normalise() {
        double total = 0;
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
            double x = (double) logits[id] - logits[best];
            double e = Math.exp(x);
            weights[id] = e;
            total += e;
            sum += e > 0 ? e * x : 0;
        }
        if (!(total >= 1) || total == Double.POSITIVE_INFINITY) {
            throw new IllegalStateException(
                    "the model's logits are not finite numbers: its training diverged; go back to an earlier state or lower the learning rate");
        }
        logTotal = Math.log(total);
        entropy = logTotal - sum / total;
    }

    /** The key of the least probable token that is kept; ties are kept in the order of their ids. */
    private long cutoff() {
        for (int id = 0; id < keys.length; id++) {
            keys[id] = key(logits[id], id);
        }
        System.arraycopy(keys, 0, sorted, 0, keys.length);
        Arrays.sort(sorted);
        int most = sampling.topK() == 0 ? keys.length : Math.min(sampling.topK(), keys.length);
        if (sampling.topP() < 1) {
            most = nucleus(most);
        }
        return sorted[keys.length - most];
    }

    /** How many of the {@code most} most probable tokens it takes to reach top-p of their probability. */
    private int nucleus(int most) {
        double total = 0;
        for (int rank = 0; rank < most; rank++) {
            total += weights[ranked(rank)];
        }
        double left = sampling.topP() * total;
        int taken = 0;
        while (taken < most && left > 0) {
            left -= weights[ranked(taken++)];
        }
        return taken;
    }

    private int ranked(int rank) {
        return Integer.MAX_VALUE - (int) sorted[sorted.length - 1 - rank];
    }

    /** Grows with the logit; of equal logits, the lower id has the larger key. */
    private static long key(float logit, int id) {
        int bits = Float.floatToIntBits(logit + 0f); // -0 and 0 are equal logits
        int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE); // negative floats order backwards as bits
        return ((long) ordered << 32) | (Integer.MAX_VALUE - id);
    }
}
