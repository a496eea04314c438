package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** What tests of kernels share: random numbers, float64 derivatives, and comparing float32 with its scalar twin. */
final class Twin {

    /** Lengths 1 … 70 pass every remainder of vectors of 4, 8 and 16 lanes, and several whole ones. */
    static final int LONGEST = 70;

    private static final int GUARDS = 20;
    private static final float GUARD = -777;

    private Twin() {}

    /** Normal numbers that float32 holds exactly. */
    static double[] normals(SplittableRandom random, int n, double deviation) {
        var numbers = new double[n];
        Arrays.setAll(numbers, i -> (float) (random.nextGaussian() * deviation));
        return numbers;
    }

    /** These numbers, and behind them guards that a kernel must leave alone. */
    static Floats guarded(double... numbers) {
        var floats = Floats.zeros(numbers.length + GUARDS);
        for (int i = 0; i < floats.size(); i++) {
            floats.set(i, i < numbers.length ? (float) numbers[i] : GUARD);
        }
        return floats;
    }

    /** Every number is within {@code tolerance} of the largest expected (at least 1), and the guards still stand. */
    static void assertTwin(double[] expected, Floats actual, double tolerance, String what) {
        double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(1));
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual.get(i), tolerance * scale, what + ", number " + i);
        }
        for (int i = 0; i < GUARDS; i++) {
            assertEquals(GUARD, actual.get(expected.length + i), what + " wrote past its end, by " + (i + 1));
        }
    }

    /** Each number through a function. */
    static double[] map(double[] numbers, DoubleUnaryOperator function) {
        return Arrays.stream(numbers).map(function).toArray();
    }

    /** The derivative by central difference in float64. */
    static double slope(DoubleUnaryOperator function, double x) {
        double step = 1e-5;
        return (function.applyAsDouble(x + step) - function.applyAsDouble(x - step)) / (2 * step);
    }

    /** All partial derivatives by central difference in float64. */
    static double[] gradient(ToDoubleFunction<double[]> function, double[] at) {
        var result = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            var moved = at.clone();
            int index = i;
            result[i] = slope(
                    value -> {
                        moved[index] = value;
                        return function.applyAsDouble(moved);
                    },
                    at[i]);
        }
        return result;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] plus(double[] a, double[] b) {
        var sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }
}
