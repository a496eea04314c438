package trivium.model;

import java.util.HashMap;
import java.util.Map;
import trivium.model.AdapterLayout.Layer;
import trivium.model.AdapterLayout.Target;
import trivium.model.Weights.Room;
import trivium.tensor.Blas;
import trivium.tensor.Columns;
import trivium.tensor.Dropout;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/**
 * A model's products with those of an adapter beside them, for one pass. Beside each target stands
 *
 * <pre>
 * LoRA: y = W x + b + s B A d(x)
 * DoRA: y = W x + b + (g − 1) W d(x) + g s B A d(x),   g = m / ‖W + s B A‖ for each row, its norm held fixed
 * </pre>
 *
 * d drops inputs in a training step and is nothing else otherwise. The adapter's own products are in float32 whatever
 * the precision of the others.
 */
final class AdapterProducts implements Products {

    /** What a thread needs for the tile at hand; it goes with the thread. */
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    private final Products products;
    private final Adapter adapter;
    private final Floats vectors; // the model's, its biases among them
    private final Floats numbers; // the adapter's
    private final Linear head; // as it is addressed, and as it stands among the numbers; or null
    private final Linear ownHead;
    private final Linear beneath; // the model's head, of which some rows are others; or null
    private final double probability;
    private final Map<Linear, State> states = new HashMap<>();
    private final Room dropped = new Room(); // (N, in)
    private final Room drawn = new Room(); // (N, outs), or (N, in)
    private RandomKey key; // null while nothing is dropped
    private Positions positions;

    /** Beside these products, for up to so many positions. */
    AdapterProducts(Products products, Adapter adapter, long positions) {
        this.products = products;
        this.adapter = adapter;
        vectors = adapter.weights().numbers();
        numbers = adapter.numbers();
        ownHead = adapter.layout().saved().head();
        head = ownHead == null ? null : adapter.head();
        beneath = adapter.layout().rows().head().isEmpty()
                ? null
                : adapter.beneath().head();
        probability = adapter.lora().dropout();
        adapter.layout().layers().forEach((linear, layer) -> states.put(linear, new State(layer, positions)));
    }

    /** What one layer keeps from forward to its gradient. */
    private static final class State {
        private final Layer layer;
        private final long positions;
        private final Floats scales; // (ranks), s of each row of A
        private final Floats hidden; // (N, ranks), s A d(x)
        private Floats hiddenGradient; // (N, ranks), made by the first backward
        private final DoraState dora; // null for LoRA

        State(Layer layer, long positions) {
            this.layer = layer;
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

        Floats hiddenGradient() {
            if (hiddenGradient == null) {
                hiddenGradient = Floats.zeros(positions * layer.ranks());
            }
            return hiddenGradient;
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

    Adapter adapter() {
        return adapter;
    }

    /** From here on inputs are dropped: those at these positions. */
    void start(RandomKey key, Positions positions) {
        this.key = probability > 0 ? key : null;
        this.positions = positions;
    }

    /** From here on nothing is dropped. */
    void stop() {
        key = null;
    }

    @Override
    public void apply(Linear linear, Floats x, Floats y, int n, boolean add) {
        if (linear.equals(head)) {
            ownHead.forward(numbers, x, y, n, add);
            return;
        }
        var state = states.get(linear);
        if (state == null) {
            products.apply(linear, x, y, n, add);
            if (linear.equals(beneath)) {
                var rows = adapter.layout().rows().head();
                rows.outputs(linear, vectors, numbers, x, y, 0, n, drawn.of((long) n * rows.count()));
            }
            return;
        }
        if (state.dora != null) {
            adapter.factors(state.layer, state.dora.norms, state.dora.factors, drawn);
        }
        hidden(state, x, n);
        if (state.dora == null) {
            products.apply(linear, x, y, n, add);
            addLowRank(state, y, n);
        } else if (key == null) {
            var u = state.dora.directed;
            products.apply(unbiased(linear), x, u, n, false);
            addLowRank(state, u, n);
            if (!add && linear.bias() < 0) {
                y.clear(0, (long) n * linear.out());
            }
            linear.bias(vectors, y, n, add);
            Columns.scaleAndAdd(u, state.dora.factors, y, n, linear.out());
        } else {
            products.apply(linear, x, y, n, add);
            directed(state, x, n, y);
        }
    }

    private static Linear unbiased(Linear linear) {
        return new Linear(linear.weight(), -1, linear.in(), linear.out());
    }

    /** h = s A d(x). */
    private void hidden(State state, Floats x, int n) {
        var layer = state.layer;
        int in = layer.linear().in();
        if (key == null) {
            rows(x, layer.a(), layer.ranks(), in, n, state.hidden, 0, layer.ranks());
        } else {
            for (var target : layer.targets()) {
                var kept = drop(dropped, target, x, n, in);
                long a = layer.a() + (long) target.row() * in;
                rows(kept, a, target.rank(), in, n, state.hidden, target.row(), layer.ranks());
            }
        }
        Columns.scale(state.hidden, state.scales, 0, n, layer.ranks());
    }

    /** h (n, rank) = x (n, in) · Aᵀ, in columns of {@code to}. */
    private void rows(Floats x, long a, int rank, int in, int n, Floats to, long column, int stride) {
        Blas.multiply(false, true, n, rank, in, x, 0, in, numbers, a, in, 0, to, column, stride);
    }

    /** y += h Bᵀ at the outputs of each target. */
    private void addLowRank(State state, Floats y, int n) {
        for (var target : state.layer.targets()) {
            Blas.multiply(
                    false,
                    true,
                    n,
                    target.outs(),
                    target.rank(),
                    state.hidden,
                    target.row(),
                    state.layer.ranks(),
                    numbers,
                    target.b(),
                    target.rank(),
                    1,
                    y,
                    target.column(),
                    state.layer.linear().out());
        }
    }

    /** DoRA where inputs are dropped: y += (g − 1) W d(x) + g s B A d(x) = g u − W d(x). */
    private void directed(State state, Floats x, int n, Floats y) {
        var linear = state.layer.linear();
        var u = state.dora.directed;
        u.clear(0, (long) n * linear.out());
        for (var target : state.layer.targets()) {
            var kept = drop(dropped, target, x, n, linear.in());
            var part = drawn.of((long) n * target.outs());
            products.apply(part(linear, target), kept, part, n, false);
            place(part, u, linear, target, n, 1);
            place(part, y, linear, target, n, -1);
        }
        addLowRank(state, u, n);
        Columns.scaleAndAdd(u, state.dora.factors, y, n, linear.out());
    }

    private static Linear part(Linear linear, Target target) {
        return new Linear(linear.weight() + (long) target.column() * linear.in(), -1, linear.in(), target.outs());
    }

    /** Adds a part (n, outs) to the columns of y (n, out), or takes it away. */
    private static void place(Floats part, Floats y, Linear linear, Target target, int n, float sign) {
        for (int i = 0; i < n; i++) {
            long at = (long) i * linear.out() + target.column();
            Columns.add(sign, part, (long) i * target.outs(), y, at, target.outs());
        }
    }

    /** x with what this target drops of it, in room for (n, in); x itself while nothing is dropped. */
    private Floats drop(Room room, Target target, Floats x, int n, int in) {
        if (key == null) {
            return x;
        }
        var kept = room.of((long) n * in);
        kept.copyFrom(x, 0, 0, (long) n * in);
        drop(kept, target, n, in);
        return kept;
    }

    private void drop(Floats x, Target target, int n, int in) {
        long place = key.at(target.place());
        for (int i = 0; i < n; i++) {
            Dropout.drop(x, (long) i * in, in, probability, positions.key(place, i));
        }
    }

    /**
     * What it is given of dy it turns into g dy where DoRA scales outputs: the adapter's gradients are made of that.
     */
    @Override
    public void inputGradient(Linear linear, Floats dy, int n, Floats dx) {
        if (linear.equals(head)) {
            ownHead.inputGradient(numbers, dy, n, dx);
            return;
        }
        var state = states.get(linear);
        if (linear.equals(beneath)) {
            headGradient(linear, dy, n, dx);
            return;
        }
        if (state == null) {
            products.inputGradient(linear, dy, n, dx);
            return;
        }
        int out = linear.out();
        if (state.dora != null) {
            state.dora.sums.clear();
            Columns.products(dy, state.dora.directed, n, out, state.dora.sums);
        }
        if (state.dora == null || key != null) {
            products.inputGradient(linear, dy, n, dx);
        }
        if (state.dora != null && key != null && dx != null) {
            directedGradient(state, dy, n, dx);
        }
        if (state.dora != null) {
            Columns.scale(dy, state.dora.factors, 0, n, out);
        }
        if (state.dora != null && key == null) {
            products.inputGradient(linear, dy, n, dx);
        }
        lowRankGradient(state, dy, n, dx);
    }

    /** dx = dy W, some rows of W being the adapter's own. */
    private void headGradient(Linear linear, Floats dy, int n, Floats dx) {
        var rows = adapter.layout().rows().head();
        int width = linear.in();
        int k = rows.count();
        var few = drawn.of((long) n * k);
        rows.take(dy, linear.out(), n, few);
        rows.put(few, 0, dy, linear.out(), n);
        products.inputGradient(linear, dy, n, dx);
        rows.put(few, 1, dy, linear.out(), n);
        Blas.multiply(false, false, n, width, k, few, 0, k, numbers, rows.at(), width, 1, dx, 0, width);
    }

    /**
     * The gradient at rows of tokens that are trained alone, but for what comes back to the text: overwrites what
     * stands there, or adds to it.
     *
     * @param x what the head reads (n, C)
     * @param dy the gradient at the logits (n, V)
     */
    void rowsGradient(Floats x, Floats dy, int n, boolean add, Floats gradient) {
        var rows = adapter.layout().rows();
        if (!rows.head().isEmpty()) {
            var few = ROOM.get().of((long) n * rows.head().count());
            rows.head().take(dy, beneath.out(), n, few);
            rows.head().headGradient(few, x, beneath.in(), n, add, gradient);
        }
        if (!add && !rows.tied() && !rows.embedding().isEmpty()) {
            int width = adapter.beneath().width();
            gradient.clear(rows.embedding().at(), (long) rows.embedding().count() * width);
        }
    }

    /** dx += what goes back through (g − 1) W d(x). */
    private void directedGradient(State state, Floats dy, int n, Floats dx) {
        var linear = state.layer.linear();
        for (var target : state.layer.targets()) {
            var scaled = drawn.of((long) n * target.outs());
            for (int i = 0; i < n; i++) {
                long at = (long) i * linear.out() + target.column();
                long to = (long) i * target.outs();
                Columns.scaleLessOne(dy, at, state.dora.factors, target.column(), scaled, to, target.outs());
            }
            var back = dropped.of((long) n * linear.in());
            products.inputGradient(part(linear, target), scaled, n, back);
            drop(back, target, n, linear.in());
            Columns.add(1, back, 0, dx, 0, (long) n * linear.in());
        }
    }

    /** dh = s dy B, and dx += d(dh A). */
    private void lowRankGradient(State state, Floats dy, int n, Floats dx) {
        var layer = state.layer;
        var linear = layer.linear();
        var dh = state.hiddenGradient();
        for (var target : layer.targets()) {
            Blas.multiply(
                    false,
                    false,
                    n,
                    target.rank(),
                    target.outs(),
                    dy,
                    target.column(),
                    linear.out(),
                    numbers,
                    target.b(),
                    target.rank(),
                    0,
                    dh,
                    target.row(),
                    layer.ranks());
        }
        Columns.scale(dh, state.scales, 0, n, layer.ranks());
        if (dx == null) {
            return;
        }
        int in = linear.in();
        if (key == null) {
            Blas.multiply(
                    false, false, n, in, layer.ranks(), dh, 0, layer.ranks(), numbers, layer.a(), in, 1, dx, 0, in);
            return;
        }
        for (var target : layer.targets()) {
            var back = dropped.of((long) n * in);
            long a = layer.a() + (long) target.row() * in;
            Blas.multiply(
                    false,
                    false,
                    n,
                    in,
                    target.rank(),
                    dh,
                    target.row(),
                    layer.ranks(),
                    numbers,
                    a,
                    in,
                    0,
                    back,
                    0,
                    in);
            drop(back, target, n, in);
            Columns.add(1, back, 0, dx, 0, (long) n * in);
        }
    }

    /** Of a layer that is trained in full beside the adapter: its tiles say where it stands among the numbers. */
    @Override
    public void weightGradient(WeightTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient) {
        products.weightGradient(tile, x, dy, n, add, gradient);
    }

    /**
     * The gradient at some of the adapter's numbers, overwriting what stands there or adding to it.
     *
     * @param x the layer's input
     * @param dy what {@link #inputGradient} left of the gradient at its output
     */
    void gradient(AdapterTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient) {
        if (tile.kind() == AdapterTile.Kind.HEAD_BIAS) {
            if (!add) {
                gradient.clear(ownHead.bias(), ownHead.out());
            }
            Rows.sum(dy, n, ownHead.out(), gradient, ownHead.bias());
            return;
        }
        var layer = tile.layer();
        var linear = layer.linear();
        var state = states.get(linear);
        var target = tile.target();
        float beta = add ? 1 : 0;
        switch (tile.kind()) {
            case A -> {
                int in = linear.in();
                int row = target == null ? 0 : target.row();
                int ranks = target == null ? layer.ranks() : target.rank();
                var kept = target == null ? x : drop(ROOM.get(), target, x, n, in);
                long a = layer.a() + (long) row * in;
                Blas.multiply(
                        true,
                        false,
                        ranks,
                        in,
                        n,
                        state.hiddenGradient,
                        row,
                        layer.ranks(),
                        kept,
                        0,
                        in,
                        beta,
                        gradient,
                        a,
                        in);
            }
            case HEAD_BIAS, TOKEN_ROWS -> throw new IllegalStateException("the head is no target");
            case B ->
                Blas.multiply(
                        true,
                        false,
                        target.outs(),
                        target.rank(),
                        n,
                        dy,
                        target.column(),
                        linear.out(),
                        state.hidden,
                        target.row(),
                        layer.ranks(),
                        beta,
                        gradient,
                        target.b(),
                        target.rank());
            case MAGNITUDE -> {
                for (int i = 0; i < target.outs(); i++) {
                    int column = target.column() + i;
                    long at = target.magnitude() + i;
                    float norm = state.dora.norms.get(column);
                    float sum = norm == 0 ? 0 : state.dora.sums.get(column) / norm;
                    gradient.set(at, add ? gradient.get(at) + sum : sum);
                }
            }
        }
    }
}
