package trivium.sweep;

import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Sobol's sequence of points in the unit cube: any 2^k points that begin at a multiple of 2^k have the same number in
 * each half, quarter, … of every axis (Sobol' 1967). In Gray code's order (Antonov and Saleev 1979), with the direction
 * numbers of Joe and Kuo (2008, their file new-joe-kuo-6) that Commons Math brings.
 */
final class Sobol {

    /** What Commons Math has direction numbers for. */
    static final int DIMENSIONS = 1_000;

    private static final double UNIT = 0x1p-32;

    private final SobolSequenceGenerator sequence;

    Sobol(int dimensions) {
        if (dimensions < 1 || dimensions > DIMENSIONS) {
            throw new IllegalArgumentException("a Sobol sequence is known here for 1 to " + DIMENSIONS
                    + " hyperparameters, not for " + dimensions + "; a random search takes any number");
        }
        sequence = new SobolSequenceGenerator(dimensions);
    }

    /** Point {@code i} from 0, every coordinate from 0 inclusive to 1 exclusive; point 0 is the origin. */
    double[] point(int i) {
        return sequence.skipTo(i);
    }

    /** The same with the first 32 binary digits of every coordinate turned over where {@code shift} has ones. */
    double[] point(int i, int[] shift) {
        var point = point(i);
        for (int d = 0; d < point.length; d++) {
            int digits = (int) (long) (point[d] / UNIT) ^ shift[d];
            point[d] = Integer.toUnsignedLong(digits) * UNIT;
        }
        return point;
    }
}
