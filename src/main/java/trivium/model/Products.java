package trivium.model;

import trivium.tensor.Floats;

/** The linear layers' products of a training pass, in one precision or another. */
interface Products extends Product {

    /**
     * Adds db to {@code gradient} and overwrites dx (n, in), from x (n, in) and dy (n, out).
     *
     * @param add whether dW is added to the gradient too, or overwrites it
     */
    void backward(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx);

    /** In float32. */
    static Products full(Floats parameters) {
        return new Products() {
            @Override
            public void apply(Linear layer, Floats x, Floats y, int n, boolean add) {
                layer.forward(parameters, x, y, n, add);
            }

            @Override
            public void backward(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx) {
                layer.backward(parameters, x, dy, n, add, gradient, dx);
            }
        };
    }
}
