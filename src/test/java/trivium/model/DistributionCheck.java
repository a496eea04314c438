package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import trivium.tensor.Floats;
import trivium.tensor.TokenDistribution;

/**
 * A pass's gradient of a loss that sees values and whole distributions, against finite differences of the same loss
 * computed from the raw outputs in float64: L = Σ w · value + Σ over tokens a · p, along random directions of all
 * parameters.
 */
final class DistributionCheck {

    private static final int ROWS = 2;
    private static final double STEP = 1.0 / 256;

    private final SplittableRandom random = new SplittableRandom(19);
    private final LanguageModel model;
    private final int vocabulary;
    private final int time;
    private final double temperature;
    private final int[] tokens;
    private final int[] targets;
    private final float[] weights; // w, (B, T)
    private final double[] share; // a, (B, T, V)

    DistributionCheck(LanguageModel model, int time, double temperature) {
        this.model = model;
        this.vocabulary = model.outputs();
        this.time = time;
        this.temperature = temperature;
        int n = ROWS * time;
        tokens = random.ints(n, 0, vocabulary).toArray();
        targets = random.ints(n, 0, vocabulary).toArray();
        weights = new float[n];
        share = random.doubles((long) n * vocabulary, -1, 1).map(a -> a / n).toArray();
        for (int i = 0; i < n; i++) {
            weights[i] = i % 3 == 0 ? 0 : (float) random.nextGaussian() / n;
        }
    }

    void run() {
        var pass = model.pass(ROWS, time);
        pass.temperature(temperature);
        pass.keepDistributions(true);
        var values = new float[tokens.length];
        var gradient = Floats.zeros(model.parameters().count());
        for (long i = 0; i < gradient.size(); i++) {
            gradient.set(i, Float.NaN); // overwritten, whatever stood there
        }
        pass.forward(tokens, targets, 0, ROWS, time, values);
        double loss = pass.backward(weights, this::add);
        pass.gradient(false, gradient);
        for (int i = 0; i < values.length; i++) {
            loss += (double) weights[i] * values[i];
        }
        assertEquals(loss(), loss, 1e-5, "the loss");
        double norm = 0;
        for (long i = 0; i < gradient.size(); i++) {
            norm += (double) gradient.get(i) * gradient.get(i);
        }
        for (int round = 0; round < 6; round++) {
            compare(gradient, Math.sqrt(norm), round);
        }
    }

    /** Σ a · p, whose derivative at a logit is p · (a − Σ a · p). */
    private double add(int position, TokenDistribution distribution) {
        double mean = 0;
        for (int v = 0; v < vocabulary; v++) {
            mean += share[position * vocabulary + v] * distribution.probability(v);
        }
        for (int v = 0; v < vocabulary; v++) {
            distribution.addGradient(v, distribution.probability(v) * (share[position * vocabulary + v] - mean));
        }
        return mean;
    }

    private double loss() {
        var outputs = model.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray();
        double loss = 0;
        for (int i = 0; i < tokens.length; i++) {
            double sum = 0;
            double mean = 0;
            for (int v = 0; v < vocabulary; v++) {
                double e = Math.exp(outputs[i * vocabulary + v] / temperature);
                sum += e;
                mean += e * share[i * vocabulary + v];
            }
            double logProb = outputs[i * vocabulary + targets[i]] / temperature - Math.log(sum);
            loss += mean / sum + weights[i] * logProb;
        }
        return loss;
    }

    /** Along the gradient first, then along random directions, all of length 1. */
    private void compare(Floats gradient, double norm, int round) {
        var theta = model.parameters().values();
        var start = theta.toArray();
        var direction = new double[start.length];
        double length = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] = round == 0 ? gradient.get(i) : random.nextGaussian();
            length += direction[i] * direction[i];
        }
        double expected = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] /= Math.sqrt(length);
            expected += direction[i] * gradient.get(i);
        }
        double near = at(start, direction, STEP) - at(start, direction, -STEP);
        double far = at(start, direction, 2 * STEP) - at(start, direction, -2 * STEP);
        theta.set(0, start);
        double found = (8 * near - far) / (12 * STEP);
        assertEquals(found, expected, 2e-3 * norm + 2e-5, "direction " + round + " at temperature " + temperature);
    }

    private double at(float[] start, double[] direction, double step) {
        var moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * direction[i]);
        }
        model.parameters().values().set(0, moved);
        return loss();
    }
}
