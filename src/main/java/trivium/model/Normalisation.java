package trivium.model;

import trivium.model.Architecture.Norm;
import trivium.tensor.Floats;
import trivium.tensor.Norms;

/**
 * LayerNorm or RMSNorm of each row of x (N, C).
 *
 * @param weight where the scale stands in the parameters
 * @param bias where the shift stands, or -1 for none
 */
record Normalisation(Norm kind, float epsilon, long weight, long bias, int width) {

    /** y (N, C), keeping (N, 2) statistics for {@link #backward}. */
    void forward(Floats parameters, Floats x, Floats y, Floats statistics, int n) {
        switch (kind) {
            case LAYER_NORM -> Norms.layerNorm(x, parameters, weight, bias, epsilon, n, width, y, statistics);
            case RMS_NORM, RMS_NORM_PLUS_ONE ->
                Norms.rmsNorm(x, parameters, weight, offset(), epsilon, n, width, y, statistics);
        }
    }

    /** Adds the parameters' gradients to {@code gradients}; overwrites dx (N, C), which may be x, or adds to it. */
    void backward(
            Floats parameters,
            Floats x,
            Floats statistics,
            Floats dy,
            int n,
            VectorGradients gradients,
            Floats dx,
            boolean add) {
        boolean centred = kind == Norm.LAYER_NORM;
        long at = gradients.at(weight);
        Norms.backward(
                x,
                statistics,
                centred,
                parameters,
                weight,
                offset(),
                bias,
                n,
                width,
                dy,
                gradients.sums(),
                at,
                dx,
                add);
    }

    private float offset() {
        return kind.offset();
    }
}
