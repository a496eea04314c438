package trivium.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How the rows of a batch belong together, and how the documents in a row are kept apart.
 *
 * @param group rows that must stay together when the batch is cut into slices: 1, or 2 for pairs
 * @param ends of each row the ends of its documents, ascending: the first goes from 0 to {@code ends[row][0]}, the next
 *     from there to {@code ends[row][1]} and so on, and what follows the last is padding. Empty where every row is one
 *     document
 */
public record RowLayout(int group, int[][] ends) {

    /** Every row is one document and stands for itself. */
    public static final RowLayout NONE = groups(1);

    public RowLayout {
        if (group < 1) {
            throw new IllegalArgumentException("rows cannot be cut into groups of " + group);
        }
        for (int row = 0; row < ends.length; row++) {
            if (ends[row].length == 0) {
                throw new IllegalArgumentException("row " + row + " has no document, expected at least one");
            }
            int start = 0;
            for (int end : ends[row]) {
                if (end < start) {
                    throw new IllegalArgumentException("row " + row + " has a document from " + start + " to " + end
                            + "; none may end before it begins");
                }
                start = end;
            }
        }
    }

    /** Every row is one document, and {@code group} rows stay together. */
    public static RowLayout groups(int group) {
        return new RowLayout(group, new int[0][]);
    }

    /** Each row is one document of so many positions, and {@code group} rows stay together. */
    public static RowLayout lengths(int group, IntStream lengths) {
        return new RowLayout(
                group, lengths.mapToObj(length -> new int[] {length}).toArray(int[][]::new));
    }

    /**
     * Refuses what a batch of {@code rows} rows of {@code time} positions cannot be.
     *
     * @throws IllegalArgumentException if the groups do not come out even, or a document ends behind its row
     */
    public void check(int rows, int time) {
        if (rows % group != 0) {
            throw new IllegalArgumentException(rows + " rows cannot be cut into groups of " + group);
        }
        if (ends.length != 0 && ends.length != rows) {
            throw new IllegalArgumentException(
                    "a batch of " + rows + " rows needs the documents of as many rows, not of " + ends.length);
        }
        requireFit(0, rows, time);
    }

    /** Refuses documents of rows {@code from … to - 1} that end behind {@code time} positions. */
    public void requireFit(int from, int to, int time) {
        for (int row = from; row < to; row++) {
            if (used(row, time) > time) {
                throw new IllegalArgumentException("row " + row + " has a document that ends at " + used(row, time)
                        + ", behind the row's " + time + " positions");
            }
        }
    }

    /** How many documents a row holds. */
    public int documents(int row) {
        return ends.length == 0 ? 1 : ends[row].length;
    }

    /** Where a document of a row begins, counted from 0; the one after the last is the padding. */
    public int start(int row, int document) {
        return document == 0 ? 0 : ends[row][document - 1];
    }

    /** Where the last document of a row of {@code time} positions ends; what follows is padding. */
    public int used(int row, int time) {
        return ends.length == 0 ? time : ends[row][ends[row].length - 1];
    }

    /** Whether some row holds more than one document. */
    public boolean packed() {
        return Arrays.stream(ends).anyMatch(row -> row.length > 1);
    }
}
