package trivium.exercise;

/** The loss of one token: how surprising the target is to a model that answered these logits. */
@FunctionalInterface
public interface TokenLoss {

    /**
     * −ln softmax(logits)[target].
     *
     * @param logits one for each of V tokens, of any size
     * @param target the token that came, 0 to V − 1
     * @return nats, at least 0
     */
    double of(double[] logits, int target);
}
