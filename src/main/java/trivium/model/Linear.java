package trivium.model;

import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/**
 * y = x · Wᵀ + b, with x (N, in), W (out, in), y (N, out).
 *
 * @param weight where W stands in the parameters
 * @param bias where b stands, or -1 for none
 */
record Linear(long weight, long bias, int in, int out) {

    /** Overwrites y, or adds to it. */
    void forward(Floats parameters, Floats x, Floats y, int n, boolean add) {
        bias(parameters, y, n, add);
        float beta = add || bias >= 0 ? 1 : 0;
        Blas.multiply(false, true, n, out, in, x, 0, in, parameters, weight, in, beta, y, 0, out);
    }

    /** Every row of y becomes b, or gets it added; a layer without leaves y alone. */
    void bias(Floats parameters, Floats y, int n, boolean add) {
        if (bias < 0) {
            return;
        }
        if (add) {
            Rows.addToAll(parameters, bias, y, n, out);
        } else {
            Rows.fill(parameters, bias, y, n, out);
        }
    }

    /** Where its numbers end: biases, if any, stand behind weights. */
    long end() {
        return bias < 0 ? weight + (long) in * out : bias + out;
    }

    /**
     * Adds db to {@code gradient}, adds dW to it or overwrites it, and overwrites dx (N, in).
     *
     * @param gradient null where neither is asked for
     */
    void backward(Floats parameters, Floats x, Floats dy, int n, boolean add, Floats gradient, Floats dx) {
        if (gradient != null) {
            weightGradient(x, dy, n, add, gradient);
        }
        Blas.multiply(false, false, n, in, out, dy, 0, out, parameters, weight, in, 0, dx, 0, in);
    }

    private void weightGradient(Floats x, Floats dy, int n, boolean add, Floats gradient) {
        Blas.multiply(true, false, out, in, n, dy, 0, out, x, 0, in, add ? 1 : 0, gradient, weight, in);
        if (bias >= 0) {
            Rows.sum(dy, n, out, gradient, bias);
        }
    }
}
