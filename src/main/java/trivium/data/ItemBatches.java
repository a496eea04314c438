package trivium.data;

import java.util.function.LongFunction;
import trivium.tensor.Batch;

/** Batches of a number of items (conversations, pairs, answers), each of which has a number from 0. */
public interface ItemBatches {

    /** How many items there are. */
    int size();

    /** The batch of these items. */
    Batch batch(int... items);

    /** The steps of so many items in which each item comes once. */
    default int stepsPerEpoch(int each) {
        return Shuffle.perEpoch(size(), each);
    }

    /**
     * Which items each step has: up to {@code each} of them, every item once in an epoch, in an order that depends on
     * the seed and the epoch only.
     */
    default LongFunction<int[]> order(int each, long seed) {
        return new Shuffle(size(), each, seed)::at;
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
