package trivium.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The order of items in each epoch: a permutation by seed and epoch, so that every item comes once per epoch. */
final class Shuffle {

    /** How many batches' items are sorted together, at most: transformers' LengthGroupedSampler. */
    private static final int SORTED_BATCHES = 50;

    /** How many parts of the items are sorted by themselves, at least, if there are as many batches. */
    private static final int PARTS = 4;

    private record Order(long epoch, int[] items) {}

    private final int items;
    private final int rows;
    private final long seed;
    private final IntUnaryOperator length; // null where batches do not go by length
    /** The order used last; it can always be computed again, so threads may overwrite each other's. */
    private volatile Order last = new Order(-1, new int[0]);

    Shuffle(int items, int rows, long seed) {
        this(items, rows, seed, null);
    }

    private Shuffle(int items, int rows, long seed, IntUnaryOperator length) {
        checkRows(rows);
        this.length = length;
        this.items = items;
        this.rows = rows;
        this.seed = seed;
    }

    /** The same items with those of like length in a batch. */
    Shuffle groupedBy(IntUnaryOperator length) {
        return new Shuffle(items, rows, seed, length);
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
        if (length != null) {
            order = grouped(order, epoch);
        }
        last = new Order(epoch, order);
        return order;
    }

    private int[] grouped(int[] order, long epoch) {
        int sorted = rows * Math.clamp(items / (PARTS * (long) rows), 1, SORTED_BATCHES);
        int[] byLength = new int[items];
        for (int from = 0; from < items; from += sorted) {
            int to = Math.min(from + sorted, items);
            int[] part = Arrays.stream(order, from, to)
                    .boxed()
                    .sorted(Comparator.comparingInt((Integer item) -> -length.applyAsInt(item)))
                    .mapToInt(item -> item)
                    .toArray();
            System.arraycopy(part, 0, byLength, from, part.length);
        }
        // In the order of their lengths batches would make the loss a saw tooth. One that is not full stays the last.
        int full = items / rows;
        int[] batches = Seeds.permutation(full, seed, epoch, 1);
        return IntStream.concat(
                        Arrays.stream(batches).flatMap(batch -> IntStream.range(batch * rows, (batch + 1) * rows)),
                        IntStream.range(full * rows, items))
                .map(place -> byLength[place])
                .toArray();
    }

    private static void checkRows(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("a batch needs at least one row, not " + rows);
        }
    }
}
