package trivium.exercise;

/** Which predictions of a conversation are learned from. */
@FunctionalInterface
public interface PromptMask {

    /**
     * The weight of the loss at each position; position i sees the tokens 0 to i and predicts token i + 1.
     *
     * @param answered for each of n tokens whether it is of an answer; the token that ends an answer is
     * @return n − 1 weights: 1 where the predicted token is of an answer, 0 elsewhere
     */
    double[] of(boolean[] answered);
}
