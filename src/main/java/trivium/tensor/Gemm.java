package trivium.tensor;

/** One library's matrix product, on native addresses: row-major {@code c = a · b + beta · c}; see {@link Blas}. */
@FunctionalInterface
interface Gemm {

    void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            long a,
            int aStride,
            long b,
            int bStride,
            float beta,
            long c,
            int cStride);
}
