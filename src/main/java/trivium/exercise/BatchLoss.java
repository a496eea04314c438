package trivium.exercise;

/** The loss of a batch of conversations of different lengths. */
@FunctionalInterface
public interface BatchLoss {

    /**
     * The mean loss of the tokens that are learned.
     *
     * @param losses for each row the loss of each position, in nats
     * @param weights for each row 1 at the positions that are learned, 0 elsewhere
     * @return nats per learned token of the batch
     */
    double of(double[][] losses, double[][] weights);
}
