package trivium.model;

import trivium.tensor.Floats;

/**
 * How positions attend to each other: from queries, keys and values (N, (H + 2K)·D) to what attention gathers, y (N,
 * H·D).
 */
@FunctionalInterface
interface Mixer {
    void mix(Floats queriesKeysValues, Floats y);
}
