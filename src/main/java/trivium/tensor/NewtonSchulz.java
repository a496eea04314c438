package trivium.tensor;

/**
 * An approximate orthogonalisation of matrices: with G = U S Vᵀ it gives U S' Vᵀ, with the singular values S' between
 * about 0.7 and 1.2 whatever S was (Jordan et al. 2024, <a
 * href="https://kellerjordan.github.io/posts/muon">kellerjordan.github.io/posts/muon</a>). Five products of three
 * matrices, and no decomposition:
 *
 * <pre>{@code X ← G / ‖G‖, then so many times X ← a X + b (X Xᵀ) X + c (X Xᵀ)² X}</pre>
 *
 * It holds the buffers of matrices up to one size. One thread.
 */
public final class NewtonSchulz {

    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    /** Norms below are taken for this: a gradient of 0 stays 0. */
    private static final double LEAST = 1e-7;

    private Floats x;
    private Floats next;
    private final Floats gram;
    private final Floats polynomial;

    /**
     * @param largest numbers of the largest matrix
     * @param narrowest the largest of the matrices' smaller sides
     */
    public NewtonSchulz(long largest, int narrowest) {
        x = Floats.zeros(largest);
        next = Floats.zeros(largest);
        gram = Floats.zeros((long) narrowest * narrowest);
        polynomial = Floats.zeros((long) narrowest * narrowest);
    }

    /** Where the matrix is put, row by row from 0, and where its orthogonalisation stands; changes at each call. */
    public Floats matrix() {
        return x;
    }

    /** Orthogonalises the matrix (rows, columns) in so many steps. */
    public void orthogonalise(int rows, int columns, int steps) {
        long n = (long) rows * columns;
        double norm = Math.sqrt(Vectors.squares(x, 0, n));
        Vectors.combine((float) (1 / Math.max(LEAST, norm)), x, 0, 0, x, 0, n);
        boolean wide = rows <= columns;
        int side = wide ? rows : columns;
        for (int step = 0; step < steps; step++) {
            // X Xᵀ, or Xᵀ X of a tall one: the smaller of the two has the same polynomial
            Blas.multiply(
                    !wide, wide, side, side, wide ? columns : rows, x, 0, columns, x, 0, columns, 0, gram, 0, side);
            Blas.multiply(false, false, side, side, side, gram, 0, side, gram, 0, side, 0, polynomial, 0, side);
            Vectors.combine(C, polynomial, 0, B, gram, 0, (long) side * side);
            for (int i = 0; i < side; i++) {
                long diagonal = (long) i * side + i;
                polynomial.set(diagonal, polynomial.get(diagonal) + A);
            }
            multiply(wide, rows, columns);
            var swapped = x;
            x = next;
            next = swapped;
        }
    }

    private void multiply(boolean wide, int rows, int columns) {
        if (wide) {
            Blas.multiply(false, false, rows, columns, rows, polynomial, 0, rows, x, 0, columns, 0, next, 0, columns);
        } else {
            Blas.multiply(
                    false, false, rows, columns, columns, x, 0, columns, polynomial, 0, columns, 0, next, 0, columns);
        }
    }
}
