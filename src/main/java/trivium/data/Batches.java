package trivium.data;

import trivium.tensor.Batch;

/**
 * Where a training loop gets its data: a pure function of the step, so that resuming needs no rewinding and two
 * machines agree.
 */
@FunctionalInterface
public interface Batches {

    /** The batch of this step, {@code step} from 0. Asked twice, it answers the same. */
    Batch at(long step);
}
