package trivium.figure;

/**
 * A line on logarithmic axes, {@code y = a · x^−b} (Kaplan and others, "Scaling Laws for Neural Language Models", 2020,
 * equation 1.1).
 *
 * @param a the value at x = 1
 * @param b the exponent; above 0 where y falls
 * @param explained share of the variance of log y that the line explains, 0 … 1
 */
record PowerLaw(double a, double b, double explained) {

    /** Least squares on the logarithms of both. The points are above 0 and stand at two places at least. */
    static PowerLaw fit(Points points) {
        int n = points.size();
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < n; i++) {
            meanX += Math.log(points.x()[i]) / n;
            meanY += Math.log(points.y()[i]) / n;
        }
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (int i = 0; i < n; i++) {
            double x = Math.log(points.x()[i]) - meanX;
            double y = Math.log(points.y()[i]) - meanY;
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        double slope = xy / xx;
        return new PowerLaw(Math.exp(meanY - slope * meanX), -slope, yy == 0 ? 1 : xy * xy / (xx * yy));
    }

    double at(double x) {
        return a * Math.pow(x, -b);
    }
}
