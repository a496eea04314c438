package trivium.generate;

import java.util.Arrays;

/**
 * What a model made of one prompt.
 *
 * @param prompt the tokens it was given
 * @param tokens what it added, the stop token included where there is one
 * @param logProbs log p of each added token in nats, under the model's own distribution (temperature 1, nothing cut
 *     off)
 * @param drawnLogProbs log p of each in nats under the distribution it was drawn from: after the repetition penalty,
 *     the temperature and the cut (0 for greedy decoding). Where only a temperature is set, a model's passes give the
 *     same for these tokens ({@link trivium.model.Pass#temperature}); at temperature 1 they are {@code logProbs} to the
 *     last bit
 * @param entropy mean entropy of the distributions the tokens were drawn from, likewise, in nats per token
 * @param finish why it ended
 */
public record Generation(
        int[] prompt, int[] tokens, float[] logProbs, float[] drawnLogProbs, double entropy, Finish finish) {

    /** Why a completion ended. */
    public enum Finish {
        /** The model drew a stop token. */
        STOP,
        /** It said a text to stop at. */
        STOP_TEXT,
        /** It reached the most tokens asked for. */
        LENGTH,
        /** The model cannot see any further. */
        CONTEXT;

        /** Whether it was cut off: the model itself did not end it. */
        public boolean isCut() {
            return this == LENGTH || this == CONTEXT;
        }
    }

    /** What was said: the added tokens without the stop token. */
    public int[] said() {
        return finish == Finish.STOP ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
    }

    /** log p of the whole completion, in nats. */
    public double logProb() {
        double sum = 0;
        for (float logProb : logProbs) {
            sum += logProb;
        }
        return sum;
    }
}
