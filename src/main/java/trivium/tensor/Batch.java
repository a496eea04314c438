package trivium.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One step's data: {@code rows × time} tokens, for each position the token to predict, and how much predicting it
 * counts.
 *
 * <p>All arrays are (rows, time), row by row. {@code targets[b,t]} is the token that should follow
 * {@code tokens[b,0..t]} (for causal models); {@code weights[b,t]} is 0 where nothing is learned (padding, prompts), 1
 * in pre-training and on answers. Padding is at the right end of a row.
 *
 * @param rows B
 * @param time T, the longest row of this batch
 * @param tokens model input
 * @param targets what is predicted at each position (any valid id where the weight is 0)
 * @param weights how much each prediction counts
 * @param layout which rows stay together when the batch is cut into slices (pairs: chosen, then rejected), and where
 *     the documents of a row end that see nothing of each other
 */
public record Batch(int rows, int time, int[] tokens, int[] targets, float[] weights, RowLayout layout) {

    public Batch {
        if (rows < 1 || time < 1) {
            throw new IllegalArgumentException(
                    "a batch needs at least one row and one position, not " + rows + " × " + time);
        }
        int n = rows * time;
        if (tokens.length != n || targets.length != n || weights.length != n) {
            throw new IllegalArgumentException(
                    "a batch of " + rows + " rows and " + time + " positions needs arrays of " + n + ", not "
                            + tokens.length + ", " + targets.length + " and " + weights.length);
        }
        layout.check(rows, time);
    }

    /** A batch whose rows are one document each, in groups of {@code group} rows that stay together. */
    public Batch(int rows, int time, int[] tokens, int[] targets, float[] weights, int group) {
        this(rows, time, tokens, targets, weights, RowLayout.groups(group));
    }

    /** A batch whose rows are one document each, every position of which counts. */
    public static Batch of(int rows, int time, int[] tokens, int[] targets) {
        var weights = new float[tokens.length];
        Arrays.fill(weights, 1);
        return new Batch(rows, time, tokens, targets, weights, RowLayout.NONE);
    }

    /** How many rows stay together when the batch is cut into slices: 1, or 2 for pairs. */
    public int group() {
        return layout.group();
    }

    /** How many positions hold text rather than padding. */
    public int read() {
        return IntStream.range(0, rows).map(row -> layout.used(row, time)).sum();
    }

    /** N, the number of positions that count. */
    public int counted() {
        int n = 0;
        for (float w : weights) {
            if (w != 0) {
                n++;
            }
        }
        return n;
    }
}
