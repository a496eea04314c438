package trivium.model;

import java.util.Arrays;
import java.util.List;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/**
 * The gradients of scales, shifts and biases over one slice's rows, side by side in the order of the parameters. They
 * are summed on the way back, row by row, and are few, so that each slice has its own.
 */
final class VectorGradients {

    private final long[] offsets; // of each tensor in the parameters
    private final long[] places; // of each tensor here, and where the last ends
    private final Floats sums;
    private final boolean wanted;

    /** @param wanted whether anything of it is asked for; sums of biases are left out where not */
    VectorGradients(List<Tensor> tensors, boolean wanted) {
        this.wanted = wanted;
        var vectors = tensors.stream()
                .filter(tensor -> tensor.role() == Role.NORM || tensor.role() == Role.BIAS)
                .toList();
        offsets = vectors.stream().mapToLong(Tensor::offset).toArray();
        places = new long[offsets.length + 1];
        for (int i = 0; i < offsets.length; i++) {
            places[i + 1] = places[i] + vectors.get(i).size();
        }
        sums = Floats.zeros(places[offsets.length]);
    }

    Floats sums() {
        return sums;
    }

    /** Where the tensor that stands at {@code offset} in the parameters stands here. */
    long at(long offset) {
        return places[Arrays.binarySearch(offsets, offset)];
    }

    /** Adds the gradient of a layer's biases, if it has any, from dy (n, out). */
    void addBias(Linear layer, Floats dy, int n) {
        if (wanted && layer.bias() >= 0) {
            Rows.sum(dy, n, layer.out(), sums, at(layer.bias()));
        }
    }

    /** Puts all sums where they belong in the gradient, or adds them to what stands there. */
    void write(boolean add, Floats gradient) {
        for (int i = 0; i < offsets.length; i++) {
            int size = (int) (places[i + 1] - places[i]);
            if (add) {
                Rows.add(sums, places[i], gradient, offsets[i], size);
            } else {
                gradient.copyFrom(sums, places[i], offsets[i], size);
            }
        }
    }
}
