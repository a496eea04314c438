package trivium.data;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;

/** Batches for pre-training: windows of a long text, each position predicting the token after it. Weights are 1. */
public final class NextTokens {

    private NextTokens() {}

    /**
     * Windows in random order, without end: batch {@code (rows, time)} of step s depends on (seed, s) only. An epoch
     * cuts the text into windows side by side, from a place that is another each time, and shuffles them: within an
     * epoch no token is predicted twice, and windows begin everywhere in the end.
     *
     * @param rows B
     * @param time T; the text needs at least T + 1 tokens
     * @throws IllegalArgumentException if the text is shorter, or a batch has more than 2³¹ − 1 tokens
     */
    public static Batches shuffled(Tokens text, int rows, int time, long seed) {
        checkShape(rows, time);
        if ((long) rows * time > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a batch of " + rows + " rows of " + time + " tokens has more than the "
                    + Integer.MAX_VALUE + " tokens that a batch can have in memory; take fewer rows");
        }
        int windows = windows(text, time);
        int slack = (int) (text.size() - 1 - (long) windows * time);
        var shuffle = new Shuffle(windows, rows, seed);
        return step -> {
            long[] from = new long[rows];
            Arrays.setAll(from, row -> {
                long drawn = step * rows + row;
                int shift = Seeds.random(seed, drawn / windows, 1).nextInt(slack + 1);
                return shift + (long) time * shuffle.item(drawn);
            });
            return windows(text.ids(), from, time);
        };
    }

    /**
     * How many windows an epoch of {@link #shuffled} has: one fewer than would fit, so that where the first begins can
     * move by a whole window.
     *
     * @throws IllegalArgumentException if the text is shorter than a window and the token after
     */
    public static int windows(Tokens text, int time) {
        long predicted = text.size() - 1;
        if (predicted < time) {
            throw new IllegalArgumentException("windows of " + time + " tokens and the one after need a text of "
                    + (time + 1) + " tokens, but it has " + text.size() + "; take a shorter context or more text");
        }
        return count(Math.max(1, predicted / time - 1), time);
    }

    /**
     * The whole text from front to back in windows side by side: every token but the first is predicted exactly once.
     * The last window is filled up with weight 0, the last batch has the rows that remain.
     */
    public static FiniteBatches sequential(Tokens text, int rows, int time) {
        checkShape(rows, time);
        long predicted = text.size() - 1;
        if (predicted < 1) {
            throw new IllegalArgumentException("a text of " + text.size() + " tokens has nothing to predict");
        }
        int windows = count(Math.ceilDiv(predicted, time), time);
        return FiniteBatches.of(Math.ceilDiv(windows, rows), step -> {
            int first = (int) step * rows;
            long[] from = new long[Math.min(rows, windows - first)];
            Arrays.setAll(from, row -> (long) (first + row) * time);
            return windows(text.ids(), from, (int) Math.min(time, predicted - from[0]));
        });
    }

    private static Batch windows(Tokens.Ids ids, long[] from, int time) {
        int n = from.length * time;
        int[] tokens = new int[n];
        int[] targets = new int[n];
        float[] weights = new float[n];
        int[] lengths = new int[from.length];
        for (int row = 0; row < from.length; row++) {
            int length = (int) Math.min(time, ids.size() - 1 - from[row]);
            lengths[row] = length;
            ids.copy(from[row], tokens, row * time, length);
            ids.copy(from[row] + 1, targets, row * time, length);
            Arrays.fill(weights, row * time, row * time + length, 1);
        }
        return new Batch(from.length, time, tokens, targets, weights, RowLayout.lengths(1, Arrays.stream(lengths)));
    }

    private static int count(long windows, int time) {
        if (windows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a text of " + windows + " windows of " + time + " tokens is too long; take a longer context");
        }
        return (int) windows;
    }

    private static void checkShape(int rows, int time) {
        if (rows < 1 || time < 1) {
            throw new IllegalArgumentException(
                    "a batch needs at least one row and one position, not " + rows + " × " + time);
        }
    }
}
