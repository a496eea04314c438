package trivium.model;

import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Precision;

/**
 * The linear layers' products, which a training pass is given, in one precision or another. An adapter beside a layer
 * wraps the products of another.
 */
interface Products extends Product {

    /**
     * dx (n, in) = dy (n, out) · W, overwriting dx.
     *
     * @param dx null where nothing that comes before the layer is trained, so that only what is beside it, if anything,
     *     needs dy
     */
    void inputGradient(Linear layer, Floats dy, int n, Floats dx);

    /**
     * A tile of dW = dyᵀ · x, from x (n, in) and dy (n, out), overwriting what stands in the gradient or adding to it.
     * Several threads may compute different tiles at once.
     */
    void weightGradient(WeightTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient);

    /** The products of up to {@code positions} positions for a model with these parameters. */
    static Products of(Layout layout, Weights weights, long positions, Precision precision) {
        return switch (precision) {
            case FLOAT32 -> full(weights);
            case BF16 -> new RoundedProducts(layout, weights, positions);
        };
    }

    /** In float32. */
    static Products full(Weights weights) {
        return new Products() {
            @Override
            public void apply(Linear layer, Floats x, Floats y, int n, boolean add) {
                weights.forward(layer, x, y, n, add);
            }

            @Override
            public void inputGradient(Linear layer, Floats dy, int n, Floats dx) {
                if (dx != null) {
                    weights.inputGradient(layer, dy, n, dx);
                }
            }

            @Override
            public void weightGradient(WeightTile tile, Floats x, Floats dy, int n, boolean add, Floats gradient) {
                var layer = tile.layer();
                Blas.multiply(
                        true,
                        false,
                        tile.outs(),
                        tile.ins(),
                        n,
                        dy,
                        tile.out(),
                        layer.out(),
                        x,
                        tile.in(),
                        layer.in(),
                        add ? 1 : 0,
                        gradient,
                        tile.at(),
                        layer.in());
            }
        };
    }
}
