package trivium.generate;

/**
 * Whether a completion is over, asked after each of its tokens, of which the first {@code count} are there, with their
 * log-probabilities under the model's own distribution.
 */
@FunctionalInterface
interface StoppingCriterion {
    boolean test(int[] tokens, float[] logProbs, int count);
}
