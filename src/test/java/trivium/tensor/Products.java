package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/** What the tests ask of how matrices are multiplied here. */
public final class Products {

    private Products() {}

    /**
     * Whether a row of a product has the same bits however many other rows there are: so with oneDNN's kernels for
     * AVX-512. Those for AVX2, and OpenBLAS's, cut the sums of larger products in other places.
     */
    public static boolean keepBitsWhateverTheRows() {
        return Blas.name().equals("oneDNN") && FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 512;
    }
}
