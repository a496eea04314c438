package trivium.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A density of whole settings: a weighted sum of one part around each of some settings, and of the uniform density, the
 * prior. A part is a product over the hyperparameters of a {@link Kernel} each, so that values that were good together
 * are drawn together (Falkner, Klein and Hutter, "BOHB", ICML 2018, section 3.1; Watanabe, "Tree-Structured Parzen
 * Estimator", arXiv:2304.11127, 2023, section 3.2). Where a setting lacks a hyperparameter because it was not active
 * there, its part is uniform in that hyperparameter.
 *
 * @param space the hyperparameters, in the order in which they are drawn
 * @param weights of the parts; the last is the prior's. They add up to 1
 * @param kernels by hyperparameter, in the order of the space
 */
record Mixture(Space space, double[] weights, List<Kernel> kernels) {

    /** Settings older than the newest {@value} weigh less, down to 1/n for the oldest of n. */
    private static final int FRESH = 25;

    /** The density around these settings, the oldest first. */
    static Mixture around(Space space, List<Map<String, Object>> settings) {
        var kernels = new ArrayList<Kernel>();
        for (var hyperparameter : space.hyperparameters()) {
            kernels.add(Kernel.of(
                    hyperparameter,
                    settings.stream()
                            .map(setting -> setting.get(hyperparameter.name()))
                            .toList()));
        }
        return new Mixture(space, weights(settings.size()), kernels);
    }

    private static double[] weights(int settings) {
        double[] weights = new double[settings + 1];
        int old = Math.max(0, settings - FRESH);
        double sum = 0;
        for (int part = 0; part <= settings; part++) {
            double oldest = 1.0 / settings;
            weights[part] = part >= old ? 1 : old == 1 ? oldest : oldest + (1 - oldest) * part / (old - 1);
            sum += weights[part];
        }
        for (int part = 0; part <= settings; part++) {
            weights[part] /= sum;
        }
        return weights;
    }

    /** A setting of this density. */
    Map<String, Object> draw(RandomGenerator random) {
        double left = random.nextDouble();
        int drawn = 0;
        while (drawn < weights.length - 1 && left >= weights[drawn]) {
            left -= weights[drawn++];
        }
        int part = drawn;
        return space.setting(hyperparameter ->
                kernels.get(space.hyperparameters().indexOf(hyperparameter)).draw(part, random));
    }

    /** The logarithm of the density at a setting; ranges are measured from 0 to 1. */
    double log(Map<String, Object> setting) {
        double[] logs = new double[weights.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int part = 0; part < logs.length; part++) {
            logs[part] = Math.log(weights[part]);
            for (int h = 0; h < kernels.size(); h++) {
                var value = setting.get(space.hyperparameters().get(h).name());
                logs[part] += value == null ? 0 : kernels.get(h).log(part, value);
            }
            most = Math.max(most, logs[part]);
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - most);
        }
        return most + Math.log(sum);
    }
}
