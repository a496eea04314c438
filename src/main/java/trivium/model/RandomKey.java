package trivium.model;

import trivium.tensor.Scatter;

/**
 * The key of all random numbers of a training step: with the same seed, a step of the same number drops the same,
 * wherever and by however many workers it is computed.
 *
 * @param seed of the training
 * @param step how many steps came before
 * @param neftuneNoiseAlpha α of the noise that a transformer adds to the embeddings of tokens (NEFTune, Jain et al.
 *     2023, arXiv:2310.05914); 0 for none
 */
public record RandomKey(long seed, long step, double neftuneNoiseAlpha) {

    /** Without noise on embeddings. */
    public RandomKey(long seed, long step) {
        this(seed, step, 0);
    }

    /** 64 random bits for a place in this step; other seeds, steps and places give unrelated bits. */
    long at(long place) {
        return mix(mix(mix(seed) + step) + place);
    }

    /** Scatters z after a step of 2⁶⁴ / φ, so that 0 does not stay 0. */
    static long mix(long z) {
        return Scatter.mix(z + 0x9e3779b97f4a7c15L);
    }
}
