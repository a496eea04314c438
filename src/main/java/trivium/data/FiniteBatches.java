package trivium.data;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import trivium.tensor.Batch;

/** Batches that show every item exactly once, as an evaluation needs; steps go from 0 to {@code count() - 1}. */
public interface FiniteBatches extends Batches {

    /** How many batches cover everything. */
    long count();

    /** All batches in order. */
    default Stream<Batch> stream() {
        return LongStream.range(0, count()).mapToObj(this::at);
    }

    /** {@code count} batches from a function of the step, which sees only valid steps. */
    static FiniteBatches of(long count, Batches batches) {
        return new FiniteBatches() {
            @Override
            public long count() {
                return count;
            }

            @Override
            public Batch at(long step) {
                if (step < 0 || step >= count) {
                    throw new IllegalArgumentException("there are batches 0 to " + (count - 1) + ", but not " + step);
                }
                return batches.at(step);
            }
        };
    }
}
