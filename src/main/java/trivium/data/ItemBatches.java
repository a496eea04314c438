package trivium.data;

import java.util.function.LongFunction;
import trivium.tensor.Batch;

/** Batches of a number of items (conversations, pairs, answers), each of which has a number from 0. */
public interface ItemBatches {

    /** How many items there are. */
    int size();

    /** The batch of these items. */
    Batch batch(int... items);

    /** How many positions an item takes, in (the longest of) its rows. */
    int length(int item);

    /** The steps of so many items in which each item comes once. */
    default int stepsPerEpoch(int each) {
        return Shuffle.perEpoch(size(), each);
    }

    /**
     * Which items each step has: up to {@code each} of them, every item once in an epoch, in an order that depends on
     * the seed and the epoch only.
     */
    default LongFunction<int[]> order(int each, long seed) {
        return order(each, seed, false);
    }

    /**
     * The same, and if {@code groupByLength} with items of like length in a batch, longest first, so that little of it
     * is padding: 50 batches' worth of items, in the order by chance, are sorted by length and cut into batches, as
     * Hugging Face's {@code group_by_length} does; the batches then come in an order by chance. Of little data fewer
     * are sorted together, a quarter of all at most, so that each epoch has batches of its own.
     */
    default LongFunction<int[]> order(int each, long seed, boolean groupByLength) {
        var shuffle = new Shuffle(size(), each, seed);
        return groupByLength ? shuffle.groupedBy(this::length)::at : shuffle::at;
    }

    /** Batches in that order, epoch after epoch. */
    default Batches shuffled(int each, long seed) {
        var order = order(each, seed);
        return step -> batch(order.apply(step));
    }

    /** Every item once, in the items' own order. */
    default FiniteBatches sequential(int each) {
        return FiniteBatches.of(stepsPerEpoch(each), step -> batch(Shuffle.inOrder(step, size(), each)));
    }
}
