package trivium.sweep;

/**
 * Sobol's sequence of points in the unit cube: any 2^k points that begin at a multiple of 2^k have the same number in
 * each half, quarter, … of every axis (Sobol' 1967). In Gray code's order (Antonov and Saleev 1979), with the direction
 * numbers of Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput.
 * 30, 2008 (their file new-joe-kuo-6).
 */
final class Sobol {

    static final int DIMENSIONS = 21;
    private static final int BITS = 32;
    private static final double UNIT = 0x1p-32;

    /**
     * For each dimension from the second: the coefficients of its primitive polynomial between the first and the last,
     * as bits, and the first direction numbers, as many as the polynomial has degrees.
     */
    private static final int[][] PRIMITIVE = {
        {0, 1},
        {1, 1, 3},
        {1, 1, 3, 1},
        {2, 1, 1, 1},
        {1, 1, 1, 3, 3},
        {4, 1, 3, 5, 13},
        {2, 1, 1, 5, 5, 17},
        {4, 1, 1, 5, 5, 5},
        {7, 1, 1, 7, 11, 19},
        {11, 1, 1, 5, 1, 1},
        {13, 1, 1, 1, 3, 11},
        {14, 1, 3, 5, 5, 31},
        {1, 1, 3, 3, 9, 7, 49},
        {13, 1, 1, 1, 15, 21, 21},
        {16, 1, 3, 1, 13, 27, 49},
        {19, 1, 1, 1, 15, 7, 5},
        {22, 1, 3, 1, 15, 13, 25},
        {25, 1, 1, 5, 5, 19, 61},
        {1, 1, 3, 7, 11, 23, 15, 103},
        {4, 1, 3, 7, 13, 13, 15, 69},
    };

    /** By dimension and bit, binary fractions of 32 digits. */
    private final int[][] directions;

    Sobol(int dimensions) {
        if (dimensions < 1 || dimensions > DIMENSIONS) {
            throw new IllegalArgumentException("a Sobol sequence is known here for 1 to " + DIMENSIONS
                    + " knobs, not for " + dimensions + "; a random search takes any number");
        }
        directions = new int[dimensions][];
        for (int d = 0; d < dimensions; d++) {
            directions[d] = directions(d);
        }
    }

    private static int[] directions(int dimension) {
        var v = new int[BITS];
        if (dimension == 0) {
            for (int k = 0; k < BITS; k++) {
                v[k] = 1 << (BITS - 1 - k);
            }
            return v;
        }
        int[] given = PRIMITIVE[dimension - 1];
        int a = given[0];
        int degree = given.length - 1;
        for (int k = 0; k < BITS; k++) {
            if (k < degree) {
                v[k] = given[k + 1] << (BITS - 1 - k);
                continue;
            }
            v[k] = v[k - degree] ^ (v[k - degree] >>> degree);
            for (int i = 1; i < degree; i++) {
                v[k] ^= ((a >> (degree - 1 - i)) & 1) * v[k - i];
            }
        }
        return v;
    }

    /** Point {@code i} from 0, every coordinate from 0 inclusive to 1 exclusive; point 0 is the origin. */
    double[] point(int i) {
        return point(i, new int[directions.length]);
    }

    /** The same with the digits of every coordinate turned over where {@code shift} has ones; it is as even. */
    double[] point(int i, int[] shift) {
        var point = new double[directions.length];
        for (int d = 0; d < point.length; d++) {
            int digits = shift[d];
            for (int gray = i ^ (i >>> 1), k = 0; gray != 0; gray >>>= 1, k++) {
                digits ^= (gray & 1) * directions[d][k];
            }
            point[d] = Integer.toUnsignedLong(digits) * UNIT;
        }
        return point;
    }
}
