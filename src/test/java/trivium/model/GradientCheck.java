package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;

/**
 * A model's backward pass against finite differences of its forward pass, tensor by tensor: L = Σ w · value over two
 * rows, w of both signs and some of it 0.
 */
final class GradientCheck {

    private static final int ROWS = 2;
    static final double STEP = 1.0 / 64;

    private final SplittableRandom random = new SplittableRandom(11);
    private final int time;
    private final int[] tokens;
    private final int[] targets;
    private final float[] weights;
    private final float[] values;
    private final Floats theta;
    private final Pass pass;
    private final Floats gradient;
    private final Parameters parameters;
    private final RandomKey key;
    private final double step;
    private Consumer<Tensor> held = moved -> {};

    /** A check over rows of {@code time} tokens drawn from a vocabulary of this size. */
    GradientCheck(LanguageModel model, int vocabulary, int time) {
        this(model, vocabulary, time, null, STEP);
    }

    /** The same of log softmax(z/τ). */
    GradientCheck temperature(double temperature) {
        pass.temperature(temperature);
        return this;
    }

    /**
     * The same of a training step.
     *
     * @param key what it drops; null for none
     * @param step of the differences
     */
    GradientCheck(LanguageModel model, int vocabulary, int time, RandomKey key, double step) {
        this.key = key;
        this.step = step;
        this.time = time;
        tokens = random.ints((long) ROWS * time, 0, vocabulary).toArray();
        targets = random.ints((long) ROWS * time, 0, vocabulary).toArray();
        weights = new float[ROWS * time];
        values = new float[ROWS * time];
        parameters = model.parameters();
        theta = parameters.values();
        pass = model.pass(ROWS, time);
        gradient = Floats.zeros(parameters.count());
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 5 == 0 ? 0 : (float) random.nextGaussian() / weights.length;
        }
    }

    /** Changes other parameters whenever a tensor was moved, so that something stays as it was. */
    GradientCheck holding(Consumer<Tensor> held) {
        this.held = held;
        return this;
    }

    void run() {
        loss();
        pass.backward(weights);
        pass.gradient(true, gradient);
        var once = gradient.toArray();
        overwrites(once);
        for (var tensor : parameters.tensors()) {
            check(tensor);
        }
        loss();
        pass.backward(weights);
        pass.gradient(true, gradient);
        var twice = gradient.toArray();
        for (int i = 0; i < once.length; i++) {
            once[i] *= 2;
        }
        assertArrayEquals(once, twice, 1e-5f, "a second backward adds to the gradient");
    }

    private void overwrites(float[] expected) {
        var dirty = Floats.zeros(parameters.count());
        for (long i = 0; i < dirty.size(); i++) {
            dirty.set(i, Float.NaN);
        }
        loss(); // a pass turns its logits into their gradient
        pass.backward(weights);
        pass.gradient(false, dirty);
        assertArrayEquals(expected, dirty.toArray(), 1e-7f, "nothing is left of what stood there");
    }

    private double loss() {
        if (key == null) {
            pass.forward(tokens, targets, 0, ROWS, time, values);
        } else {
            pass.forward(tokens, targets, 0, ROWS, time, values, key);
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (double) weights[i] * values[i];
        }
        return sum;
    }

    private void check(Tensor tensor) {
        int n = (int) tensor.size();
        var analytic = gradient.toArray(tensor.offset(), n);
        double norm = Math.sqrt(product(analytic, analytic));
        // Along itself a gradient's length is tested; along random directions what stands in it too much.
        if (norm > 0) {
            compare(tensor, direction(i -> analytic[i], n), analytic, norm, "the gradient");
        }
        for (int k = 0; k < 3; k++) {
            compare(tensor, direction(i -> random.nextGaussian(), n), analytic, norm, "a random direction");
        }
        for (int k = 0; k < 3; k++) {
            int one = random.nextInt(n);
            compare(tensor, direction(i -> i == one ? 1 : 0, n), analytic, norm, "coordinate " + one);
        }
    }

    private void compare(Tensor tensor, float[] direction, float[] analytic, double norm, String what) {
        double expected = difference(tensor, direction);
        double tolerance = 2e-3 * norm + 2e-5;
        assertEquals(expected, product(analytic, direction), tolerance, tensor.name() + " along " + what);
    }

    /** dL/dh at θ + h · direction by central differences of fourth order. */
    private double difference(Tensor tensor, float[] direction) {
        var start = theta.toArray(tensor.offset(), direction.length);
        double near = at(tensor, start, direction, step) - at(tensor, start, direction, -step);
        double far = at(tensor, start, direction, 2 * step) - at(tensor, start, direction, -2 * step);
        theta.set(tensor.offset(), start);
        held.accept(tensor);
        return (8 * near - far) / (12 * step);
    }

    private double at(Tensor tensor, float[] start, float[] direction, double step) {
        var moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * direction[i]);
        }
        theta.set(tensor.offset(), moved);
        held.accept(tensor);
        return loss();
    }

    /** A vector of length 1. */
    private static float[] direction(IntToDoubleFunction numbers, int n) {
        var raw = new double[n];
        Arrays.setAll(raw, numbers);
        double norm = Math.sqrt(Arrays.stream(raw).map(v -> v * v).sum());
        var result = new float[n];
        for (int i = 0; i < n; i++) {
            result[i] = (float) (raw[i] / norm);
        }
        return result;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
