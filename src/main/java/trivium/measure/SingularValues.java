package trivium.measure;

import java.util.Arrays;

/**
 * The singular values of a matrix, as the square roots of the eigenvalues of its smaller Gram matrix, which are exact
 * to about 10⁻⁸ of the largest: enough for differences of float32 numbers. The Gram matrix is made tridiagonal by
 * Householder's reflections (Golub and Van Loan 2013, Matrix Computations, section 8.3.1), whose eigenvalues Sturm's
 * sequences count (section 8.4.1).
 */
final class SingularValues {

    private SingularValues() {}

    /**
     * All of them, the largest first.
     *
     * @param matrix row by row
     */
    static double[] of(double[] matrix, int rows, int columns) {
        var gram = rows < columns ? ofRows(matrix, rows, columns) : ofColumns(matrix, rows, columns);
        var values = eigenvalues(gram);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sqrt(Math.max(0, values[i]));
        }
        return values;
    }

    /** A Aᵀ. */
    private static double[][] ofRows(double[] matrix, int rows, int columns) {
        var transposed = new double[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                transposed[c * rows + r] = matrix[r * columns + c];
            }
        }
        return ofColumns(transposed, /* rows= */ columns, /* columns= */ rows);
    }

    /** Aᵀ A. */
    private static double[][] ofColumns(double[] matrix, int rows, int columns) {
        var gram = new double[columns][columns];
        for (int r = 0; r < rows; r++) {
            int at = r * columns;
            for (int i = 0; i < columns; i++) {
                double x = matrix[at + i];
                var row = gram[i];
                if (x != 0) {
                    for (int j = 0; j < columns; j++) {
                        row[j] += x * matrix[at + j];
                    }
                }
            }
        }
        return gram;
    }

    /** Of a symmetric matrix, which is overwritten; the largest first. */
    static double[] eigenvalues(double[]... a) {
        int n = a.length;
        var diagonal = new double[n];
        var beside = new double[n]; // beside[i] between i − 1 and i
        for (int k = 0; k < n - 1; k++) {
            diagonal[k] = a[k][k];
            beside[k + 1] = reflect(a, k);
        }
        diagonal[n - 1] = a[n - 1][n - 1];
        return ofTridiagonal(diagonal, beside);
    }

    /** Makes column k zero below its first place under the diagonal, whose new value is answered. */
    private static double reflect(double[][] a, int k) {
        int n = a.length;
        var v = new double[n];
        double squares = 0;
        for (int i = k + 1; i < n; i++) {
            v[i] = a[i][k];
            squares += v[i] * v[i];
        }
        double rest = squares - v[k + 1] * v[k + 1];
        if (rest <= 0) {
            return v[k + 1];
        }
        double to = v[k + 1] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
        v[k + 1] -= to;
        double scale = 2 / (rest + v[k + 1] * v[k + 1]);
        var w = new double[n]; // scale · A v, then less its part along v
        for (int i = k + 1; i < n; i++) {
            double x = scale * v[i];
            var row = a[i];
            for (int j = k + 1; j < n; j++) {
                w[j] += x * row[j];
            }
        }
        double along = 0;
        for (int i = k + 1; i < n; i++) {
            along += w[i] * v[i];
        }
        for (int i = k + 1; i < n; i++) {
            w[i] -= scale / 2 * along * v[i];
        }
        for (int i = k + 1; i < n; i++) {
            var row = a[i];
            double vi = v[i];
            double wi = w[i];
            for (int j = k + 1; j < n; j++) {
                row[j] -= vi * w[j] + wi * v[j];
            }
        }
        return to;
    }

    private static double[] ofTridiagonal(double[] diagonal, double... beside) {
        int n = diagonal.length;
        double bound = 0; // Gershgorin's
        for (int i = 0; i < n; i++) {
            double next = i + 1 < n ? Math.abs(beside[i + 1]) : 0;
            bound = Math.max(bound, Math.abs(diagonal[i]) + Math.abs(beside[i]) + next);
        }
        var squares = Arrays.stream(beside).map(x -> x * x).toArray();
        double exact = Math.max(Double.MIN_NORMAL, Math.ulp(bound));
        var values = new double[n];
        for (int i = 0; i < n; i++) {
            double low = -bound;
            double high = i == 0 ? bound : values[i - 1];
            while (high - low > exact) {
                double middle = low + (high - low) / 2;
                if (middle <= low || middle >= high) {
                    break;
                }
                if (n - below(middle, diagonal, squares, exact) > i) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            values[i] = high;
        }
        return values;
    }

    /** How many eigenvalues lie below x. */
    private static int below(double x, double[] diagonal, double[] squares, double tiny) {
        int count = 0;
        double pivot = 1;
        for (int i = 0; i < diagonal.length; i++) {
            pivot = diagonal[i] - x - (i == 0 ? 0 : squares[i] / pivot);
            if (pivot == 0) {
                pivot = tiny;
            }
            if (pivot < 0) {
                count++;
            }
        }
        return count;
    }
}
