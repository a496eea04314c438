package trivium.model;

import java.util.function.ToLongFunction;
import trivium.tensor.Blas;
import trivium.tensor.BrainFloats;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/** Linear layers whose factors are rounded to bfloat16 on the way into each product; sums and results are float32. */
final class RoundedProducts implements Products {

    private final Floats parameters;
    private final BrainFloats weights; // the largest layer's
    private final BrainFloats inputs; // (N, the widest layer's in)
    private final BrainFloats gradients; // (N, the widest layer's out)

    RoundedProducts(Layout layout, Floats parameters, long positions) {
        this.parameters = parameters;
        weights = BrainFloats.zeros(largest(layout, l -> (long) l.in() * l.out()));
        inputs = BrainFloats.zeros(positions * largest(layout, Linear::in));
        gradients = BrainFloats.zeros(positions * largest(layout, Linear::out));
    }

    private static long largest(Layout layout, ToLongFunction<Linear> size) {
        return layout.linears().mapToLong(size).max().orElseThrow();
    }

    @Override
    public void apply(Linear layer, Floats x, Floats y, int n, boolean add) {
        layer.bias(parameters, y, n, add);
        float beta = add || layer.bias() >= 0 ? 1 : 0;
        inputs.round(x, 0, (long) n * layer.in());
        weights.round(parameters, layer.weight(), (long) layer.out() * layer.in());
        Blas.multiply(false, true, n, layer.out(), layer.in(), inputs, weights, beta, y, 0);
    }

    @Override
    public void backward(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx) {
        gradients.round(dy, 0, (long) n * layer.out());
        if (gradient != null) {
            weightGradient(layer, x, dy, n, add, gradient);
        }
        weights.round(parameters, layer.weight(), (long) layer.out() * layer.in());
        Blas.multiply(false, false, n, layer.in(), layer.out(), gradients, weights, 0, dx, 0);
    }

    private void weightGradient(Linear layer, Floats x, Floats dy, int n, boolean add, Floats gradient) {
        float beta = add ? 1 : 0;
        inputs.round(x, 0, (long) n * layer.in());
        Blas.multiply(true, false, layer.out(), layer.in(), n, gradients, inputs, beta, gradient, layer.weight());
        if (layer.bias() >= 0) {
            Rows.sum(dy, n, layer.out(), gradient, layer.bias());
        }
    }
}
