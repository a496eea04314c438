package trivium.data;

import java.util.Arrays;

/** The order of items in each epoch: a permutation by seed and epoch, so that every item comes once per epoch. */
final class Shuffle {

    private record Order(long epoch, int[] items) {}

    private final int items;
    private final int rows;
    private final long seed;
    /** The order used last; it can always be computed again, so threads may overwrite each other's. */
    private volatile Order last = new Order(-1, new int[0]);

    Shuffle(int items, int rows, long seed) {
        checkRows(rows);
        this.items = items;
        this.rows = rows;
        this.seed = seed;
    }

    /** The items of a step's batch: {@code rows} of them, or what remains at an epoch's end. */
    int[] at(long step) {
        long perEpoch = perEpoch(items, rows);
        long epoch = step / perEpoch;
        int from = (int) (step % perEpoch) * rows;
        return Arrays.copyOfRange(order(epoch), from, Math.min(from + rows, items));
    }

    /** The item drawn at this place of an endless row of epochs. */
    int item(long drawn) {
        return order(drawn / items)[(int) (drawn % items)];
    }

    static int perEpoch(int items, int rows) {
        checkRows(rows);
        return Math.ceilDiv(items, rows);
    }

    /** Batches in the items' own order, once. */
    static int[] inOrder(long step, int items, int rows) {
        int from = (int) step * rows;
        int[] batch = new int[Math.min(rows, items - from)];
        Arrays.setAll(batch, i -> from + i);
        return batch;
    }

    private int[] order(long epoch) {
        var known = last;
        if (known.epoch == epoch) {
            return known.items;
        }
        int[] order = Seeds.permutation(items, seed, epoch);
        last = new Order(epoch, order);
        return order;
    }

    private static void checkRows(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("a batch needs at least one row, not " + rows);
        }
    }
}
