package trivium.model;

/**
 * What decides all chance within a training step: with the same seed, a step of the same number drops the same,
 * wherever and by however many workers it is computed.
 *
 * @param seed of the training
 * @param step how many steps came before
 */
public record Dice(long seed, long step) {

    /** 64 bits for a place in this step; other seeds, steps and places give unrelated ones. */
    long key(long place) {
        return mix(mix(mix(seed) + step) + place);
    }

    /** Scatters neighbouring numbers (the finaliser of MurmurHash3, Stafford's variant 13, after a step of 2⁶⁴ / φ). */
    static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
