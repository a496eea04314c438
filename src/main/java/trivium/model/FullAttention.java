package trivium.model;

import trivium.model.Architecture.Position;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;
import trivium.tensor.RowLayout;
import trivium.tensor.Softmax;

/**
 * Attention over whole sequences. No weights are kept: backward computes them from queries and keys once more, block by
 * block, to the same bits, so that memory does not grow with the square of the length (Dao et al. 2022,
 * arXiv:2205.14135, section 3.1, where a block is smaller still).
 *
 * <p>Each document of a row is a span of positions that sees nothing but itself. A causal span is worked through in
 * blocks of queries, each against the keys up to its own end, so that most of what the mask would hide is never
 * computed.
 */
final class FullAttention implements Mixer {

    /** Queries in a block: fewer leave less to hide, but their products are too thin. */
    static final int BLOCK = 32;

    private final int heads;
    private final int shared;
    private final int size;
    private final int stride;
    private final boolean causal;
    private final float scale;
    private final Rotary rotary; // null for learned positions
    private final Floats weights; // of a block, (queries, T)
    private final Floats gradients; // likewise

    private Positions positions;
    private int first;
    private RowLayout layout = RowLayout.NONE;

    /** @param room for a block's weights and their gradients, which the layers of a pass share */
    FullAttention(Architecture architecture, Rotary rotary, Room room) {
        this.heads = architecture.attention().heads();
        this.shared = architecture.attention().keyValueHeads();
        this.size = architecture.headSize();
        this.stride = (heads + 2 * shared) * size;
        this.causal = architecture.attention().causal();
        this.scale = (float) architecture.attentionScale();
        this.rotary = architecture.conventions().position() == Position.ROTARY ? rotary : null;
        this.weights = room.weights();
        this.gradients = room.gradients();
    }

    /** Of one block: (queries, T) each. */
    record Room(Floats weights, Floats gradients) {

        Room(Architecture architecture, int time) {
            this(Floats.zeros(size(architecture, time)), Floats.zeros(size(architecture, time)));
        }

        /** Numbers of either. */
        static long size(Architecture architecture, int time) {
            int queries = architecture.attention().causal() ? Math.min(BLOCK, time) : time;
            return (long) queries * time;
        }
    }

    /** The rows of the next call, the batch's from {@code first} on, without their padding. */
    void shape(Positions positions, int first, RowLayout layout) {
        this.positions = positions;
        this.first = first;
        this.layout = layout;
    }

    @Override
    public void mix(Floats qkv, Floats y) {
        turn(qkv, true);
        for (int row = 0; row < positions.rows(); row++) {
            for (int span = 0; span < spans(row); span++) {
                for (int head = 0; head < heads; head++) {
                    forward(qkv, y, row, head, start(row, span), end(row, span));
                }
            }
        }
    }

    private void forward(Floats qkv, Floats y, int row, int head, int start, int end) {
        int blocks = blocks(end - start);
        for (int i = 0; i < blocks; i++) {
            forward(qkv, y, row, head, start, bound(start, end, i, blocks), bound(start, end, i + 1, blocks));
        }
    }

    /** Queries {@code from … to - 1} of a row and head attend to keys {@code start … to - 1}. */
    private void forward(Floats qkv, Floats y, int row, int head, int start, int from, int to) {
        int n = to - from;
        int keys = to - start;
        int time = positions.length(row);
        weights(qkv, row, head, start, from, to, weights, 0);
        long v = value(row, head, start);
        long out = mixed(row, head, from);
        Blas.multiply(false, false, n, size, keys, weights, 0, time, qkv, v, stride, 0, y, out, heads * size);
    }

    /** The weights of these queries, from {@code at} on, T from one query to the next. */
    private void weights(Floats qkv, int row, int head, int start, int from, int to, Floats found, long at) {
        int n = to - from;
        int keys = to - start;
        int time = positions.length(row);
        long q = query(row, head, from);
        long k = key(row, head, start);
        Blas.multiply(false, true, n, keys, size, qkv, q, stride, qkv, k, stride, 0, found, at, time);
        Softmax.forward(found, at, n, keys, time, seen(start, from, to), scale);
    }

    /** {@code dQkv} (N, (H + 2K)·D) from dy (N, H·D) and the forward's {@code qkv}. */
    void backward(Floats qkv, Floats dy, Floats dQkv) {
        for (int row = 0; row < positions.rows(); row++) {
            for (int span = 0; span < spans(row); span++) {
                for (int head = 0; head < heads; head++) {
                    backward(qkv, dy, dQkv, row, head, start(row, span), end(row, span));
                }
            }
        }
        turn(dQkv, false);
    }

    private void backward(Floats qkv, Floats dy, Floats dQkv, int row, int head, int start, int end) {
        // Heads that share keys and values add their gradients. So do blocks, the last of which comes first, for it
        // reaches every key.
        float add = head % (heads / shared) == 0 ? 0 : 1;
        int blocks = blocks(end - start);
        for (int i = blocks - 1; i >= 0; i--) {
            int from = bound(start, end, i, blocks);
            backward(qkv, dy, dQkv, row, head, start, from, bound(start, end, i + 1, blocks), add);
            add = 1;
        }
    }

    private void backward(
            Floats qkv, Floats dy, Floats dQkv, int row, int head, int start, int from, int to, float add) {
        int n = to - from;
        int keys = to - start;
        int time = positions.length(row);
        int gathered = heads * size;
        weights(qkv, row, head, start, from, to, weights, 0);
        long q = query(row, head, from);
        long k = key(row, head, start);
        long v = value(row, head, start);
        long out = mixed(row, head, from);
        Blas.multiply(true, false, keys, size, n, weights, 0, time, dy, out, gathered, add, dQkv, v, stride);
        Blas.multiply(false, true, n, keys, size, dy, out, gathered, qkv, v, stride, 0, gradients, 0, time);
        Softmax.backward(weights, 0, gradients, 0, n, keys, time, seen(start, from, to), scale);
        Blas.multiply(false, false, n, size, keys, gradients, 0, time, qkv, k, stride, 0, dQkv, q, stride);
        Blas.multiply(true, false, keys, size, n, gradients, 0, time, qkv, q, stride, add, dQkv, k, stride);
    }

    /** What the first query of a block sees; in a causal model each sees one key more than the one before. */
    private int seen(int start, int from, int to) {
        return (causal ? from + 1 : to) - start;
    }

    private int blocks(int length) {
        return causal ? Math.ceilDiv(length, BLOCK) : Math.min(1, length);
    }

    /** Where a block of a span begins: all are of one size, or one smaller. */
    private static int bound(int start, int end, int block, int blocks) {
        return start + (int) ((long) (end - start) * block / blocks);
    }

    /** The documents of a row. */
    private int spans(int row) {
        return layout.documents(first + row);
    }

    private int start(int row, int span) {
        return layout.start(first + row, span);
    }

    private int end(int row, int span) {
        return span == spans(row) - 1 ? positions.length(row) : start(row, span + 1);
    }

    private void turn(Floats qkv, boolean forward) {
        if (rotary == null) {
            return;
        }
        for (int row = 0; row < positions.rows(); row++) {
            for (int span = 0; span < spans(row); span++) {
                int start = start(row, span);
                for (int t = start; t < end(row, span); t++) {
                    // Keys stand right after queries, so one call turns both.
                    rotary.turn(qkv, query(row, 0, t), heads + shared, t - start, forward);
                }
            }
        }
    }

    /**
     * Attention weights of the last forward, row by row (heads, T, T); 0 where a query does not see a key.
     *
     * @param qkv what {@link #mix} was given and turned
     */
    Floats weights(Floats qkv) {
        var all = Floats.zeros(heads * positions.squares(positions.rows()));
        for (int row = 0; row < positions.rows(); row++) {
            for (int span = 0; span < spans(row); span++) {
                int start = start(row, span);
                int end = end(row, span);
                int blocks = blocks(end - start);
                for (int i = 0; i < heads * blocks; i++) {
                    int head = i / blocks;
                    int from = bound(start, end, i % blocks, blocks);
                    int to = bound(start, end, i % blocks + 1, blocks);
                    weights(qkv, row, head, start, from, to, all, weight(row, head, from, start));
                }
            }
        }
        return all;
    }

    private long weight(int row, int head, int query, int key) {
        int time = positions.length(row);
        return heads * positions.squares(row) + ((long) head * time + query) * time + key;
    }

    private long query(int row, int head, int t) {
        return (long) (positions.start(row) + t) * stride + (long) head * size;
    }

    private long key(int row, int head, int t) {
        return query(row, heads + head / (heads / shared), t);
    }

    private long value(int row, int head, int t) {
        return key(row, head, t) + (long) shared * size;
    }

    private long mixed(int row, int head, int t) {
        return ((long) (positions.start(row) + t) * heads + head) * size;
    }
}
