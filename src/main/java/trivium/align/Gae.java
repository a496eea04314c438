package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Checks;
import trivium.train.Setting;

/**
 * Generalised advantage estimation (Schulman et al. 2016, equations 11 and 16): how much better a token did than the
 * value model expected, δ_t = r_t + γ V_{t+1} − V_t, and how much better the tokens after it did, each weighted by γλ
 * more than the one before:
 *
 * <pre>{@code A_t = Σ_l (γλ)^l δ_{t+l}}</pre>
 *
 * The sum ends with the completion, behind whose last token nothing is expected, whether the model ended it or not.
 *
 * @param gamma γ, what a reward one token later is worth; above 0, at most 1
 * @param lambda λ, from 0 (what the value model expects of the next token, and so its bias) to 1 (the whole return less
 *     the value, and so its variance)
 * @param whitening what is done to the advantages of all tokens before the policy learns from them
 */
public record Gae(double gamma, double lambda, Whitening whitening) implements Setting {

    /** Var + this is what advantages are divided by the root of, as in TRL. */
    private static final double TINY = 1e-8;

    /** What is done to the advantages of all tokens of a set of rollouts. */
    public enum Whitening {
        /** Nothing. */
        NONE,
        /** Divided by their standard deviation (TRL's {@code shift_mean=False}). */
        SCALE,
        /** Moved to mean 0 and divided by their standard deviation. */
        SHIFT_AND_SCALE
    }

    public Gae {
        if (!(gamma > 0 && gamma <= 1)) {
            throw new IllegalArgumentException("gamma " + gamma + ": expected a number above 0 and at most 1");
        }
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException("lambda " + lambda + ": expected a number from 0 to 1, such as 0.95");
        }
        Checks.given(whitening, "whitening", Whitening.values());
    }

    /**
     * The advantage of each token, not whitened.
     *
     * @param batch (B, T), whose weights say which positions are tokens of completions
     * @param rewards (B, T) of each token
     * @param values (B, T), V before each token
     * @return (B, T), 0 where no token of a completion is predicted
     */
    public double[] advantages(Batch batch, double[] rewards, double[] values) {
        var advantages = new double[values.length];
        for (int row = 0; row < batch.rows(); row++) {
            double following = 0;
            double after = 0;
            for (int i = (row + 1) * batch.time() - 1; i >= row * batch.time(); i--) {
                if (batch.weights()[i] != 0) {
                    after = rewards[i] + gamma * following - values[i] + gamma * lambda * after;
                    following = values[i];
                    advantages[i] = after;
                }
            }
        }
        return advantages;
    }

    /**
     * The advantages as the policy learns from them; the variance is that of a sample, with N − 1, over the tokens of
     * all completions.
     */
    double[] whitened(Batch batch, double[] advantages) {
        int tokens = batch.counted();
        if (whitening == Whitening.NONE || tokens < 2) {
            return advantages;
        }
        var moments = Moments.of(batch, advantages);
        double shift = whitening == Whitening.SHIFT_AND_SCALE ? moments.mean() : 0;
        double scale = Math.sqrt(moments.variance() + TINY);
        var whitened = new double[advantages.length];
        for (int i = 0; i < whitened.length; i++) {
            whitened[i] = batch.weights()[i] != 0 ? (advantages[i] - shift) / scale : 0;
        }
        return whitened;
    }

    /**
     * Of numbers at the positions that count.
     *
     * @param variance of a sample, with N − 1
     */
    record Moments(double mean, double variance) {

        static Moments of(Batch batch, double[] numbers) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < numbers.length; i++) {
                if (batch.weights()[i] != 0) {
                    sum += numbers[i];
                    count++;
                }
            }
            double mean = sum / count;
            double squares = 0;
            for (int i = 0; i < numbers.length; i++) {
                if (batch.weights()[i] != 0) {
                    squares += (numbers[i] - mean) * (numbers[i] - mean);
                }
            }
            return new Moments(mean, squares / (count - 1));
        }
    }
}
