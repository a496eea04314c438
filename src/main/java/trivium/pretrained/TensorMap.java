package trivium.pretrained;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.model.Parameters;
import trivium.tensor.Floats;

/**
 * Which of a model's tensors stand where in a family's: each of theirs is made of whole rows of ours, perhaps turned.
 *
 * @param tensors theirs, in their order
 */
public record TensorMap(List<Tensor> tensors) {

    /**
     * One of their tensors.
     *
     * @param name in their files
     * @param shape in their files
     * @param transposed whether it is (in, out), so that its columns are rows of ours (GPT-2's Conv1D)
     * @param pieces all of its rows (or columns), from the first to the last
     */
    public record Tensor(String name, List<Integer> shape, boolean transposed, List<Piece> pieces) {

        public Tensor {
            shape = List.copyOf(shape);
            pieces = List.copyOf(pieces);
        }

        /** How many numbers. */
        public long size() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        /** Numbers in one of our rows. */
        int rowSize() {
            if (shape.size() == 1) {
                return 1;
            }
            return transposed ? shape.get(0) : shape.get(1);
        }
    }

    /**
     * Neighbouring rows of one of our tensors that are neighbours in theirs as well.
     *
     * @param tensor the name of ours
     * @param from the first of our rows
     * @param rows how many
     */
    public record Piece(String tensor, int from, int rows) {

        /** Zeros, where a family has biases that the model has not. */
        static Piece zeros(int rows) {
            return new Piece("", 0, rows);
        }

        boolean isZeros() {
            return tensor.isEmpty();
        }
    }

    /** Collects a family's tensors, one call a tensor. */
    static final class Builder {
        private final List<Tensor> tensors = new ArrayList<>();

        /** A vector, or a matrix (rows, columns), that is one of ours. */
        Builder same(String theirs, String ours, Integer... shape) {
            tensors.add(new Tensor(theirs, List.of(shape), false, List.of(new Piece(ours, 0, shape[0]))));
            return this;
        }

        /** A bias or a shift, which is zero in a model that has none. */
        Builder bias(String theirs, String ours, boolean there, int size) {
            var piece = there ? new Piece(ours, 0, size) : Piece.zeros(size);
            tensors.add(new Tensor(theirs, List.of(size), false, List.of(piece)));
            return this;
        }

        /** A layer's or a norm's weight, and its bias, which is zero in a model that has none. */
        Builder layer(String theirs, String ours, boolean biased, Integer... shape) {
            return same(theirs + ".weight", ours + ".weight", shape)
                    .bias(theirs + ".bias", ours + ".bias", biased, shape[0]);
        }

        /** A matrix (in, out), or a vector (out), in which several of ours stand side by side. */
        Builder conv1d(String theirs, int in, List<Piece> pieces) {
            int out = pieces.stream().mapToInt(Piece::rows).sum();
            tensors.add(new Tensor(theirs, List.of(in, out), true, pieces));
            return this;
        }

        /** A vector that is made of several of ours, or a matrix if {@code columns} says so. */
        Builder joined(String theirs, List<Piece> pieces, Integer... columns) {
            int rows = pieces.stream().mapToInt(Piece::rows).sum();
            tensors.add(new Tensor(
                    theirs, Stream.concat(Stream.of(rows), Stream.of(columns)).toList(), false, pieces));
            return this;
        }

        TensorMap build() {
            return new TensorMap(List.copyOf(tensors));
        }
    }

    /**
     * A tensor of theirs, made of a vector of ours: such as the gradient of weights.
     *
     * @param tensors names and places of ours
     * @param values the flat vector
     */
    public static Floats gather(Tensor theirs, List<Parameters.Tensor> tensors, Floats values) {
        return gather(theirs, tensors, values::slice);
    }

    /** Neighbouring numbers of a vector. */
    private interface Stretch {
        Floats of(long from, long count);
    }

    private static Floats gather(Tensor theirs, List<Parameters.Tensor> tensors, Stretch values) {
        var places = places(tensors);
        var gathered = Floats.zeros(theirs.size());
        int size = theirs.rowSize();
        int all = theirs.pieces().stream().mapToInt(Piece::rows).sum();
        int row = 0;
        for (var piece : theirs.pieces()) {
            if (piece.isZeros()) {
                row += piece.rows();
                continue;
            }
            long from = places.get(piece.tensor()).offset() + (long) piece.from() * size;
            long count = (long) piece.rows() * size;
            var numbers = values.of(from, count);
            if (!theirs.transposed()) {
                gathered.copyFrom(numbers, 0, (long) row * size, count);
            } else {
                for (int r = 0; r < piece.rows(); r++) {
                    for (int c = 0; c < size; c++) {
                        gathered.set((long) c * all + row + r, numbers.get((long) r * size + c));
                    }
                }
            }
            row += piece.rows();
        }
        return gathered;
    }

    /** A tensor of theirs, made of a model's parameters. */
    static Floats gather(Tensor theirs, Parameters parameters) {
        return gather(theirs, parameters.tensors(), parameters::read);
    }

    static Map<String, Parameters.Tensor> places(List<Parameters.Tensor> tensors) {
        return tensors.stream().collect(Collectors.toMap(Parameters.Tensor::name, Function.identity()));
    }
}
