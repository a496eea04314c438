package trivium.model;

import trivium.tensor.TokenDistribution;

/** A loss that sees one position after the other, each with its whole distribution. One thread. */
@FunctionalInterface
public interface PositionLoss extends AutoCloseable {

    /**
     * This position's share of the loss. Its derivative with respect to the logits (divided by the pass's temperature)
     * is added to the distribution.
     *
     * @param position in the batch, row by row: b · T + t; they come in rising order
     * @param distribution over the vocabulary, valid during this call
     */
    double at(int position, TokenDistribution distribution);

    /** After the last position. */
    @Override
    default void close() {}
}
