package trivium.model;

import trivium.model.AdapterLayout.Layer;
import trivium.model.AdapterLayout.Target;
import trivium.model.Weights.Room;
import trivium.tensor.Blas;
import trivium.tensor.Columns;
import trivium.tensor.Floats;

/**
 * A linear layer with the low-rank products of an adapter beside each target, and what it keeps from forward to its
 * gradient, for one pass:
 *
 * <pre>
 * LoRA: y = W x + b + s B A d(x)
 * DoRA: y = W x + b + (g − 1) W d(x) + g s B A d(x),   g = m / ‖W + s B A‖ for each row, its norm held fixed
 * </pre>
 *
 * d drops inputs in a training step and is nothing else otherwise. The low-rank products are in float32 whatever the
 * precision of the others.
 */
final class LowRankLayer {

    /** What a thread needs for the tile at hand; it goes with the thread. */
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    /**
     * What the layers of a pass share.
     *
     * @param products of the layers as they are
     * @param dropped room for (N, in)
     * @param drawn room for (N, outs), or (N, in)
     */
    record Shared(Products products, Adapter adapter, AdapterDropout dropout, Room dropped, Room drawn) {}

    private final Layer layer;
    private final Linear linear;
    private final int in;
    private final int out;
    private final int ranks; // of all targets
    private final Products products;
    private final Adapter adapter;
    private final Floats numbers; // the adapter's
    private final AdapterDropout dropout;
    private final Room dropped;
    private final Room drawn;
    private final long positions;
    private final Floats scales; // (ranks), s of each row of A
    private final Floats hidden; // (N, ranks), s A d(x)
    private Floats hiddenGradient; // (N, ranks), made by the first backward
    private final DoraState dora; // null for LoRA

    /** For up to so many positions. */
    LowRankLayer(Layer layer, Shared shared, long positions) {
        this.layer = layer;
        linear = layer.linear();
        in = linear.in();
        out = linear.out();
        ranks = layer.ranks();
        products = shared.products;
        adapter = shared.adapter;
        numbers = adapter.numbers();
        dropout = shared.dropout;
        dropped = shared.dropped;
        drawn = shared.drawn;
        this.positions = positions;
        scales = Floats.zeros(layer.ranks());
        for (var target : layer.targets()) {
            for (int k = 0; k < target.rank(); k++) {
                scales.set(target.row() + k, (float) target.scale());
            }
        }
        hidden = Floats.zeros(positions * layer.ranks());
        dora = layer.targets().getFirst().magnitude() < 0 ? null : new DoraState(layer, positions);
    }

    private Floats hiddenGradient() {
        if (hiddenGradient == null) {
            hiddenGradient = Floats.zeros(positions * ranks);
        }
        return hiddenGradient;
    }

    /** y (n, out) from x (n, in), or added to it. */
    void forward(Floats x, Floats y, int n, boolean add) {
        if (dora != null) {
            adapter.factors(layer, dora.norms, dora.factors, drawn);
        }
        hidden(x, n);
        if (dora == null) {
            products.apply(linear, x, y, n, add);
            addLowRank(y, n);
        } else if (!dropout.on()) {
            var u = dora.directed;
            products.apply(new Linear(linear.weight(), -1, in, out), x, u, n, false);
            addLowRank(u, n);
            if (!add && linear.bias() < 0) {
                y.clear(0, (long) n * out);
            }
            linear.bias(adapter.weights().numbers(), y, n, add);
            Columns.scaleAndAdd(u, dora.factors, y, n, out);
        } else {
            products.apply(linear, x, y, n, add);
            directed(x, n, y);
        }
    }

    /** h = s A d(x). */
    private void hidden(Floats x, int n) {
        if (!dropout.on()) {
            rows(x, layer.a(), ranks, n, 0);
        } else {
            for (var target : layer.targets()) {
                var kept = dropout.of(dropped, target, x, n, in);
                long a = layer.a() + (long) target.row() * in;
                rows(kept, a, target.rank(), n, target.row());
            }
        }
        Columns.scale(hidden, scales, 0, n, ranks);
    }

    /** h (n, rank) = x (n, in) · Aᵀ, in these columns of h. */
    private void rows(Floats x, long a, int rank, int n, long column) {
        Blas.multiply(false, true, n, rank, in, x, 0, in, numbers, a, in, 0, hidden, column, ranks);
    }

    /** y += h Bᵀ at the outputs of each target. */
    private void addLowRank(Floats y, int n) {
        for (var target : layer.targets()) {
            int rank = target.rank();
            int outs = target.outs();
            long b = target.b();
            long row = target.row();
            Blas.multiply(false, true, n, outs, rank, hidden, row, ranks, numbers, b, rank, 1, y, target.column(), out);
        }
    }

    /** DoRA where inputs are dropped: y += (g − 1) W d(x) + g s B A d(x) = g u − W d(x). */
    private void directed(Floats x, int n, Floats y) {
        var u = dora.directed;
        u.clear(0, (long) n * out);
        for (var target : layer.targets()) {
            var kept = dropout.of(dropped, target, x, n, in);
            var part = drawn.of((long) n * target.outs());
            products.apply(part(target), kept, part, n, false);
            place(part, u, target, n, 1);
            place(part, y, target, n, -1);
        }
        addLowRank(u, n);
        Columns.scaleAndAdd(u, dora.factors, y, n, out);
    }

    private Linear part(Target target) {
        return new Linear(linear.weight() + (long) target.column() * in, -1, in, target.outs());
    }

    /** Adds a part (n, outs) to the columns of y (n, out), or takes it away. */
    private void place(Floats part, Floats y, Target target, int n, float sign) {
        for (int i = 0; i < n; i++) {
            long at = (long) i * out + target.column();
            Columns.add(sign, part, (long) i * target.outs(), y, at, target.outs());
        }
    }

    /**
     * dx (n, in) from dy (n, out), which becomes g dy where DoRA scales outputs: the adapter's gradients are made of
     * that. No dx where nobody needs it.
     */
    void inputGradient(Floats dy, int n, Floats dx) {
        if (dora != null) {
            dora.sums.clear();
            Columns.products(dy, dora.directed, n, out, dora.sums);
        }
        if (dora == null || dropout.on()) {
            products.inputGradient(linear, dy, n, dx);
        }
        if (dora != null && dropout.on() && dx != null) {
            directedGradient(dy, n, dx);
        }
        if (dora != null) {
            Columns.scale(dy, dora.factors, 0, n, out);
        }
        if (dora != null && !dropout.on()) {
            products.inputGradient(linear, dy, n, dx);
        }
        lowRankGradient(dy, n, dx);
    }

    /** dx += what goes back through (g − 1) W d(x). */
    private void directedGradient(Floats dy, int n, Floats dx) {
        for (var target : layer.targets()) {
            var scaled = drawn.of((long) n * target.outs());
            for (int i = 0; i < n; i++) {
                long at = (long) i * out + target.column();
                long to = (long) i * target.outs();
                Columns.scaleLessOne(dy, at, dora.factors, target.column(), scaled, to, target.outs());
            }
            var back = dropped.of((long) n * in);
            products.inputGradient(part(target), scaled, n, back);
            dropout.drop(back, target, n, in);
            Columns.add(1, back, 0, dx, 0, (long) n * in);
        }
    }

    /** dh = s dy B, and dx += d(dh A). */
    private void lowRankGradient(Floats dy, int n, Floats dx) {
        var dh = hiddenGradient();
        for (var target : layer.targets()) {
            int rank = target.rank();
            int outs = target.outs();
            long b = target.b();
            long row = target.row();
            Blas.multiply(false, false, n, rank, outs, dy, target.column(), out, numbers, b, rank, 0, dh, row, ranks);
        }
        Columns.scale(dh, scales, 0, n, ranks);
        if (dx == null) {
            return;
        }
        if (!dropout.on()) {
            Blas.multiply(false, false, n, in, ranks, dh, 0, ranks, numbers, layer.a(), in, 1, dx, 0, in);
            return;
        }
        for (var target : layer.targets()) {
            var back = dropped.of((long) n * in);
            long a = layer.a() + (long) target.row() * in;
            int rank = target.rank();
            Blas.multiply(false, false, n, in, rank, dh, target.row(), ranks, numbers, a, in, 0, back, 0, in);
            dropout.drop(back, target, n, in);
            Columns.add(1, back, 0, dx, 0, (long) n * in);
        }
    }

    /**
     * The gradient at some of the adapter's numbers beside this layer, overwriting what stands there or adding to it.
     *
     * @param x the layer's input
     * @param dy what {@link #inputGradient} left of the gradient at its output
     */
    void gradient(AdapterTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient) {
        var target = tile.target();
        float beta = add ? 1 : 0;
        switch (tile.kind()) {
            case A -> {
                int row = target == null ? 0 : target.row();
                int rank = target == null ? ranks : target.rank();
                var kept = target == null ? x : dropout.of(ROOM.get(), target, x, n, in);
                long a = layer.a() + (long) row * in;
                Blas.multiply(true, false, rank, in, n, hiddenGradient, row, ranks, kept, 0, in, beta, gradient, a, in);
            }
            case HEAD_BIAS, TOKEN_ROWS -> throw new IllegalStateException("the head is no target");
            case B -> {
                int rank = target.rank();
                int outs = target.outs();
                long b = target.b();
                long row = target.row();
                long column = target.column();
                Blas.multiply(true, false, outs, rank, n, dy, column, out, hidden, row, ranks, beta, gradient, b, rank);
            }
            case MAGNITUDE -> {
                for (int i = 0; i < target.outs(); i++) {
                    int column = target.column() + i;
                    long at = target.magnitude() + i;
                    float norm = dora.norms.get(column);
                    float sum = norm == 0 ? 0 : dora.sums.get(column) / norm;
                    gradient.set(at, add ? gradient.get(at) + sum : sum);
                }
            }
        }
    }

    /** What DoRA keeps beside; outputs that are no target's have a factor of 1. */
    private static final class DoraState {
        private final Floats directed; // u = (W + s B A) d(x), (N, out)
        private final Floats norms; // (out), ‖W + s B A‖
        private final Floats factors; // (out), g
        private final Floats sums; // (out), Σ dy u

        DoraState(Layer layer, long positions) {
            int out = layer.linear().out();
            directed = Floats.zeros(positions * out);
            norms = Floats.zeros(out);
            factors = Floats.zeros(out);
            sums = Floats.zeros(out);
            for (int i = 0; i < out; i++) {
                factors.set(i, 1);
            }
        }
    }
}
