package trivium.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.text.Numbers;

/**
 * A model's weights: one flat vector and the tensors that tile it in order, of which some may be {@linkplain #freeze
 * frozen}. Everything is trained unless it is frozen.
 *
 * <p>The vector is float32. Where a model is only read, as beneath an adapter, its matrices and embeddings may rest in
 * bfloat16 instead, in half the memory ({@link #dtype}).
 */
public final class Parameters {

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
        BIAS,
        /** A matrix of an adapter beside a linear layer, on which Muon steps too ({@link Lora}). */
        ADAPTER,
        /** The lengths of a weight's rows, which DoRA trains apart from their directions. */
        MAGNITUDE;

        /**
         * Whether weight decay is for it: all but {@link #NORM} and {@link #BIAS}, as GPT-2 and nanoGPT have it, and
         * {@link #MAGNITUDE}, for a row is not to fade.
         */
        public boolean decays() {
            return this != NORM && this != BIAS && this != MAGNITUDE;
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

        /** Where it ends: the first place behind it. */
        public long end() {
            return offset + size();
        }
    }

    /** A stretch of the vector, from {@code from} to {@code to - 1}. */
    public record Range(long from, long to) {}

    /** Numbers that are converted at once on their way from one type to another: 1 MiB in float32. */
    public static final int PIECE = 1 << 18;

    private final Weights weights;
    private final List<Tensor> tensors;
    private Set<Tensor> frozen = Set.of();

    /** Parameters of which all are trained. */
    public Parameters(Floats values, List<Tensor> tensors) {
        this(Weights.of(values), tensors);
    }

    private Parameters(Weights weights, List<Tensor> tensors) {
        this.weights = weights;
        this.tensors = List.copyOf(tensors);
    }

    /**
     * Zeros.
     *
     * @param dtype of matrices and embeddings: float32, or bfloat16 for what is never trained
     */
    static Parameters zeros(List<Tensor> tensors, Dtype dtype) {
        return switch (dtype) {
            case F32 -> new Parameters(Floats.zeros(tensors.getLast().end()), tensors);
            case BF16 -> new Parameters(Weights.resting(tensors), tensors);
            case F16 ->
                throw new IllegalArgumentException(
                        "a model's weights stand in memory as float32 or bfloat16, not as float16");
        };
    }

    /**
     * The flat vector itself, which training changes.
     *
     * @throws IllegalStateException if matrices rest in bfloat16, so that there is no such vector
     */
    public Floats values() {
        if (dtype() != Dtype.F32) {
            throw new IllegalStateException("these weights rest in bfloat16, to be read and never trained: train an"
                    + " adapter beside them (lora(…)) or a copy() of the model, which is float32; numbers are read with"
                    + " toArray(from, count)");
        }
        return weights.numbers();
    }

    /**
     * How matrices, embeddings and the head stand in memory: float32, or bfloat16 where they rest. Scales, shifts,
     * biases and learned positions are float32 always.
     */
    public Dtype dtype() {
        return weights.dtype();
    }

    /** How a tensor stands in memory. */
    public Dtype dtype(Tensor tensor) {
        return weights.dtype(tensor);
    }

    /** A copy of {@code count} numbers of the flat vector from {@code from} on, however they stand in memory. */
    public float[] toArray(long from, int count) {
        return weights.toArray(from, count);
    }

    /** The same in native memory: shared with a model that is float32 throughout, and a copy of any other's. */
    public Floats read(long from, long count) {
        if (dtype() == Dtype.F32) {
            return weights.numbers().slice(from, count);
        }
        var floats = Floats.zeros(count);
        weights.read(from, floats, 0, count);
        return floats;
    }

    /**
     * Sets {@code count} numbers of the flat vector from {@code to} on to {@code from[at …]}; where they rest in
     * bfloat16, each rounded to the nearest. For what fills a model: it is not to be called while something reads it.
     */
    public void write(long to, Floats from, long at, long count) {
        weights.write(to, from, at, count);
    }

    /** What passes read. */
    Weights weights() {
        return weights;
    }

    /** Names, shapes and roles, in the order of the vector. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /** How many numbers in all. */
    public long count() {
        return weights.numbers().size();
    }

    /**
     * Freezes exactly the tensors that {@code frozen} holds for; all others are trained again. Every training that
     * begins from now on leaves frozen tensors as they are to the last bit, decay included, keeps no moments of them,
     * and leaves their gradient out of the norm that is clipped. Copies and saved models are frozen alike.
     */
    public void freeze(Predicate<Tensor> frozen) {
        this.frozen = tensors.stream().filter(frozen).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether training leaves this tensor as it is. */
    public boolean isFrozen(Tensor tensor) {
        return frozen.contains(tensor);
    }

    /** The tensors that training leaves as they are. */
    public Set<Tensor> frozen() {
        return frozen;
    }

    /** The tensors that are trained, in their order. */
    public List<Tensor> trained() {
        return tensors.stream().filter(tensor -> !isFrozen(tensor)).toList();
    }

    /** How many numbers are trained. */
    public long trainedCount() {
        return trained().stream().mapToLong(Tensor::size).sum();
    }

    /** Whether any number from {@code from} to {@code to - 1} is trained. */
    boolean trains(long from, long to) {
        return frozen.isEmpty() || tensors.stream().anyMatch(t -> t.offset() < to && t.end() > from && !isFrozen(t));
    }

    /** What is trained, neighbours joined, in pieces of up to {@code longest} numbers. */
    public List<Range> trainedRanges(long longest) {
        var whole = new ArrayList<Range>();
        for (var tensor : trained()) {
            boolean joins = !whole.isEmpty() && whole.getLast().to() == tensor.offset();
            long from = joins ? whole.removeLast().from() : tensor.offset();
            whole.add(new Range(from, tensor.end()));
        }
        var pieces = new ArrayList<Range>();
        for (var range : whole) {
            for (long from = range.from(); from < range.to(); from += longest) {
                pieces.add(new Range(from, Math.min(range.to(), from + longest)));
            }
        }
        return pieces;
    }

    /**
     * Takes the numbers of those tensors that {@code other} has too, by name and shape, and which of them are frozen;
     * what else is here stays as it is.
     */
    public void copyFrom(Parameters other) {
        var now = new HashSet<>(frozen);
        var piece = Floats.zeros(other.dtype() == Dtype.F32 ? 0 : PIECE);
        for (var tensor : tensors) {
            var same = other.tensors.stream()
                    .filter(t -> t.name().equals(tensor.name()) && t.shape().equals(tensor.shape()))
                    .findFirst();
            if (same.isPresent()) {
                copy(other, same.get().offset(), tensor, piece);
                now.remove(tensor);
                if (other.isFrozen(same.get())) {
                    now.add(tensor);
                }
            }
        }
        frozen = Set.copyOf(now);
    }

    /** Piece by piece, so that no tensor is in memory a third time. */
    private void copy(Parameters other, long from, Tensor to, Floats piece) {
        if (other.dtype() == Dtype.F32) {
            write(to.offset(), other.weights.numbers(), from, to.size());
            return;
        }
        for (long done = 0; done < to.size(); done += PIECE) {
            long count = Math.min(PIECE, to.size() - done);
            other.weights.read(from + done, piece, 0, count);
            write(to.offset() + done, piece, 0, count);
        }
    }

    /**
     * Takes the numbers of {@code other}, the same model with fewer tokens. Where a tensor has more rows here than
     * there (or more columns), the further ones become the mean of those that are there, as in transformers'
     * {@code resize_token_embeddings} without its noise; in bfloat16 the mean is rounded. What is frozen there is
     * frozen here.
     */
    public void copyFromSmaller(Parameters other) {
        copyFrom(other);
        var now = new HashSet<>(frozen);
        for (int i = 0; i < tensors.size(); i++) {
            var to = tensors.get(i);
            var from = other.tensors.get(i);
            if (!to.shape().equals(from.shape())) {
                grow(other.read(from.offset(), from.size()), from, to);
                if (other.isFrozen(from)) {
                    now.add(to);
                }
            }
        }
        frozen = Set.copyOf(now);
    }

    private void grow(Floats old, Tensor from, Tensor to) {
        int rows = to.shape().getFirst();
        int columns = Math.toIntExact(to.size() / rows);
        var row = Floats.zeros(columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                row.set(c, grown(old, from, r, c));
            }
            write(to.offset() + (long) r * columns, row, 0, columns);
        }
    }

    /**
     * What stands in this row and column, or the mean of its column behind the last row, of its row behind the last
     * column.
     */
    private static float grown(Floats old, Tensor from, int row, int column) {
        int rows = from.shape().getFirst();
        int columns = Math.toIntExact(from.size() / rows);
        if (row < rows && column < columns) {
            return old.get((long) row * columns + column);
        }
        boolean below = row >= rows;
        int count = below ? rows : columns;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += old.get(below ? (long) i * columns + column : (long) row * columns + i);
        }
        return (float) (sum / count);
    }

    /** "12,840 parameters", and how many of them are trained where some are frozen. */
    @Override
    public String toString() {
        return Numbers.count(count(), "parameter")
                + (frozen.isEmpty() ? "" : " (" + Numbers.count(trainedCount()) + " trained)");
    }
}
