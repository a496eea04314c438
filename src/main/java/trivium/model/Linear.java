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

    /** dx (N, in) = dy (N, out) · W. */
    void inputGradient(Floats parameters, Floats dy, int n, Floats dx) {
        Blas.multiply(false, false, n, in, out, dy, 0, out, parameters, weight, in, 0, dx, 0, in);
    }
}
