package trivium.model;

import trivium.tensor.Floats;

/**
 * What a pass reads at both ends of a transformer.
 *
 * @param embedding where the tokens' rows (V, C) stand from {@code tokens} on
 * @param head the output layer
 * @param outputs V, or 1 for a scalar head
 * @param tied whether the head's weights are the embedding
 */
record Ends(Floats embedding, long tokens, Linear head, int outputs, boolean tied) {}
