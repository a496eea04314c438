package trivium.model;

import java.util.ArrayList;
import java.util.List;
import trivium.model.Parameters.Range;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Blas;
import trivium.tensor.BrainFloats;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Panels;
import trivium.tensor.Vectors;

/**
 * A model's numbers as its passes read them: all in one flat vector of float32, or the matrices in bfloat16, which
 * takes half the memory and is for a model that is never trained. Matrices in bfloat16 are widened to float32 on the
 * way into each product, so that what is computed is, to the last bit, what float32 weights of the same values give.
 */
final class Weights {

    /** Numbers of a matrix that a thread widens at once, but for a matrix of which a row is larger: 8 MiB. */
    static final int PANEL = 1 << 21;

    /**
     * Outputs in a panel come in multiples of this. oneDNN sums a product's terms in blocks of 384; a sum over outputs
     * that is cut between two of its blocks goes on as it would have.
     */
    private static final int BLOCK = 384;

    /** What a thread needs for the panel at hand; it goes with the thread. */
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    private final Floats numbers; // never written to where matrices rest
    private final BrainFloats resting; // at the same places; null where all is float32
    private final List<Range> matrices; // that rest, neighbours joined

    private Weights(Floats numbers, BrainFloats resting, List<Range> matrices) {
        this.numbers = numbers;
        this.resting = resting;
        this.matrices = matrices;
    }

    /** All in float32. */
    static Weights of(Floats numbers) {
        return new Weights(numbers, null, List.of());
    }

    /** Zeros, of which the matrices are in bfloat16; on Linux their places among the float32 take no memory. */
    static Weights resting(List<Tensor> tensors) {
        var matrices = new ArrayList<Range>();
        long count = 0;
        for (var tensor : tensors) {
            if (rests(tensor)) {
                boolean joins = !matrices.isEmpty() && matrices.getLast().to() == tensor.offset();
                matrices.add(new Range(joins ? matrices.removeLast().from() : tensor.offset(), tensor.end()));
                count += tensor.size();
            }
        }
        long size = tensors.getLast().end();
        var numbers = Floats.unset(size, size - count);
        tensors.stream().filter(tensor -> !rests(tensor)).forEach(t -> numbers.clear(t.offset(), t.size()));
        return new Weights(numbers, BrainFloats.zeros(size), List.copyOf(matrices));
    }

    /** Whether a tensor is one of the matrices: what products are made of, and the rows of tokens. */
    private static boolean rests(Tensor tensor) {
        return switch (tensor.role()) {
            case EMBEDDING, MATRIX, RESIDUAL, HEAD -> true;
            case POSITION, NORM, BIAS, ADAPTER, MAGNITUDE -> false;
        };
    }

    /** The type of the matrices. */
    Dtype dtype() {
        return resting == null ? Dtype.F32 : Dtype.BF16;
    }

    /** The type of a tensor's numbers. */
    Dtype dtype(Tensor tensor) {
        return rests(tensor) ? dtype() : Dtype.F32;
    }

    /** How many numbers rest in bfloat16. */
    long restingCount() {
        return matrices.stream().mapToLong(range -> range.to() - range.from()).sum();
    }

    /** The flat vector: scales, shifts, biases and learned positions, and all else where nothing rests. */
    Floats numbers() {
        return numbers;
    }

    /** y (n, out) = x (n, in) · Wᵀ + b, overwriting y or adding to it. */
    void forward(Linear layer, Floats x, Floats y, int n, boolean add) {
        if (resting == null) {
            layer.forward(numbers, x, y, n, add);
            return;
        }
        layer.bias(numbers, y, n, add);
        float beta = add || layer.bias() >= 0 ? 1 : 0;
        int in = layer.in();
        for (int out = 0, outs; out < layer.out(); out += outs) {
            outs = panel(layer, out);
            var panel = widened(layer, out, outs);
            Blas.multiply(false, true, n, outs, in, x, 0, in, panel, 0, in, beta, y, out, layer.out());
        }
    }

    /** dx (n, in) = dy (n, out) · W, overwriting dx. */
    void inputGradient(Linear layer, Floats dy, int n, Floats dx) {
        if (resting == null) {
            layer.inputGradient(numbers, dy, n, dx);
            return;
        }
        int in = layer.in();
        for (int out = 0, outs; out < layer.out(); out += outs) {
            outs = panel(layer, out);
            var panel = widened(layer, out, outs);
            Blas.multiply(false, false, n, in, outs, dy, out, layer.out(), panel, 0, in, out == 0 ? 0 : 1, dx, 0, in);
        }
    }

    /** How many outputs are in the panel that begins with this one. */
    private static int panel(Linear layer, int from) {
        int left = layer.out() - from;
        int outs = Math.max(1, PANEL / layer.in() / BLOCK) * BLOCK;
        return left - outs < 2 * BLOCK ? left : outs; // of the last that are fewer than two blocks oneDNN makes halves
    }

    private Floats widened(Linear layer, int out, int outs) {
        long count = (long) outs * layer.in();
        var room = ROOM.get().of(count);
        resting.widen(layer.weight() + (long) out * layer.in(), room, 0, count);
        return room;
    }

    /** Matrices of a layer in bfloat16, rounded into this room unless they rest so. */
    Rounded rounded(Linear layer, BrainFloats room) {
        if (resting != null) {
            return new Rounded(resting, layer.weight());
        }
        room.round(numbers, layer.weight(), (long) layer.out() * layer.in());
        return new Rounded(room, 0);
    }

    /** Where the weights of a layer stand in bfloat16. */
    record Rounded(BrainFloats numbers, long at) {}

    /** Packs a layer's weights for decoding. */
    void pack(Linear layer, Panels to) {
        if (resting == null) {
            to.pack(numbers, layer.weight());
        } else {
            to.pack(resting, layer.weight());
        }
    }

    /** Copies numbers from {@code from} on, in float32, to {@code to[at …]}. */
    void read(long from, Floats to, long at, long count) {
        if (resting == null) {
            to.copyFrom(numbers, from, at, count);
            return;
        }
        for (long done = 0; done < count; ) {
            var piece = piece(from + done, from + count);
            if (piece.rests()) {
                resting.widen(from + done, to, at + done, piece.count());
            } else {
                to.copyFrom(numbers, from + done, at + done, piece.count());
            }
            done += piece.count();
        }
    }

    /** A copy of numbers in float32. */
    float[] toArray(long from, int count) {
        if (resting == null) {
            return numbers.toArray(from, count);
        }
        var array = new float[count];
        for (int done = 0; done < count; ) {
            var piece = piece(from + done, from + count);
            var source = piece.rests() ? resting : null;
            int end = done + (int) piece.count();
            for (; done < end; done++) {
                array[done] = source == null ? numbers.get(from + done) : source.get(from + done);
            }
        }
        return array;
    }

    /** Sets numbers from {@code to} on to {@code from[at …]}; those that rest are rounded to the nearest. */
    void write(long to, Floats from, long at, long count) {
        for (long done = 0; done < count; ) {
            var piece = piece(to + done, to + count);
            if (piece.rests()) {
                resting.round(from, at + done, to + done, piece.count());
            } else {
                numbers.copyFrom(from, at + done, to + done, piece.count());
            }
            done += piece.count();
        }
    }

    /** Numbers side by side that all rest, or none of them. */
    private record Piece(boolean rests, long count) {}

    private Piece piece(long from, long to) {
        for (var range : matrices) {
            if (from < range.from()) {
                return new Piece(false, Math.min(to, range.from()) - from);
            }
            if (from < range.to()) {
                return new Piece(true, Math.min(to, range.to()) - from);
            }
        }
        return new Piece(false, to - from);
    }

    /** Numbers in float32, and where they begin. */
    record Wide(Floats numbers, long at) {}

    /** Numbers from {@code from} on in float32, in this room unless they stand so. */
    Wide wide(long from, long count, Room room) {
        if (resting == null) {
            return new Wide(numbers, from);
        }
        var floats = room.of(count);
        read(from, floats, 0, count);
        return new Wide(floats, 0);
    }

    /** Tells whether any number of a matrix has changed since. */
    int[] fingerprint() {
        return resting == null ? Vectors.fingerprint(numbers, numbers.size()) : resting.fingerprint(numbers.size());
    }

    /** Memory that grows to what is asked for. */
    static final class Room {
        private Floats floats;

        Floats of(long size) {
            if (floats == null || floats.size() < size) {
                floats = Floats.zeros(size);
            }
            return floats;
        }
    }
}
