package trivium.model;

import java.util.Set;
import java.util.stream.Collectors;
import trivium.tensor.Floats;
import trivium.tensor.Precision;

/**
 * The linear layers' products, which a training pass is given: in one precision or another, with or without the
 * gradients of frozen layers. An adapter beside a layer wraps the products of another.
 */
interface Products extends Product {

    /**
     * Adds db to {@code gradient} and overwrites dx (n, in), from x (n, in) and dy (n, out).
     *
     * @param add whether dW is added to the gradient too, or overwrites it
     * @param gradient null where neither dW nor db is asked for
     */
    void backward(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx);

    /** The products of up to {@code positions} positions for a model with these parameters. */
    static Products of(Layout layout, Parameters parameters, long positions, Precision precision) {
        var products = switch (precision) {
            case FLOAT32 -> full(parameters.values());
            case BF16 -> new RoundedProducts(layout, parameters.values(), positions);
        };
        var frozen = layout.linears()
                .filter(layer -> !parameters.trains(layer.weight(), layer.end()))
                .collect(Collectors.toUnmodifiableSet());
        return frozen.isEmpty() ? products : products.without(frozen);
    }

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

    /** The same without the gradients of these layers. */
    private Products without(Set<Linear> frozen) {
        var all = this;
        return new Products() {
            @Override
            public void apply(Linear layer, Floats x, Floats y, int n, boolean add) {
                all.apply(layer, x, y, n, add);
            }

            @Override
            public void backward(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx) {
                all.backward(layer, x, dy, n, add, frozen.contains(layer) ? null : gradient, dx);
            }
        };
    }
}
