package trivium.model;

import java.util.function.ToLongFunction;
import trivium.tensor.Blas;
import trivium.tensor.BrainFloats;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;

/** Linear layers whose factors are rounded to bfloat16 on the way into each product; sums and results are float32. */
final class RoundedProducts implements Products {

    /** What a thread needs for the tile at hand; it goes with the thread. */
    private static final ThreadLocal<Strips> STRIPS = ThreadLocal.withInitial(Strips::new);

    private final Weights weights;
    private final BrainFloats rounded; // the largest layer's; nothing where weights rest in bfloat16
    private final BrainFloats inputs; // (N, the widest layer's in)
    private final BrainFloats gradients; // (N, the widest layer's out)

    RoundedProducts(Layout layout, Weights weights, long positions) {
        this.weights = weights;
        boolean rest = weights.dtype() == Dtype.BF16;
        rounded = BrainFloats.zeros(rest ? 0 : largest(layout, l -> (long) l.in() * l.out()));
        inputs = BrainFloats.zeros(positions * largest(layout, Linear::in));
        gradients = BrainFloats.zeros(positions * largest(layout, Linear::out));
    }

    /** The columns of x and dy that a tile is made of, as wide as tiles are. */
    private static final class Strips {
        private int n;
        private BrainFloats inputs;
        private BrainFloats gradients;

        void fit(int positions) {
            if (positions > n) {
                n = positions;
                inputs = BrainFloats.zeros((long) n * WeightTile.INS);
                gradients = BrainFloats.zeros((long) n * WeightTile.OUTS);
            }
        }
    }

    private static long largest(Layout layout, ToLongFunction<Linear> size) {
        return layout.linears().mapToLong(size).max().orElseThrow();
    }

    @Override
    public void apply(Linear layer, Floats x, Floats y, int n, boolean add) {
        layer.bias(weights.numbers(), y, n, add);
        float beta = add || layer.bias() >= 0 ? 1 : 0;
        inputs.round(x, 0, (long) n * layer.in());
        var w = weights.rounded(layer, rounded);
        Blas.multiply(false, true, n, layer.out(), layer.in(), inputs, w.numbers(), w.at(), beta, y, 0, layer.out());
    }

    @Override
    public void inputGradient(Linear layer, Floats dy, int n, Floats dx) {
        if (dx == null) {
            return;
        }
        gradients.round(dy, 0, (long) n * layer.out());
        var w = weights.rounded(layer, rounded);
        Blas.multiply(false, false, n, layer.in(), layer.out(), gradients, w.numbers(), w.at(), 0, dx, 0, layer.in());
    }

    @Override
    public void weightGradient(WeightTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient) {
        var layer = tile.layer();
        var strips = STRIPS.get();
        strips.fit(n);
        strips.inputs.round(x, tile.in(), layer.in(), n, tile.ins());
        strips.gradients.round(dy, tile.out(), layer.out(), n, tile.outs());
        Blas.multiply(
                true,
                false,
                tile.outs(),
                tile.ins(),
                n,
                strips.gradients,
                strips.inputs,
                0,
                add ? 1 : 0,
                gradient,
                tile.at(),
                layer.in());
    }
}
