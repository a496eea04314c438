package trivium.generate;

import java.util.Arrays;
import java.util.BitSet;
import trivium.model.DivergedException;
import trivium.tensor.Floats;

/**
 * Reads one next-token distribution after another and draws from it. Sorts the vocabulary only where top-k or top-p
 * asks for it. One thread.
 */
final class Sampler {

    private static final BitSet NOTHING = new BitSet();

    private final Sampling sampling;
    private final float[] logits;
    /** The logits after the repetition penalty; the logits themselves where there is none. */
    private final float[] adjusted;
    /** exp((adjusted - highest) / temperature): the distribution drawn from, before it is normalised; empty at 0. */
    private final double[] weights;
    /** Order tokens by falling logit, then by id; empty where nothing is cut off. */
    private final long[] keys;

    private final long[] sorted;

    private int best; // of the adjusted logits
    private float highest; // of the model's own
    private double logTotal;
    private double entropy; // of the model's own distribution
    private boolean isOwn; // whether that is drawn from
    private double weight;
    private long cutoff;

    Sampler(Sampling sampling, int vocabulary) {
        this.sampling = sampling;
        logits = new float[vocabulary];
        adjusted = sampling.repetitionPenalty() == 1 ? logits : new float[vocabulary];
        weights = new double[sampling.temperature() == 0 ? 0 : vocabulary];
        boolean cuts = sampling.temperature() > 0
                && (sampling.cut().topK() > 0 || sampling.cut().topP() < 1);
        keys = new long[cuts ? vocabulary : 0];
        sorted = new long[keys.length];
    }

    /** Takes the distribution whose logits start at {@code offset}; nothing has been seen. */
    void read(Floats source, long offset) {
        read(source, offset, NOTHING);
    }

    /**
     * Takes the distribution whose logits start at {@code offset}.
     *
     * @param seen the tokens that the repetition penalty makes less probable
     */
    void read(Floats source, long offset, BitSet seen) {
        highest = Float.NEGATIVE_INFINITY;
        best = 0;
        for (int id = 0; id < logits.length; id++) {
            float logit = source.get(offset + id);
            logits[id] = logit;
            if (logit > highest) {
                highest = logit;
                best = id;
            }
        }
        normalise();
        boolean penalised = adjust(seen);
        double temperature = sampling.temperature();
        isOwn = temperature == 1
                && !penalised
                && keys.length == 0
                && sampling.cut().minP() == 0;
        if (temperature != 0 && (temperature != 1 || penalised)) {
            for (int id = 0; id < logits.length; id++) {
                weights[id] = Math.exp(((double) adjusted[id] - adjusted[best]) / temperature);
            }
        }
        if (temperature != 0) {
            cutoff = keys.length == 0 ? Long.MIN_VALUE : cutoff();
            weight = 0;
            for (int id = 0; id < weights.length; id++) {
                weight += kept(id) ? weights[id] : 0;
            }
        }
    }

    /** Applies the repetition penalty, after which another token may be the best; answers whether anything changed. */
    private boolean adjust(BitSet seen) {
        boolean penalised = adjusted != logits && !seen.isEmpty();
        if (adjusted != logits) {
            float penalty = (float) sampling.repetitionPenalty();
            System.arraycopy(logits, 0, adjusted, 0, logits.length);
            seen.stream().forEach(id -> adjusted[id] *= adjusted[id] > 0 ? 1 / penalty : penalty);
        }
        if (penalised) {
            best = 0;
            for (int id = 1; id < adjusted.length; id++) {
                best = adjusted[id] > adjusted[best] ? id : best;
            }
        }
        return penalised;
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
        return (double) logits[id] - highest - logTotal;
    }

    /**
     * log p of a token under the distribution that is drawn from, in nats: after penalty, temperature and cut. Minus
     * infinity if the token cannot be drawn. At temperature 1 with no penalty and no cut it is {@link #logProb}, to the
     * last bit.
     */
    double drawnLogProb(int id) {
        if (sampling.temperature() == 0) {
            return id == best ? 0 : Double.NEGATIVE_INFINITY;
        }
        return kept(id)
                ? ((double) adjusted[id] - adjusted[best]) / sampling.temperature() - Math.log(weight)
                : Double.NEGATIVE_INFINITY;
    }

    /**
     * Entropy of the distribution that is drawn from, in nats: after penalty, temperature and cut, 0 at temperature 0.
     */
    double entropy() {
        if (sampling.temperature() == 0) {
            return 0;
        }
        if (isOwn) {
            return entropy;
        }
        double sum = 0;
        for (int id = 0; id < weights.length; id++) {
            sum += kept(id) && weights[id] > 0 ? weights[id] * Math.log(weights[id]) : 0;
        }
        return Math.log(weight) - sum / weight;
    }

    private boolean kept(int id) {
        return (keys.length == 0 || keys[id] >= cutoff)
                && weights[id] >= sampling.cut().minP(); // the best one's weight is 1
    }

    /**
     * The log of the softmax's denominator and the entropy log Z - Σ e^x x / Z, both at temperature 1 and relative to
     * the highest logit. The best token is taken without the weights, of which there are none then.
     */
    private void normalise() {
        double total = 0;
        double sum = 0;
        if (weights.length == 0) {
            for (float logit : logits) {
                total += Math.exp((double) logit - highest);
            }
        } else {
            for (int id = 0; id < logits.length; id++) {
                double x = (double) logits[id] - highest;
                double e = Math.exp(x);
                weights[id] = e;
                total += e;
                sum += e > 0 ? e * x : 0;
            }
        }
        if (!(total >= 1) || total == Double.POSITIVE_INFINITY) {
            throw new DivergedException("the model's logits are not finite numbers");
        }
        logTotal = Math.log(total);
        entropy = logTotal - sum / total;
    }

    /** The key of the least probable token that is kept; ties are kept in the order of their ids. */
    private long cutoff() {
        for (int id = 0; id < keys.length; id++) {
            keys[id] = key(adjusted[id], id);
        }
        System.arraycopy(keys, 0, sorted, 0, keys.length);
        Arrays.sort(sorted);
        int topK = sampling.cut().topK();
        int most = topK == 0 ? keys.length : Math.min(topK, keys.length);
        if (sampling.cut().topP() < 1) {
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
        double left = sampling.cut().topP() * total;
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
