package trivium.figure;

import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * A line on logarithmic axes, {@code y = a · x^−b} (Kaplan and others, "Scaling Laws for Neural Language Models", 2020,
 * equation 1.1).
 *
 * @param a the value at x = 1
 * @param b the exponent; above 0 where y falls
 * @param half width of the 95 % interval of b to either side (Student's t, n − 2 degrees of freedom); NaN of two points
 * @param explained share of the variance of log y that the line explains, 0 … 1
 */
record PowerLaw(double a, double b, double half, double explained) {

    /** Least squares on the logarithms of both. The points are above 0 and stand at two places at least. */
    static PowerLaw fit(Points points) {
        var line = new SimpleRegression();
        for (int i = 0; i < points.size(); i++) {
            line.addData(Math.log(points.x()[i]), Math.log(points.y()[i]));
        }
        boolean level = line.getTotalSumSquares() == 0;
        return new PowerLaw(
                Math.exp(line.getIntercept()),
                -line.getSlope(),
                points.size() > 2 ? line.getSlopeConfidenceInterval() : Double.NaN,
                level ? 1 : line.getRSquare());
    }

    double at(double x) {
        return a * Math.pow(x, -b);
    }
}
