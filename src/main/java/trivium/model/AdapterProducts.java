package trivium.model;

import java.util.HashMap;
import java.util.Map;
import trivium.model.Weights.Room;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/**
 * A model's products with those of an adapter beside them, for one pass: low-rank ones beside its targets
 * ({@link LowRankLayer}), a head of the adapter's own, and rows of the head that are the adapter's.
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
    private final AdapterDropout dropout;
    private final Map<Linear, LowRankLayer> layers = new HashMap<>();
    private final Room drawn = new Room(); // (N, rows), and the layers'

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
        dropout = new AdapterDropout(adapter.lora().dropout());
        var shared = new LowRankLayer.Shared(products, adapter, dropout, new Room(), drawn);
        adapter.layout()
                .layers()
                .forEach((linear, layer) -> layers.put(linear, new LowRankLayer(layer, shared, positions)));
    }

    Adapter adapter() {
        return adapter;
    }

    /** From here on inputs are dropped: those at these positions. */
    void start(RandomKey key, Positions positions) {
        dropout.start(key, positions);
    }

    /** From here on nothing is dropped. */
    void stop() {
        dropout.stop();
    }

    @Override
    public void apply(Linear linear, Floats x, Floats y, int n, boolean add) {
        if (linear.equals(head)) {
            ownHead.forward(numbers, x, y, n, add);
            return;
        }
        var layer = layers.get(linear);
        if (layer == null) {
            products.apply(linear, x, y, n, add);
            if (linear.equals(beneath)) {
                var rows = adapter.layout().rows().head();
                rows.outputs(linear, vectors, numbers, x, y, 0, n, drawn.of((long) n * rows.count()));
            }
            return;
        }
        layer.forward(x, y, n, add);
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
        var layer = layers.get(linear);
        if (linear.equals(beneath)) {
            headGradient(linear, dy, n, dx);
            return;
        }
        if (layer == null) {
            products.inputGradient(linear, dy, n, dx);
            return;
        }
        layer.inputGradient(dy, n, dx);
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
        layers.get(tile.layer().linear()).gradient(tile, x, dy, n, add, gradient);
    }
}
