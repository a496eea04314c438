package trivium.model;

import java.util.Arrays;
import trivium.tensor.RowLayout;

/**
 * Which positions of a batch a pass works on, put one behind another: those of some rows up to the last that holds
 * text. The padding at the right end of a row is nowhere, so rows of different length cost what they hold. One pass's
 * own, filled anew by each of its forwards.
 */
public final class Positions {

    private int[] places = {}; // of position i in the (B, T) arrays of the whole batch
    private int[] starts = {0}; // where each row begins, and where the last ends
    private long[] squares = {0}; // the squared lengths of the rows before each, added up
    private int from;
    private int rows;
    private int time;

    /** All positions of rows {@code from … to - 1} of {@code time} each, padding too. */
    public Positions all(int from, int to, int time) {
        return of(RowLayout.NONE, from, to, time);
    }

    /** What rows {@code from … to - 1} of {@code time} positions hold. */
    Positions of(RowLayout layout, int from, int to, int time) {
        this.from = from;
        this.rows = to - from;
        this.time = time;
        grow();
        int n = 0;
        for (int row = 0; row < rows; row++) {
            starts[row] = n;
            int length = length(layout, from + row, time);
            for (int t = 0; t < length; t++) {
                places[n++] = (from + row) * time + t;
            }
        }
        starts[rows] = n;
        for (int row = 0; row < rows; row++) {
            squares[row + 1] = squares[row] + (long) length(row) * length(row);
        }
        return this;
    }

    /** How many positions of a row of {@code time} are worked on; at least one. */
    static int length(RowLayout layout, int row, int time) {
        return Math.max(1, layout.used(row, time));
    }

    private void grow() {
        if (starts.length <= rows) {
            starts = new int[rows + 1];
            squares = new long[rows + 1];
        }
        if (places.length < rows * time) {
            places = new int[rows * time];
        }
    }

    /** n. */
    public int count() {
        return starts[rows];
    }

    public int rows() {
        return rows;
    }

    /** Where position i stands in the (B, T) arrays of the whole batch. */
    public int place(int i) {
        return places[i];
    }

    /** Which row of the batch position i belongs to. */
    int row(int i) {
        return places[i] / time;
    }

    /** Which position of its row position i is. */
    int time(int i) {
        return places[i] % time;
    }

    /** How long the row of position i is. */
    int lengthOf(int i) {
        return length(row(i) - from);
    }

    /** The key of position i's random numbers at a place of the model that has this key. */
    long key(long place, int i) {
        long position = (long) row(i) << Integer.SIZE | time(i);
        return RandomKey.mix(place ^ position);
    }

    /** Where the {@code row}-th of these rows begins. */
    int start(int row) {
        return starts[row];
    }

    /** Σ T² over the rows before the {@code row}-th: where a (T, T) of each row begins. */
    long squares(int row) {
        return squares[row];
    }

    /** How long the {@code row}-th of these rows is. */
    int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** Writes 0 at the padding of these rows into a (B, T) array of the whole batch. */
    void clearPadding(float[] values) {
        for (int row = 0; row < rows; row++) {
            int begin = (from + row) * time;
            Arrays.fill(values, begin + length(row), begin + time, 0);
        }
    }
}
