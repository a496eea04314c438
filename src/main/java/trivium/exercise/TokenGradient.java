package trivium.exercise;

/** The gradient of the loss of one token: how each logit would have to change. */
@FunctionalInterface
public interface TokenGradient {

    /**
     * ∂L/∂x of L = −ln softmax(x)[target].
     *
     * @param logits one for each of V tokens
     * @param target the token that came, 0 to V − 1
     * @return V numbers
     */
    double[] of(double[] logits, int target);
}
