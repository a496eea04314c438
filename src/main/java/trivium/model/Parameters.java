package trivium.model;

import java.util.List;
import trivium.tensor.Floats;

/** A model's weights: one flat vector and the names and shapes of its parts, which tile it in order. */
public record Parameters(Floats values, List<Tensor> tensors) {

    /** A named part of the vector, {@code shape} row by row from {@code offset} on; a weight is (out, in). */
    public record Tensor(String name, long offset, List<Integer> shape) {

        /** How many numbers. */
        public long size() {
            long size = 1; // a loop, not a stream: training steps ask
            for (int i = 0; i < shape.size(); i++) {
                size = Math.multiplyExact(size, shape.get(i));
            }
            return size;
        }
    }

    /** How many numbers in all. */
    public long count() {
        return values.size();
    }
}
