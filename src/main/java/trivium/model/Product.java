package trivium.model;

import trivium.tensor.Floats;

/** How a linear layer is applied to n rows: by BLAS where there are many, from packed weights where there are few. */
@FunctionalInterface
interface Product {

    /** y (n, out) = x (n, in) · Wᵀ + b, overwriting y or adding to it. */
    void apply(Linear layer, Floats x, Floats y, int n, boolean add);
}
