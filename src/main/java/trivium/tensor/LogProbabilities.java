package trivium.tensor;

/** From a row of logits (V) to the log-probability of one target, and back to the logits' gradient. */
public final class LogProbabilities {

    private LogProbabilities() {}

    /**
     * log softmax(logits)[target] in nats. The row is overwritten by e^(logit − highest), and
     * {@code inverseSums[index]} gets 1/their sum: what {@link #backward} needs.
     */
    public static float forward(Floats logits, long at, int size, int target, Floats inverseSums, long index) {
        float chosen = logits.get(at + target);
        float highest = Exponentials.max(logits.memory(), at, size);
        float sum = Exponentials.exponentials(logits.memory(), at, size, 1, -highest);
        inverseSums.set(index, 1 / sum);
        return (float) (chosen - highest - Math.log(sum));
    }

    /**
     * The same at a temperature τ: log softmax(logits / τ)[target].
     *
     * @param inverseTemperature 1/τ, above 0; at 1 the same to the last bit as without
     */
    public static float forward(
            Floats logits, long at, int size, int target, Floats inverseSums, long index, float inverseTemperature) {
        if (inverseTemperature != 1) {
            Exponentials.scale(logits.memory(), at, size, inverseTemperature);
        }
        return forward(logits, at, size, target, inverseSums, index);
    }

    /** Whether no token has a higher logit than the target. */
    public static boolean isHighest(Floats logits, long at, int size, int target) {
        return logits.get(at + target) >= Exponentials.max(logits.memory(), at, size);
    }

    /** Whether no token is likelier than the target, given a row that {@link #forward} has overwritten. */
    public static boolean isLikeliest(Floats row, long at, int target) {
        return row.get(at + target) >= 1;
    }

    /**
     * The row becomes gradient · (onehot(target) − softmax): the derivative of the log-probability with respect to the
     * logits, times {@code gradient}. At a temperature τ the derivative is 1/τ of that, so {@code gradient} has to be.
     */
    public static void backward(Floats row, long at, int size, int target, float inverseSum, float gradient) {
        Exponentials.scale(row.memory(), at, size, -gradient * inverseSum);
        row.set(at + target, row.get(at + target) + gradient);
    }
}
