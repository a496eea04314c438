package trivium.model;

import trivium.model.Architecture.Position;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.Softmax;

/** Attention over whole sequences, keeping the weights (B, H, T, T) for the backward pass and for looking at. */
final class FullAttention implements Mixer {

    private final int heads;
    private final int shared;
    private final int size;
    private final int stride;
    private final boolean causal;
    private final Rotary rotary; // null for learned positions
    private final Floats weights; // (B, H, T, T)
    private final Floats gradients; // (T, T)

    private int rows;
    private int time;

    FullAttention(Architecture architecture, Rotary rotary, int rows, int time, Floats gradients) {
        this.heads = architecture.attention().heads();
        this.shared = architecture.attention().keyValueHeads();
        this.size = architecture.headSize();
        this.stride = (heads + 2 * shared) * size;
        this.causal = architecture.attention().causal();
        this.rotary = architecture.conventions().position() == Position.ROTARY ? rotary : null;
        this.weights = Floats.zeros((long) rows * heads * time * time);
        this.gradients = gradients;
    }

    /** The sequences of the next call: {@code rows} of {@code time} positions. */
    void shape(int rows, int time) {
        this.rows = rows;
        this.time = time;
    }

    @Override
    public void mix(Floats qkv, Floats y) {
        turn(qkv, true);
        float scale = (float) (1 / Math.sqrt(size));
        int width = heads * size;
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < heads; head++) {
                long w = weight(row, head);
                Blas.multiply(
                        false,
                        true,
                        time,
                        time,
                        size,
                        qkv,
                        query(row, head),
                        stride,
                        qkv,
                        key(row, head),
                        stride,
                        0,
                        weights,
                        w,
                        time);
                Softmax.forward(weights, w, time, scale, causal);
                Blas.multiply(
                        false,
                        false,
                        time,
                        size,
                        time,
                        weights,
                        w,
                        time,
                        qkv,
                        value(row, head),
                        stride,
                        0,
                        y,
                        mixed(row, head),
                        width);
            }
        }
    }

    /** {@code dQkv} (N, (H + 2K)·D) from dy (N, C) and the forward's {@code qkv}. */
    void backward(Floats qkv, Floats dy, Floats dQkv) {
        float scale = (float) (1 / Math.sqrt(size));
        int width = heads * size;
        int sharing = heads / shared;
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < heads; head++) {
                long w = weight(row, head);
                long q = query(row, head);
                long k = key(row, head);
                long v = value(row, head);
                long out = mixed(row, head);
                float add = head % sharing == 0 ? 0 : 1; // heads that share keys and values add their gradients
                Blas.multiply(true, false, time, size, time, weights, w, time, dy, out, width, add, dQkv, v, stride);
                Blas.multiply(false, true, time, time, size, dy, out, width, qkv, v, stride, 0, gradients, 0, time);
                Softmax.backward(weights, w, gradients, 0, time, scale, causal);
                Blas.multiply(false, false, time, size, time, gradients, 0, time, qkv, k, stride, 0, dQkv, q, stride);
                Blas.multiply(true, false, time, size, time, gradients, 0, time, qkv, q, stride, add, dQkv, k, stride);
            }
        }
        turn(dQkv, false);
    }

    private void turn(Floats qkv, boolean forward) {
        if (rotary == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < time; t++) {
                // Keys stand right after queries, so one call turns both.
                rotary.turn(qkv, ((long) row * time + t) * stride, heads + shared, t, forward);
            }
        }
    }

    /** Attention weights of the last forward, (rows, heads, time, time). */
    Floats weights() {
        return weights.slice(0, (long) rows * heads * time * time);
    }

    private long weight(int row, int head) {
        return ((long) row * heads + head) * time * time;
    }

    private long query(int row, int head) {
        return (long) row * time * stride + (long) head * size;
    }

    private long key(int row, int head) {
        return (long) row * time * stride + (long) (heads + head / (heads / shared)) * size;
    }

    private long value(int row, int head) {
        return key(row, head) + (long) shared * size;
    }

    private long mixed(int row, int head) {
        return (long) row * time * heads * size + (long) head * size;
    }
}
