package trivium.model;

import java.util.List;
import trivium.tensor.Floats;

/** A model's weights: one flat vector and the names and shapes of its parts, which tile it in order. */
public record Parameters(Floats values, List<Tensor> tensors) {

    /** What a tensor is for, which decides how it begins, whether it decays, and who may change it. */
    public enum Role {
        /** A row for each token; the output layer too, where the head is tied. */
        EMBEDDING,
        /** A row for each learned position. */
        POSITION,
        /** A linear layer within the body, which is what Muon steps on and adapters stand beside. */
        MATRIX,
        /** A {@link #MATRIX} whose output is added to the residual stream. */
        RESIDUAL,
        /** The output layer's weights, where they are its own. */
        HEAD,
        /** A norm's scale. */
        NORM,
        /** What is added: a linear layer's bias, a norm's shift. */
        BIAS;

        /** Whether weight decay is for it: all but {@link #NORM} and {@link #BIAS}, as GPT-2 and nanoGPT have it. */
        public boolean decays() {
            return this != NORM && this != BIAS;
        }
    }

    /**
     * A named part of the vector.
     *
     * @param offset where it begins
     * @param shape row by row; a weight is (out, in)
     * @param role what it is for
     */
    public record Tensor(String name, long offset, List<Integer> shape, Role role) {

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
