package trivium.pretrain;

/**
 * What loss a model of a size ends with after so many tokens: L(N, D) = E + A / N^α + B / D^β (Hoffmann et al. 2022,
 * equation 2).
 *
 * @param e the loss that no size and no number of tokens gets below, nats per token
 */
record ScalingLaw(double e, double a, double alpha, double b, double beta) {

    /**
     * Fitted to eleven trainings on the stories of Toy Town with a vocabulary of 1,024, each with a schedule of its own
     * length; docs/log.md has runs and residuals. Another text has another loss; which size is best for a time depends
     * on it less.
     */
    static final ScalingLaw TOY_TOWN = new ScalingLaw(0.608, 5740, 0.872, 21900, 0.82);

    /**
     * @param weights parameters without the embedding
     * @param tokens read, repetitions included
     */
    double loss(double weights, double tokens) {
        return e + a * Math.pow(weights, -alpha) + b * Math.pow(tokens, -beta);
    }
}
